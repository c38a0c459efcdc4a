import type { Chunking } from "../../domain/completion/deltas.js";
import type { StreamFrame } from "../../domain/completion/stream.js";
import type { Settings } from "../../domain/settings.js";
import type { AdmittedChat, AnsweredChat, ParsedChat } from "../../services/chat-types.js";
import type { Forwarding } from "../../services/forward.js";
import type { AppContext } from "../env.js";
import type { GatewayRequest } from "./chat-input.js";
import type { ChatEnvelope } from "./chat-request.js";

/** What sets one way of talking to a model apart from another. */
export interface ModelDialect {
  /** A check of the gateway before the key. @throws GatewayError */
  readonly preflight?: (c: AppContext, input: GatewayRequest) => void;
  /** Who can ask, and for what; the gateway's key, slug and limits when absent. @throws GatewayError */
  readonly admit?: (c: AppContext, input: GatewayRequest, parsed: ParsedChat) => AdmittedChat;
  /** The code of what the model server refuses, which names its envelope; `invalid_value` when absent. */
  readonly refusal?: "messages_invalid_value";
  /** The model server's check of the values; with the client's body when that is one of OpenAI's. */
  parse(envelope: ChatEnvelope, settings: Settings): ParsedChat & Pick<Forwarding, "body">;
  /** The body of a whole answer. */
  encode(answered: AnsweredChat): string;
  /** The events of a stream, in order. */
  frames(answered: AnsweredChat, chunking: Chunking, settings: Settings): Iterable<StreamFrame>;
}
