import { GatewayError } from "../../domain/errors.js";
import { encodeMessage, type MessageMeta } from "../../domain/messages/message.js";
import { iterateMessageFrames } from "../../domain/messages/stream.js";
import type { AnsweredChat } from "../../services/chat-types.js";
import type { Route } from "../routes.js";
import { hexOf } from "./headers.js";
import { parseMessagesRequest } from "./messages-request.js";
import { modelRoute } from "./model-route.js";

/**
 * Anthropic's Messages shape over the pipeline of chat: same order of checks, limits and ledger (inference §3).
 *
 * Y-16: what this route answers to a bad body, a wrong key, an unknown slug or a spent limit is not known. It
 * is the same gateway layer, so the emulator gives its string envelopes, as on chat; only refused values,
 * which are the model server's, come in Anthropic's envelope.
 */
export const MESSAGES_ROUTE: Route = modelRoute("/v1/messages", {
  preflight(call, { credential }) {
    if (credential.kind !== "absent" || call.request.headers["x-api-key"] === undefined) return;
    throw new GatewayError("missing_key", {
      hint: 'x-api-key is not read, only Authorization: in an Anthropic SDK set defaultHeaders: { Authorization: "Api-Key <key>" } (Python: default_headers)',
    });
  },
  refusal: "messages_invalid_value",
  parse: parseMessagesRequest,
  encode: (turn) => encodeMessage(metaOf(turn), turn.reply),
  frames: (turn, chunking) => iterateMessageFrames(metaOf(turn), turn.reply, chunking),
});

function metaOf(turn: AnsweredChat): MessageMeta {
  return { id: `msg_${hexOf(turn.requestId)}`, model: turn.request.model };
}
