import { predictionRuleSchema } from "../../schemas/predictions.js";
import { json } from "../answer.js";
import type { Route } from "../routes.js";
import { wholeList } from "./call.js";
import { addOneOrMore } from "./one-or-more.js";

const PATH = "/_emulator/predictions";

/** What dedicated deployments say. Added rules come before those that are there: a test's own rule wins over the seed's. */
export const PREDICTION_ROUTES: readonly Route[] = [
  {
    surface: "control",
    method: "GET",
    path: PATH,
    handler: ({ services }) =>
      wholeList(services.predictions.list().map(({ rule, used }) => ({ ...rule, used }))),
  },
  {
    surface: "control",
    method: "POST",
    path: PATH,
    handler: (call) =>
      addOneOrMore(call, predictionRuleSchema, (rules) => call.services.predictions.add(rules, true)),
  },
  {
    surface: "control",
    method: "DELETE",
    path: PATH,
    handler({ services }) {
      services.predictions.clear();
      return json(200, { ok: true });
    },
  },
];
