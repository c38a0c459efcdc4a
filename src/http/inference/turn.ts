import { type Credential, readAuthorization } from "../../domain/credential.js";
import { GatewayError } from "../../domain/errors.js";
import type { Fault } from "../../domain/faults.js";
import { FAULT_PRESETS } from "../../domain/faults.js";
import { faultSchema } from "../../schemas/faults.js";
import { problemsOf } from "../../schemas/problems.js";
import { NO_HEADERS } from "../../services/chat.js";
import type { AdmittedChat, ChatInput } from "../../services/chat-types.js";
import { faultOf } from "../../services/faults.js";
import type { RequestOverrides } from "../../services/replies.js";
import { jsonText, readBody } from "../body.js";
import type { Call } from "../routes.js";
import { traceHeaders } from "../settle.js";
import { type ChatEnvelope, parseEnvelope } from "./chat-request.js";
import { modelServerHeaderList } from "./headers.js";

/** What the gateway layer reads of a request, before it looks at the key. */
export interface GatewayRequest extends ChatInput {
  readonly credential: Credential;
  readonly envelope: ChatEnvelope;
}

/**
 * The gateway layer's part of a request to a model, whatever its dialect: a JSON object with text `model` and a
 * list `messages`.
 * @throws GatewayError `empty_key`, `invalid_body`, `body_too_large`
 */
export async function readGatewayRequest(call: Call): Promise<GatewayRequest> {
  const { request, services, inProgress } = call;
  const credential = readAuthorization(request.headers.authorization);
  // The load balancer in front answers this one, before the gateway sees anything.
  if (credential.kind === "empty") {
    throw new GatewayError("empty_key", {
      hint: "the Authorization header has a scheme but no key behind it; is an environment variable unset?",
    });
  }
  const body = await readBody(request, services.context.settings.maxBodyBytes);
  const text = jsonText(request, body, refuseBody);
  inProgress.requestBody = text;
  const envelope = parseEnvelope(text);
  if (!envelope.ok) {
    return refuseBody('expected a JSON object with a string "model" and an array "messages"');
  }
  return {
    credential,
    envelope,
    model: envelope.model,
    overrides: wishesOf(call),
    fault: faultWish(call),
    header: (name) => headerOf(call, name),
  };
}

function refuseBody(problem: string): never {
  throw new GatewayError("invalid_body", { hint: problem });
}

/** A request header by its lower-case name; what came several times, joined. */
export function headerOf(call: Call, name: string): string | undefined {
  const { headers } = call.request;
  // Every object has a `constructor`, which nobody sent.
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  return Array.isArray(value) ? value.join(", ") : value;
}

const NO_WISHES: RequestOverrides = {};

/** `x-emulator-usage: <prompt>/<completion>` sets the exact charge of this answer. */
function wishesOf(call: Call): RequestOverrides {
  const header = headerOf(call, "x-emulator-usage");
  if (header === undefined) return NO_WISHES;
  const [, prompt, completion] = /^(\d{1,12})\/(\d{1,12})$/.exec(header) ?? [];
  if (prompt === undefined || completion === undefined) {
    return refuseBody("x-emulator-usage is <prompt tokens>/<completion tokens>, such as 10/9");
  }
  return { usage: { prompt: Number(prompt), completion: Number(completion) } };
}

/** `x-emulator-fault: <preset>`, or a fault as JSON, for this request alone. @throws GatewayError `invalid_body` */
export function faultWish(call: Call): Fault | null {
  const header = headerOf(call, "x-emulator-fault");
  if (header === undefined) return null;
  const value = header.startsWith("{") ? parseJson(header) : { preset: header };
  if (value === undefined) return refuseBody("x-emulator-fault begins with { but is not valid JSON");
  const parsed = faultSchema.safeParse(value);
  if (parsed.success && parsed.data.webhook !== undefined) {
    return refuseBody(
      "x-emulator-fault disturbs an answer; faults of webhooks are added with POST /_emulator/faults",
    );
  }
  if (parsed.success) return faultOf(parsed.data);
  const problems = parsed.error.issues.flatMap((issue) => problemsOf(faultSchema, issue));
  const what = problems.map(({ path, message }) => `${path.map(String).join(".")} ${message}`).join("; ");
  return refuseBody(`x-emulator-fault is one of ${FAULT_PRESETS.join(", ")}, or a fault as JSON: ${what}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Headers of an answer from behind the gateway (inference §1.5, L-13), as name and value in turn: Node takes
 * a list as it is, and checks and copies a record.
 */
export function turnHeaders(turn: AdmittedChat, ...first: readonly string[]): string[] {
  const { inProgress, requestId, modelId, limitHeaders } = turn;
  const list = modelServerHeaderList({ acceptedAt: inProgress.at, requestId, modelId });
  list.push(...first);
  if (limitHeaders !== NO_HEADERS) for (const header of Object.entries(limitHeaders)) list.push(...header);
  for (const header of Object.entries(traceHeaders(inProgress))) list.push(...header);
  return list;
}
