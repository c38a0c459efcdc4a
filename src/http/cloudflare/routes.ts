import { GatewayError } from "../../domain/errors.js";
import { jsonText } from "../body.js";
import type { Call, Route } from "../routes.js";
import { type Plan, type Planned, throughGateway } from "./serve.js";

/** Where a gateway's own paths begin. */
const GATEWAY = "/v1/:account/:gateway";
/** What names this provider in a model of the unified route. */
const PROVIDER_PREFIX = "baseten/";

/** Cloudflare's AI Gateway in front of the same models (inference §6). */
export const CLOUDFLARE_ROUTES: readonly Route[] = [
  route("POST", "/baseten/v1/chat/completions", (_, body) => chat(body, fieldsOf(body.toString()))),
  // What the documents' OpenAI SDK sample calls (Y-33).
  route("POST", "/baseten/chat/completions", (_, body) => chat(body, fieldsOf(body.toString()))),
  route("POST", "/compat/chat/completions", unifiedChat),
  route("POST", "/baseten/model/:model_id", predict),
  route("GET", "/baseten/v1/models", () => ({
    upstream: upstream("GET", "/v1/models", Buffer.alloc(0)),
    model: null,
    cacheable: false,
  })),
];

function route(method: "GET" | "POST", path: string, plan: Plan): Route {
  return { surface: "cloudflare", method, path: GATEWAY + path, raw: throughGateway(plan) };
}

function chat(body: Buffer, fields: Fields | null): Planned {
  return {
    upstream: upstream("POST", "/v1/chat/completions", body),
    model: typeof fields?.model === "string" ? fields.model : null,
    cacheable: fields !== null && fields.stream !== true,
  };
}

/** The provider stands before the model's name, and goes no further than here. */
function unifiedChat(call: Call, body: Buffer): Planned {
  const fields = fieldsOf(jsonText(call.request, body, refuseFormat));
  const named = fields?.model;
  if (fields === null || typeof named !== "string" || !named.startsWith(PROVIDER_PREFIX)) {
    return refuseFormat(`expected a JSON object whose "model" begins with ${PROVIDER_PREFIX}`);
  }
  const passed = { ...fields, model: named.slice(PROVIDER_PREFIX.length) };
  return chat(Buffer.from(JSON.stringify(passed)), passed);
}

/** Production of the model, and nothing deeper (Y-33). */
function predict(call: Call, body: Buffer): Planned {
  const id = call.param("model_id");
  return {
    upstream: {
      surface: "dedicated",
      method: "POST",
      path: "/production/predict",
      deployment: { kind: "model", label: id.toLowerCase() },
      body,
    },
    model: id,
    cacheable: true,
  };
}

function upstream(method: "GET" | "POST", path: string, body: Buffer) {
  return { surface: "inference", method, path, deployment: null, body } as const;
}

function refuseFormat(problem: string): never {
  throw new GatewayError("cloudflare_bad_format", { hint: problem });
}

type Fields = Readonly<Record<string, unknown>>;

/** A body's fields, or null when it is no JSON object; that is the provider's to say. */
function fieldsOf(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
