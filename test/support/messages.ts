import type { GatewayEmulator } from "../../src/index.js";
import { FEDERATED_KEY } from "./chat.js";
import { type Answered, call } from "./client.js";

export const MESSAGES = "/v1/messages";

/** "Hello, world!" (4 tokens) with the framing of one message (6): 10 prompt tokens, 4 of the echo. */
export const HELLO_MESSAGE = {
  model: "acme/llama",
  max_tokens: 1024,
  messages: [{ role: "user", content: "Hello, world!" }],
};

/** A message with `fields` over `HELLO_MESSAGE`. */
export function message(
  gateway: GatewayEmulator,
  fields: object = {},
  options: { key?: string | null; headers?: Record<string, string> } = {},
): Promise<Answered> {
  const body = { ...HELLO_MESSAGE, ...fields };
  return call(gateway, "POST", MESSAGES, { key: FEDERATED_KEY, ...options, body });
}
