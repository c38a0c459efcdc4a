import type { Provider, Target } from "./model.js";

/** A target in a request: fields may be absent or null. */
export type TargetInput = { readonly provider: Provider } & {
  readonly [Field in keyof Omit<Target, "provider">]?: Target[Field] | null | undefined;
};

type Field = Exclude<keyof Target, "provider">;
const FIELDS: readonly Field[] = [
  "model_id",
  "environment_name",
  "secret_id",
  "target_model",
  "base_url",
  "vertex_config",
];

/** Required and optional fields of each provider (E-6). */
const RULES: Readonly<Record<Provider, { required: readonly Field[]; optional: readonly Field[] }>> = {
  BASETEN: { required: ["model_id"], optional: ["environment_name", "target_model"] },
  ANTHROPIC: { required: ["secret_id", "target_model"], optional: [] },
  OPENAI: { required: ["secret_id", "target_model"], optional: [] },
  OPENAI_COMPATIBLE: { required: ["base_url", "secret_id", "target_model"], optional: [] },
  VERTEX: { required: ["vertex_config"], optional: ["secret_id", "target_model"] },
  BASETEN_MODEL_API: { required: ["target_model"], optional: ["secret_id"] },
};

/** A field of a target and what is wrong with it. */
interface TargetProblem {
  readonly field: Field;
  readonly expected: string;
}

/** The first problem of a target with its provider (E-6), or null. */
export function targetProblem(target: TargetInput): TargetProblem | null {
  const { required, optional } = RULES[target.provider];
  for (const field of FIELDS) {
    const present = target[field] !== undefined && target[field] !== null;
    if (required.includes(field) && !present) {
      return { field, expected: `${target.provider} targets need it` };
    }
    if (present && !required.includes(field) && !optional.includes(field)) {
      return { field, expected: `${target.provider} targets do not take it` };
    }
  }
  return baseUrlProblem(target);
}

function baseUrlProblem(target: TargetInput): TargetProblem | null {
  if (target.base_url === undefined || target.base_url === null) return null;
  // Parsing would drop an explicit :443, which is refused too.
  const authority = /^https:\/\/([^/?#\s]+)(?:[/?#]\S*)?$/i.exec(target.base_url)?.[1];
  if (authority === undefined) return { field: "base_url", expected: "expected an https URL" };
  if (/:\d*$/.test(authority)) return { field: "base_url", expected: "expected a URL without a port" };
  return null;
}

/** The target as stored and shown: only the fields that were set, without `production` (E-8). */
export function normalizeTarget(target: TargetInput): Target {
  const { provider, model_id, environment_name, secret_id, target_model, base_url, vertex_config } = target;
  return {
    provider,
    ...(model_id ? { model_id } : {}),
    ...(environment_name && environment_name !== "production" ? { environment_name } : {}),
    ...(secret_id ? { secret_id } : {}),
    ...(target_model ? { target_model } : {}),
    ...(base_url ? { base_url } : {}),
    ...(vertex_config
      ? { vertex_config: { project_id: vertex_config.project_id, location: vertex_config.location } }
      : {}),
  };
}
