import { Hono } from "hono";
import { GatewayError } from "../../domain/errors.js";
import type { AppEnv } from "../env.js";
import { json, jsonPage } from "../respond.js";
import { addOneOrMore } from "./body.js";

/**
 * Completion rules, prediction rules and faults. New rules come before the existing ones, so that a test can override
 * its seed. New faults come last.
 */
export const rules = new Hono<AppEnv>();

rules.get("/_emulator/completions", (c) => jsonPage(c, c.get("services").completions.list()));

rules.post("/_emulator/completions", (c) =>
  addOneOrMore(
    c,
    (schemas) => schemas.completionRuleSchema,
    (added) => c.get("services").completions.add(added, true),
  ),
);

rules.delete("/_emulator/completions", (c) => {
  c.get("services").completions.clear();
  return json(c, { ok: true });
});

rules.get("/_emulator/predictions", (c) => jsonPage(c, c.get("services").predictions.list()));

rules.post("/_emulator/predictions", (c) =>
  addOneOrMore(
    c,
    (schemas) => schemas.predictionRuleSchema,
    (added) => c.get("services").predictions.add(added, true),
  ),
);

rules.delete("/_emulator/predictions", (c) => {
  c.get("services").predictions.clear();
  return json(c, { ok: true });
});

rules.get("/_emulator/faults", (c) => jsonPage(c, c.get("services").faults.list()));

rules.post("/_emulator/faults", (c) =>
  addOneOrMore(
    c,
    (schemas) => schemas.faultRuleSchema,
    (added) => c.get("services").faults.add(added),
  ),
);

rules.delete("/_emulator/faults", (c) => {
  c.get("services").faults.clear();
  return json(c, { ok: true });
});

rules.delete("/_emulator/faults/:id", (c) => {
  const id = c.req.param("id");
  if (!c.get("services").faults.remove(id)) {
    throw new GatewayError("not_found", { message: `Fault ${id} not found.` });
  }
  return json(c, { id });
});
