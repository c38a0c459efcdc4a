import { Hono } from "hono";
import type * as z from "zod";
import { GatewayError } from "../../domain/errors.js";
import type { Services } from "../../services/services.js";
import type { AppEnv } from "../env.js";
import { json, jsonPage } from "../respond.js";
import { addOneOrMore, type SchemaOf } from "./body.js";

/**
 * Completion rules, prediction rules and faults. New rules come before the existing ones, so that a test can override
 * its seed. New faults come last.
 */
export const rules = new Hono<AppEnv>();

addRoutes(
  "completions",
  (schemas) => schemas.completionRuleSchema,
  ({ completions }, added) => completions.add(added, true),
);
addRoutes(
  "predictions",
  (schemas) => schemas.predictionRuleSchema,
  ({ predictions }, added) => predictions.add(added, true),
);
addRoutes(
  "faults",
  (schemas) => schemas.faultRuleSchema,
  ({ faults }, added) => faults.add(added),
);

rules.delete("/_emulator/faults/:id", (c) => {
  const id = c.req.param("id");
  if (!c.get("services").faults.remove(id)) {
    throw new GatewayError("not_found", { message: `Fault ${id} not found.` });
  }
  return json(c, { id });
});

/** Lists, adds and clears. */
function addRoutes<S extends z.ZodType>(
  kind: "completions" | "predictions" | "faults",
  schemaOf: SchemaOf<S>,
  add: (services: Services, added: z.output<S>[]) => readonly unknown[],
): void {
  const path = `/_emulator/${kind}`;
  rules.get(path, (c) => jsonPage(c, c.get("services")[kind].list()));
  rules.post(path, (c) => addOneOrMore(c, schemaOf, (added) => add(c.get("services"), added)));
  rules.delete(path, (c) => {
    c.get("services")[kind].clear();
    return json(c, { ok: true });
  });
}
