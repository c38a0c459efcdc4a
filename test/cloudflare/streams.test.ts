import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { until } from "../scenarios/support.js";
import { FEDERATED_KEY, HELLO, seedWith } from "../support/chat.js";
import { QUICKSTART } from "../support/client.js";
import { CHAT_PATH, HOST, notesOf, upstream } from "./support.js";

const PACED = seedWith({ settings: { stream: { tokens_per_second: 10 } } });

function client(gateway: GatewayEmulator): OpenAI {
  return new OpenAI({
    baseURL: `${gateway.url}${HOST}/v1/acc/gw/baseten`,
    apiKey: "not used",
    defaultHeaders: { Authorization: `Api-Key ${FEDERATED_KEY}` },
    maxRetries: 0,
  });
}

async function open(gateway: GatewayEmulator, headers: Record<string, string> = {}) {
  const abort = new AbortController();
  const response = await fetch(`${gateway.url}${HOST}/v1/acc/gw${CHAT_PATH}`, {
    method: "POST",
    headers: { Authorization: `Api-Key ${FEDERATED_KEY}`, "Content-Type": "application/json", ...headers },
    body: JSON.stringify({ ...HELLO, stream: true }),
    signal: abort.signal,
  });
  if (response.body === null) throw new Error("expected a body");
  return { response, reader: response.body.getReader(), hangUp: () => abort.abort() };
}

describe("streams through the AI Gateway", () => {
  test("come with the provider's type and the gateway's headers", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const { response, hangUp } = await open(gateway);
    hangUp();
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(response.headers.get("cf-aig-step")).toBe("0");
    expect(response.headers.get("cf-aig-cache-status")).toBe("MISS");
  });

  test("the OpenAI SDK reads one to its end, and it is billed", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const stream = await client(gateway).chat.completions.create({
      model: HELLO.model,
      messages: [{ role: "user", content: "one two three" }],
      stream: true,
    });
    let text = "";
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? "";
    expect(text).toBe("one two three");
    const [inner] = await upstream(gateway);
    expect(inner).toMatchObject({ status: 200, slug: HELLO.model });
    const [outer] = await gateway.requests({ surface: "cloudflare" });
    expect(outer?.responseBody).toContain("data: [DONE]");
  });

  test("each chunk passes on when it comes, on the world's clock", async () => {
    await using gateway = await startGatewayEmulator({ seed: PACED });
    const { reader } = await open(gateway);
    const decoder = new TextDecoder();
    const first = decoder.decode((await reader.read()).value);
    expect(first).toContain('"content":"Hello');
    expect(first).not.toContain("world");
    await gateway.clock.advance("10s");
    let rest = "";
    for (let part = await reader.read(); !part.done; part = await reader.read())
      rest += decoder.decode(part.value);
    expect(rest).toContain("world");
    expect(rest.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  test("whoever hangs up ends the provider's work too, and pays for what came", async () => {
    await using gateway = await startGatewayEmulator({ seed: PACED });
    const { reader, hangUp } = await open(gateway);
    await reader.read();
    hangUp();
    await until(async () => (await gateway.requests({ surface: "cloudflare" })).length === 1);
    const [inner] = await upstream(gateway);
    expect(inner?.notes).toContain("the client hung up after 1 chunks");
    expect(inner?.completionTokens).toBe(1);
    expect(await notesOf(gateway)).toContain("the client hung up");
  });

  test("one that the provider cuts ends for the client", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const { response } = await open(gateway, { "x-emulator-fault": '{"cut":{"after_chunks":2}}' });
    await expect(response.text()).rejects.toThrow();
    await until(async () => (await gateway.requests({ surface: "cloudflare" })).length === 1);
    expect(await notesOf(gateway)).toContain("the provider's connection ended in the middle of its answer");
  });

  test("a reset ends one that is under way", async () => {
    await using gateway = await startGatewayEmulator({ seed: PACED });
    const { reader } = await open(gateway);
    await reader.read();
    await gateway.reset();
    await expect(reader.read()).rejects.toThrow();
    expect(await gateway.requests()).toEqual([]);
  });
});
