import type { Provider, Target } from "./model.js";

/** A target as it arrives: any field may be missing or null. */
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

/** Which fields a provider needs and which it may have (E-6). */
const RULES: Readonly<Record<Provider, { needs: readonly Field[]; takes: readonly Field[] }>> = {
  BASETEN: { needs: ["model_id"], takes: ["environment_name", "target_model"] },
  ANTHROPIC: { needs: ["secret_id", "target_model"], takes: [] },
  OPENAI: { needs: ["secret_id", "target_model"], takes: [] },
  OPENAI_COMPATIBLE: { needs: ["base_url", "secret_id", "target_model"], takes: [] },
  VERTEX: { needs: ["vertex_config"], takes: ["secret_id", "target_model"] },
  BASETEN_MODEL_API: { needs: ["target_model"], takes: ["secret_id"] },
};

/** A field of a target and what is wrong with it. */
export interface TargetProblem {
  readonly field: Field;
  readonly expected: string;
}

/** Checks one target against its provider (E-6); null when it fits. */
export function targetProblem(target: TargetInput): TargetProblem | null {
  const { needs, takes } = RULES[target.provider];
  for (const field of FIELDS) {
    const present = target[field] !== undefined && target[field] !== null;
    if (needs.includes(field) && !present) {
      return { field, expected: `${target.provider} targets need it` };
    }
    if (present && !needs.includes(field) && !takes.includes(field)) {
      return { field, expected: `${target.provider} targets do not take it` };
    }
  }
  return baseUrlProblem(target);
}

function baseUrlProblem(target: TargetInput): TargetProblem | null {
  if (target.base_url === undefined || target.base_url === null) return null;
  // An explicit port is refused even where it is the scheme's own, so the text is looked at, not the parsed URL.
  const authority = /^https:\/\/([^/?#\s]+)(?:[/?#]\S*)?$/i.exec(target.base_url)?.[1];
  if (authority === undefined) return { field: "base_url", expected: "expected an https URL" };
  if (/:\d*$/.test(authority)) return { field: "base_url", expected: "expected a URL without a port" };
  return null;
}

/** The target as it is stored and answered: set fields only, `production` left out (E-8). */
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
