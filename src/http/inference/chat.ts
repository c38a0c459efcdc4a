import { readAuthorization } from "../../domain/access.js";
import { DEFAULT_CHUNKING } from "../../domain/completion/deltas.js";
import { joinFrames, streamFrames } from "../../domain/completion/stream.js";
import { encodeCompletion } from "../../domain/completion/sync.js";
import { GatewayError } from "../../domain/errors.js";
import type { ChatTurn, ChatWishes } from "../../services/chat.js";
import { JSON_TYPE, send } from "../answer.js";
import { jsonText, readBody } from "../body.js";
import type { Call, Route } from "../routes.js";
import { fail, storageFailure, traceHeaders } from "../settle.js";
import { parseChatRequest, parseEnvelope } from "./chat-request.js";
import { hexOf, modelServerHeaders } from "./headers.js";

/** inference §1. */
export const CHAT_ROUTE: Route = {
  surface: "inference",
  method: "POST",
  path: "/v1/chat/completions",
  async raw(call) {
    let turn: ChatTurn;
    try {
      turn = await open(call);
    } catch (cause) {
      return fail(call, cause);
    }
    if (turn.request.stream) await answerStream(call, turn);
    else await answerWhole(call, turn);
  },
};

/** Body, key, slug, limits, values: the order of X-7. */
async function open(call: Call): Promise<ChatTurn> {
  const { request, services, exchange } = call;
  const { settings } = services.kernel;
  const credential = readAuthorization(request.headers.authorization);
  // The load balancer in front answers this one, before the gateway sees anything.
  if (credential.kind === "empty") {
    throw new GatewayError("empty_key", {
      hint: "the Authorization header has a scheme but no key behind it; is an environment variable unset?",
    });
  }
  const body = await readBody(request, settings.maxBodyBytes);
  const text = jsonText(request, body, refuseBody);
  exchange.requestBody = text;
  const envelope = parseEnvelope(text);
  if (!envelope.ok) {
    return refuseBody('expected a JSON object with a string "model" and an array "messages"');
  }
  const parsed = parseChatRequest(envelope, settings);
  return services.chat.open(exchange, credential, envelope.model, parsed, wishesOf(call));
}

function refuseBody(problem: string): never {
  throw new GatewayError("invalid_body", { hint: problem });
}

/** `x-emulator-usage: <prompt>/<completion>` sets the exact charge of this answer. */
function wishesOf(call: Call): ChatWishes {
  const header = call.request.headers["x-emulator-usage"];
  if (header === undefined) return {};
  const [, prompt, completion] = /^(\d{1,12})\/(\d{1,12})$/.exec(String(header)) ?? [];
  if (prompt === undefined || completion === undefined) {
    throw new GatewayError("invalid_body", {
      hint: "x-emulator-usage is <prompt tokens>/<completion tokens>, such as 10/9",
    });
  }
  return { usage: { prompt: Number(prompt), completion: Number(completion) } };
}

/** inference §1.3: compact JSON. */
async function answerWhole(call: Call, turn: ChatTurn): Promise<void> {
  const body = encodeCompletion(metaOf(turn), turn.reply);
  const failure = await close(call, turn, body);
  if (failure) return send(call.request, call.response, storageFailure(call));
  send(call.request, call.response, {
    status: 200,
    body,
    headers: { "Content-Type": JSON_TYPE, ...headersOf(turn) },
  });
}

/**
 * inference §1.4. Unpaced, so the whole stream is there at once: one write instead of one per chunk. It is
 * booked before it is sent, so that an acknowledged end is a stored one (W-8).
 */
async function answerStream(call: Call, turn: ChatTurn): Promise<void> {
  const { streamDialect } = call.services.kernel.settings;
  const frames = streamFrames(metaOf(turn), turn.request, turn.reply, streamDialect, DEFAULT_CHUNKING);
  const body = joinFrames(frames);
  const failure = await close(call, turn, body);
  if (failure) return send(call.request, call.response, storageFailure(call));
  const { response } = call;
  if (response.destroyed) return;
  response.writeHead(200, {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-cache",
    ...headersOf(turn),
  });
  response.end(body);
}

function close(call: Call, turn: ChatTurn, body: string): Promise<Error | null> {
  return new Promise((resolve) =>
    call.services.chat.close(turn, 200, body, turn.reply.usage.completion, resolve),
  );
}

function metaOf(turn: ChatTurn) {
  return {
    id: `chatcmpl-${hexOf(turn.requestId)}`,
    created: Math.floor(turn.exchange.at / 1000),
    model: turn.request.model,
  };
}

function headersOf(turn: ChatTurn): Record<string, string> {
  const { exchange, requestId, modelId, limitHeaders } = turn;
  return {
    ...modelServerHeaders({ acceptedAt: exchange.at, requestId, modelId }),
    ...limitHeaders,
    ...traceHeaders(exchange),
  };
}
