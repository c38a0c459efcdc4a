/** The body of an answer that is not streamed. */

import type { Reply } from "../chat.js";
import { type CompletionMeta, messageJson, usageJson } from "./encode.js";
import { logprobsJson } from "./logprobs.js";

/**
 * The exact bytes of a `chat.completion` body (inference §1.3): compact JSON in the recorded key order, null
 * fields left out, `finish_reason` too. `logprobs` stand between message and `finish_reason`, as with OpenAI.
 */
export function encodeCompletion(meta: CompletionMeta, reply: Reply): string {
  const finish = reply.finishReason === null ? "" : `,"finish_reason":"${reply.finishReason}"`;
  const logprobs = reply.logprobs ? `,"logprobs":${logprobsJson(reply.logprobs)}` : "";
  return (
    `{"id":${JSON.stringify(meta.id)},"choices":[{"index":0,"message":${messageJson(reply)}${logprobs}${finish}}]` +
    `,"created":${meta.created},"model":${JSON.stringify(meta.model)},"object":"chat.completion"` +
    `,"usage":${usageJson(reply.usage)}}`
  );
}
