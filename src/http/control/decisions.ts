import { GatewayError } from "../../domain/errors.js";
import { readDecision } from "../../services/limit-decision.js";
import { json } from "../answer.js";
import type { Route } from "../routes.js";

/** Why a request was admitted or refused; the id is that of `x-emulator-decision`. */
export const DECISION_ROUTES: readonly Route[] = [
  {
    surface: "control",
    method: "GET",
    path: "/_emulator/decisions/:id",
    handler(call) {
      const id = call.param("id");
      const entry = /^\d{1,15}$/.test(id) ? call.services.journal.find(Number(id)) : null;
      const decision = entry ? readDecision(entry) : null;
      if (!decision) throw new GatewayError("not_found", { message: `Decision ${id} not found.` });
      return json(200, decision);
    },
  },
];
