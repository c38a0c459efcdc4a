import { GatewayError } from "../../domain/errors.js";
import { faultRuleSchema } from "../../schemas/faults.js";
import { json } from "../answer.js";
import type { Route } from "../routes.js";
import { wholeList } from "./call.js";
import { addOneOrMore } from "./one-or-more.js";

const PATH = "/_emulator/faults";

/** Misbehaviour on purpose. */
export const FAULT_ROUTES: readonly Route[] = [
  {
    surface: "control",
    method: "GET",
    path: PATH,
    handler: ({ services }) =>
      wholeList(services.faults.list().map(({ rule, matched, struck }) => ({ ...rule, matched, struck }))),
  },
  {
    surface: "control",
    method: "POST",
    path: PATH,
    handler: (call) => addOneOrMore(call, faultRuleSchema, (rules) => call.services.faults.add(rules)),
  },
  {
    surface: "control",
    method: "DELETE",
    path: PATH,
    handler({ services }) {
      services.faults.clear();
      return json(200, { ok: true });
    },
  },
  {
    surface: "control",
    method: "DELETE",
    path: `${PATH}/:id`,
    handler(call) {
      const id = call.param("id");
      if (!call.services.faults.remove(id)) {
        throw new GatewayError("not_found", { message: `Fault ${id} not found.` });
      }
      return json(200, { id });
    },
  },
];
