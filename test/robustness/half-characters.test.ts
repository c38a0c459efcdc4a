import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { chat, FEDERATED_KEY, HELLO, say, seedWith } from "../support/chat.js";
import { type Answered, call } from "../support/client.js";

/** Half of a character: text in JavaScript and JSON, but not in UTF-8. */
const HALF = "\ud83d";

const rule = (last_message: string, reply: object) => ({ match: { last_message }, reply });
const seed = seedWith({
  completions: [
    rule("canned", { content: `half ${HALF} of it` }),
    rule("pieces", { stream: { chunks: [HALF, "\ude00"] } }),
    rule("arguments", { tool_calls: [{ name: "look", arguments: { at: HALF } }] }),
  ],
  top: { faults: [{ match: { last_message: "fault" }, fault: { status: 418, body: `half ${HALF}` } }] },
});

const schema = { type: "json_schema", json_schema: { name: "x", schema: { const: HALF } } };
const messages = [{ role: "user", content: "canned" }];

/** An answer longer than what the journal keeps, of characters that have halves. */
const long = (gateway: GatewayEmulator, start: string) =>
  say(gateway, start + "😀".repeat(9_000), { max_tokens: 100_000 });

describe("half of a character reads back from the journal as it was answered", () => {
  test.each<[string, (gateway: GatewayEmulator) => Promise<Answered>]>([
    ["canned", (gateway) => say(gateway, "canned")],
    ["canned, streamed", (gateway) => say(gateway, "canned", { stream: true })],
    ["in two pieces of a stream", (gateway) => say(gateway, "pieces", { stream: true })],
    ["echoed", (gateway) => say(gateway, `echo ${HALF}`)],
    ["in the arguments of a tool", (gateway) => say(gateway, "arguments")],
    ["generated", (gateway) => chat(gateway, { response_format: schema })],
    ["in the raw body of a fault", (gateway) => say(gateway, "fault")],
    [
      "in Anthropic's form",
      (gateway) =>
        call(gateway, "POST", "/v1/messages", {
          key: FEDERATED_KEY,
          body: { ...HELLO, max_tokens: 100, messages },
        }),
    ],
    ["where the journal cuts the answer", (gateway) => long(gateway, "")],
    ["where it cuts it one further", (gateway) => long(gateway, "a")],
  ])("%s", async (_, ask) => {
    await using gateway = await startGatewayEmulator({ seed });
    const answer = await ask(gateway);
    const id = answer.headers.get("x-emulator-request");
    const entry = await call(gateway, "GET", `/_emulator/requests/${id}`, { key: null });
    const stored: string = entry.body.response_body;
    expect(stored.length).toBeGreaterThan(5);
    expect(answer.text.startsWith(stored)).toBe(true);
  });

  test("and in the name of a model", async () => {
    await using gateway = await startGatewayEmulator({ seed });
    const answer = await chat(gateway, { model: `acme/${HALF}` });
    const id = answer.headers.get("x-emulator-request");
    const { body } = await call(gateway, "GET", `/_emulator/requests/${id}`, { key: null });
    expect(body.slug).toBe("acme/\ufffd");
  });
});
