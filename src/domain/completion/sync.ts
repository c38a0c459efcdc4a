import type { Reply } from "../chat.js";
import { type CompletionMeta, messageJson, usageJson } from "./encode.js";
import { logprobsJson } from "./logprobs.js";

/**
 * The body of a whole answer (I-1.3a): compact JSON in the recorded key order, without null fields. `logprobs` are
 * between message and `finish_reason`, as with OpenAI.
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
