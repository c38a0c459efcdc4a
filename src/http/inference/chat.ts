import { iterateFrames } from "../../domain/completion/stream.js";
import { encodeCompletion } from "../../domain/completion/sync.js";
import type { AnsweredChat } from "../../services/chat-types.js";
import type { Route } from "../routes.js";
import { parseChatRequest } from "./chat-request.js";
import { hexOf } from "./headers.js";
import { type ModelDialect, modelRoute } from "./model-route.js";

/** OpenAI's way of talking to a model (inference §1). */
export const CHAT_DIALECT: ModelDialect = {
  parse: parseChatRequest,
  encode: (turn) => encodeCompletion(metaOf(turn), turn.reply),
  frames: (turn, chunking, settings) =>
    iterateFrames(metaOf(turn), streamOptions(turn), turn.reply, settings.streamDialect, chunking),
};

/** inference §1. */
export const CHAT_ROUTE: Route = modelRoute("/v1/chat/completions", CHAT_DIALECT);

function metaOf(turn: AnsweredChat) {
  return {
    id: `chatcmpl-${hexOf(turn.requestId)}`,
    created: Math.floor(turn.inProgress.at / 1000),
    model: turn.request.model,
  };
}

/** X-12, and the irregularities that the style asks for (inference §1.4). */
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
