import { completionRuleSchema } from "../../schemas/completions.js";
import { json } from "../answer.js";
import type { Route } from "../routes.js";
import { wholeList } from "./call.js";
import { addOneOrMore } from "./one-or-more.js";

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
    handler: (call) =>
      addOneOrMore(call, completionRuleSchema, (rules) => call.services.completions.add(rules, true)),
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
