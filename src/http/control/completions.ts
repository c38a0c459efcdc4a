import * as z from "zod";
import { completionRuleSchema } from "../../schemas/completions.js";
import { json } from "../answer.js";
import type { Route } from "../routes.js";
import { controlBody, wholeList } from "./call.js";

const PATH = "/_emulator/completions";

/** What the models say. Added rules come before those that are there: a test's own rule wins over the seed's. */
export const COMPLETION_ROUTES: readonly Route[] = [
  {
    surface: "control",
    method: "GET",
    path: PATH,
    handler: ({ services }) =>
      wholeList(services.completions.list().map(({ rule, used }) => ({ ...rule, used }))),
  },
  {
    surface: "control",
    method: "POST",
    path: PATH,
    async handler(call) {
      const body = await controlBody(call, z.union([completionRuleSchema, z.array(completionRuleSchema)]));
      const added = call.services.completions.add(Array.isArray(body) ? body : [body], true);
      return json(200, Array.isArray(body) ? { items: added } : added[0]);
    },
  },
  {
    surface: "control",
    method: "DELETE",
    path: PATH,
    handler({ services }) {
      services.completions.clear();
      return json(200, { ok: true });
    },
  },
];
