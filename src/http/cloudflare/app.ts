import { Hono } from "hono";
import { GatewayError } from "../../domain/errors.js";
import { asObject, parseJson } from "../../domain/parse-json.js";
import { chatRequestSchema } from "../../schemas/chat.js";
import { describing } from "../description/describe.js";
import type { AppEnv } from "../env.js";
import { jsonText } from "../middleware/body.js";
import type { AppFetch, ProviderRequest } from "./provider.js";
import { type PlannedRequest, throughGateway } from "./through-gateway.js";

/** Prefix of the model on the unified route (I-6.1c). */
const PROVIDER_PREFIX = "baseten/";

/** The usual errors are the AI Gateway's own, and those of the provider. */
const describe = describing({
  tag: "cloudflare",
  errorsOf: () => [400, 401, 402, 403, 404, 408, 413, 429],
});

/** What the same route is for, with and without a version in its path. */
const CHAT_PATHS = [
  ["/v1", "Chat completion through an AI Gateway"],
  ["", "The same, as the documents' OpenAI SDK sample calls it"],
];

/**
 * Cloudflare's AI Gateway in front of the same models, on `gateway.ai.*`.
 * @param fetch the app itself, which answers as the provider
 */
export function createCloudflare(fetch: AppFetch): Hono<AppEnv> {
  const cloudflare = new Hono<AppEnv>();

  for (const [version = "", summary = ""] of CHAT_PATHS) {
    cloudflare.post(
      `/v1/:account/:gateway/baseten${version}/chat/completions`,
      describe(summary, { body: chatRequestSchema }),
      (c) => throughGateway(c, fetch, planChat),
    );
  }

  cloudflare.post(
    "/v1/:account/:gateway/compat/chat/completions",
    describe("Chat completion with model baseten/{model}", { body: chatRequestSchema }),
    (c) => throughGateway(c, fetch, (body) => planUnifiedChat(body, c.req.header("Content-Type"))),
  );

  cloudflare.post(
    "/v1/:account/:gateway/baseten/model/:model_id",
    describe("Prediction of a dedicated model's production through an AI Gateway"),
    (c) => throughGateway(c, fetch, (body) => planPrediction(body, c.req.param("model_id"))),
  );

  cloudflare.get(
    "/v1/:account/:gateway/baseten/v1/models",
    describe("The models that the key may call, through an AI Gateway", { errors: [400, 401, 403] }),
    (c) =>
      throughGateway(c, fetch, () => ({
        request: toInference("GET", "/v1/models", Buffer.alloc(0)),
        model: null,
        cacheable: false,
      })),
  );

  return cloudflare;
}

function planChat(body: Buffer): PlannedRequest {
  return chatRequest(body, asObject(parseJson(body.toString())));
}

/** @param fields of the body; null when it is no JSON object, which the provider refuses */
function chatRequest(body: Buffer, fields: ReturnType<typeof asObject>): PlannedRequest {
  return {
    request: toInference("POST", "/v1/chat/completions", body),
    model: typeof fields?.model === "string" ? fields.model : null,
    cacheable: fields !== null && fields.stream !== true,
  };
}

/** Reads the provider from the model's name, and removes it. */
function planUnifiedChat(body: Buffer, contentType: string | undefined): PlannedRequest {
  const fields = asObject(parseJson(jsonText(contentType, body, refuseFormat)));
  const named = fields?.model;
  if (fields === null || typeof named !== "string" || !named.startsWith(PROVIDER_PREFIX)) {
    return refuseFormat(`expected a JSON object whose "model" begins with ${PROVIDER_PREFIX}`);
  }
  const passed = { ...fields, model: named.slice(PROVIDER_PREFIX.length) };
  return chatRequest(Buffer.from(JSON.stringify(passed)), passed);
}

/** Only the production of a model has a path here (Y-33). */
function planPrediction(body: Buffer, id: string): PlannedRequest {
  const deployment = { kind: "model", label: id.toLowerCase() } as const;
  const destination = { surface: "dedicated", path: "/production/predict", deployment } as const;
  return {
    request: { method: "POST", destination, body },
    model: id,
    cacheable: true,
  };
}

function toInference(method: "GET" | "POST", path: string, body: Buffer): ProviderRequest {
  return { method, destination: { surface: "inference", path, deployment: null }, body };
}

function refuseFormat(problem: string): never {
  throw new GatewayError("cloudflare_bad_format", { hint: problem });
}
