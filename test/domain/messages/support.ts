import type { MessageMeta } from "../../../src/domain/messages/message.js";

export const META: MessageMeta = { id: "msg_0123456789abcdef0123456789abcdef", model: "acme/llama" };
