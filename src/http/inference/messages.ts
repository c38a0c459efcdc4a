import { GatewayError } from "../../domain/errors.js";
import { encodeMessage, type MessageMeta } from "../../domain/messages/message.js";
import { iterateMessageFrames } from "../../domain/messages/stream.js";
import type { AnsweredChat } from "../../services/chat-types.js";
import { hexOf } from "./headers.js";
import { parseMessagesRequest } from "./messages-request.js";
import type { ModelDialect } from "./model-dialect.js";

/**
 * Anthropic's Messages shape over the pipeline of chat: same order of checks, limits and ledger.
 *
 * Y-16: what this route answers to a bad body, a wrong key, an unknown slug or a spent limit is not known. It
 * is the same gateway layer, so the emulator gives its string envelopes, as on chat; only refused values,
 * which are the model server's, come in Anthropic's envelope.
 */
export const MESSAGES_DIALECT: ModelDialect = {
  preflight(c, { credential }) {
    if (credential.kind !== "absent" || c.req.header("x-api-key") === undefined) return;
    throw new GatewayError("missing_key", {
      hint: 'x-api-key is not read, only Authorization: in an Anthropic SDK set defaultHeaders: { Authorization: "Api-Key <key>" } (Python: default_headers)',
    });
  },
  refusal: "messages_invalid_value",
  parse: parseMessagesRequest,
  encode: (answered) => encodeMessage(metaOf(answered), answered.reply),
  frames: (answered, chunking) => iterateMessageFrames(metaOf(answered), answered.reply, chunking),
};

function metaOf({ requestId, request }: AnsweredChat): MessageMeta {
  return { id: `msg_${hexOf(requestId)}`, model: request.model };
}
