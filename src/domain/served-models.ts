import { GatewayError } from "./errors.js";
import type { DeclaredModel } from "./model.js";

/**
 * Checks that the engine of a deployment serves a model name (I-4.2e). Without declared names it serves any.
 * @param model null: a chain, which has no engine
 * @throws GatewayError `served_model_unknown`
 */
export function checkServed(model: DeclaredModel | null, name: string): void {
  const served = model?.servedModelNames ?? [];
  if (!model || served.length === 0 || served.includes(name)) return;
  throw new GatewayError("served_model_unknown", {
    message: `The model \`${name}\` does not exist.`,
    hint: `Model ${model.id} serves ${served.join(", ")}.`,
  });
}
