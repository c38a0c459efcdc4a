/** The body of an answer that is not streamed. */

import type { Reply } from "../chat.js";
import { type CompletionMeta, messageJson, usageJson } from "./encode.js";

/**
 * The exact bytes of a `chat.completion` body (inference §1.3): compact JSON in the recorded key order, null
 * fields left out, `finish_reason` too.
 */
export function encodeCompletion(meta: CompletionMeta, reply: Reply): string {
  const finish = reply.finishReason === null ? "" : `,"finish_reason":"${reply.finishReason}"`;
  return (
    `{"id":${JSON.stringify(meta.id)},"choices":[{"index":0,"message":${messageJson(reply)}${finish}}]` +
    `,"created":${meta.created},"model":${JSON.stringify(meta.model)},"object":"chat.completion"` +
    `,"usage":${usageJson(reply.usage)}}`
  );
}
