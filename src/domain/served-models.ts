import { GatewayError } from "./errors.js";
import type { DeclaredModel } from "./model.js";

/**
 * Whether the engine of a deployment answers to a name (inference §4.2); any, when none is declared.
 * @param model null: a chain, which has no engine
 * @throws GatewayError `served_model_unknown`
 */
export function checkServed(model: DeclaredModel | null, name: string): void {
  const served = model?.servedModelNames ?? [];
  if (!model || served.length === 0 || served.includes(name)) return;
  throw new GatewayError("served_model_unknown", {
    message: `The model \`${name}\` does not exist.`,
    hint: `model ${model.id} serves ${served.join(", ")}`,
  });
}
