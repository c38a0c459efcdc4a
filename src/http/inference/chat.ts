import { iterateFrames } from "../../domain/completion/stream.js";
import { encodeCompletion } from "../../domain/completion/sync.js";
import type { AnsweredChat } from "../../services/chat-types.js";
import { parseChatRequest } from "./chat-request.js";
import { hexOf } from "./headers.js";
import type { ModelDialect } from "./model-dialect.js";

/** OpenAI's way of talking to a model. */
export const CHAT_DIALECT: ModelDialect = {
  parse: parseChatRequest,
  encode: (answered) => encodeCompletion(metaOf(answered), answered.reply),
  frames: (answered, chunking, settings) =>
    iterateFrames(
      metaOf(answered),
      streamOptions(answered),
      answered.reply,
      settings.streamDialect,
      chunking,
    ),
};

function metaOf({ requestId, inProgress, request }: AnsweredChat) {
  return {
    id: `chatcmpl-${hexOf(requestId)}`,
    created: Math.floor(inProgress.at / 1000),
    model: request.model,
  };
}

/** X-12, and the irregularities that the style asks for (I-1.4). */
function streamOptions({ request, reply, style }: AnsweredChat) {
  // Recorded together: in JSON mode without finish_reason the usage chunk was missing too.
  const silent =
    style.finish_reason_in_json_mode === false && request.responseFormat.type.startsWith("json_");
  return {
    includeUsage: request.includeUsage && style.usage_chunk !== false && !silent,
    continuousUsage: request.continuousUsage,
    done: !(style.done_after_stop === false && reply.stopSequence !== undefined),
  };
}
