import type { ChatRequest } from "../domain/chat.js";
import type { RuleReply } from "../domain/completion/rules.js";
import { readOpenAiAnswer } from "../domain/completion/upstream.js";
import { GatewayError } from "../domain/errors.js";

/** Longest wait for the real server, milliseconds of real time: the documented bound of a sync request. */
const TIMEOUT_MS = 1_200_000;

/**
 * Asks a real OpenAI-compatible server and answers in its words. It is asked for the whole answer; the
 * emulator streams it on, so that limits, faults and billing work as ever.
 * @throws GatewayError `model_unavailable` when it cannot be reached or does not answer as expected
 */
export async function forwardChat(
  request: ChatRequest,
  target: NonNullable<RuleReply["forward"]>,
): Promise<RuleReply> {
  const url = `${target.url.replace(/\/$/, "")}/chat/completions`;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...target.headers },
      body: JSON.stringify(bodyOf(request, target.model ?? request.model)),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    const reply = readOpenAiAnswer(await response.json());
    if (!reply) throw new Error("its answer is no chat completion");
    return reply;
  } catch (cause) {
    throw new GatewayError("model_unavailable", { hint: `forwarding to ${url} failed: ${reasonOf(cause)}` });
  }
}

/** fetch itself only says that it failed; why is in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/** The request as the real server is asked: what shapes the answer, and nothing that only paces or counts it. */
function bodyOf(request: ChatRequest, model: string) {
  const { messages, maxTokens, stop, tools, toolChoice, responseFormat } = request;
  return {
    model,
    messages,
    max_tokens: maxTokens,
    ...(stop.length > 0 ? { stop } : {}),
    ...(tools.length > 0
      ? {
          tools: tools.map((tool) => ({ type: "function", function: tool })),
          tool_choice: choiceOf(toolChoice),
        }
      : {}),
    ...(responseFormat.type === "json_object" ? { response_format: responseFormat } : {}),
    ...(responseFormat.type === "json_schema"
      ? {
          response_format: {
            type: "json_schema",
            json_schema: { name: responseFormat.name, schema: responseFormat.schema, strict: true },
          },
        }
      : {}),
  };
}

function choiceOf(choice: ChatRequest["toolChoice"]) {
  return typeof choice === "object" ? { type: "function", function: choice } : choice;
}
