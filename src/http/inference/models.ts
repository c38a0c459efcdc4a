import { readAuthorization } from "../../domain/credential.js";
import { GatewayError } from "../../domain/errors.js";
import { type CatalogueModel, callableModels } from "../../services/models.js";
import type { AppContext } from "../env.js";
import { respond } from "../respond.js";

/** Longest context and answer of the emulated models; the documented bound of `max_tokens`. */
const CONTEXT_TOKENS = 262_144;

/** The catalogue comes from another backend than chat: other headers, Python's spacing . */
const HEADERS: Readonly<Record<string, string>> = {
  "Content-Type": "application/json",
  Server: "gunicorn",
  Vary: "Origin, Cookie",
  "Content-Security-Policy": "default-src 'self'",
  "X-Frame-Options": "DENY",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
};

/** The models that a key can call. No top-level `object`. */
export function listModels(c: AppContext): Response {
  const credential = readAuthorization(c.req.header("Authorization"));
  if (credential.kind === "empty") throw new GatewayError("empty_key");
  const models = callableModels(c.get("services"), c.get("inProgress"), credential);
  return respond(c, { status: 200, body: pythonJson({ data: models.map(entry) }), headers: HEADERS });
}

function entry(model: CatalogueModel) {
  return {
    id: model.slug,
    created: Math.floor(model.createdAt / 1000),
    object: "model",
    owned_by: model.ownedBy,
    name: model.slug.slice(model.slug.indexOf("/") + 1),
    description: "",
    context_length: CONTEXT_TOKENS,
    max_completion_tokens: CONTEXT_TOKENS,
    quantization: "fp8",
    pricing: { prompt: "0", completion: "0", image: "0", request: "0", input_cache_read: "0" },
    supported_sampling_parameters: ["temperature", "stop", "top_p", "top_k"],
    supported_features: ["tools", "json_mode", "structured_outputs", "reasoning"],
    input_modalities: ["text"],
    output_modalities: ["text"],
  };
}

/** JSON as Python's `json.dumps` spaces it. */
function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(
      ([key, member]) => `${JSON.stringify(key)}: ${pythonJson(member)}`,
    );
    return `{${members.join(", ")}}`;
  }
  return JSON.stringify(value);
}
