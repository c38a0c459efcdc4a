import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { contentOf, until } from "../scenarios/support.js";
import { CHAT, chat, FEDERATED_KEY, HELLO, seedWith } from "../support/chat.js";
import { call } from "../support/client.js";
import { HELLO_MESSAGE, MESSAGES } from "../support/messages.js";
import { completionOf, endless, upstream } from "./upstream.js";

const KEY = { Authorization: `Api-Key ${FEDERATED_KEY}` };
const LOOP = '{"error":"Loop Detected"}\n';

/** A rule before all others that forwards everything. */
function forwardTo(gateway: GatewayEmulator, url: string, headers: object = {}): Promise<unknown> {
  return gateway.completions.add({ reply: { forward: { url, headers: { ...KEY, ...headers } } } });
}

const start = (settings: object = {}) => startGatewayEmulator({ seed: seedWith({ settings }) });

async function rounds(...gateways: GatewayEmulator[]): Promise<number> {
  const entries = await Promise.all(gateways.map((gateway) => gateway.requests({ path: CHAT })));
  return entries.flat().length;
}

describe("a forwarding loop (Y-76)", () => {
  test("a rule that forwards to its own emulator ends after five rounds with 508", async () => {
    await using gateway = await start();
    await forwardTo(gateway, `${gateway.url}/v1`);
    const answer = await chat(gateway);
    expect([answer.status, answer.text]).toEqual([508, LOOP]);
    expect(answer.headers.get("x-emulator-hint")).toMatch(/is a loop: .* Change forward\.url/);
    expect(await rounds(gateway)).toBe(6);
  });

  test("POST /v1/messages answers in the same way", async () => {
    await using gateway = await start();
    await forwardTo(gateway, `${gateway.url}/v1`);
    const answer = await call(gateway, "POST", MESSAGES, { key: FEDERATED_KEY, body: HELLO_MESSAGE });
    expect([answer.status, answer.text]).toEqual([508, LOOP]);
  });

  test("a loop through two emulators ends too", async () => {
    await using one = await start();
    await using other = await start();
    await forwardTo(one, `${other.url}/v1`);
    await forwardTo(other, `${one.url}/v1`);
    const answer = await chat(one, { stream: true });
    expect([answer.status, answer.text]).toEqual([508, LOOP]);
    expect(await rounds(one, other)).toBe(6);
  });

  test("a loop through an AI Gateway is not retried", async () => {
    await using gateway = await start();
    const path = "/_host/gateway.ai.localhost/v1/acc/gw/baseten/v1";
    await forwardTo(gateway, gateway.url + path, { "cf-aig-max-attempts": "5" });
    const answer = await chat(gateway);
    expect([answer.status, answer.text]).toEqual([508, LOOP]);
    // Five rounds have an entry of the AI Gateway and one of the provider.
    expect(await gateway.requests()).toHaveLength(11);
  });

  test("a rule's own headers do not hide it", async () => {
    await using gateway = await start();
    await forwardTo(gateway, `${gateway.url}/v1`, { "cdn-loop": "nobody" });
    expect((await chat(gateway)).status).toBe(508);
  });

  test("an emulator in front of another is none: the hops of others stay in the header", async () => {
    await using real = await upstream((response) => response.end(completionOf(100)));
    await using front = await start();
    await using back = await start();
    await forwardTo(front, `${back.url}/v1`);
    await forwardTo(back, `${real.url}/v1`);
    expect((await chat(front, {}, { headers: { "CDN-Loop": "other; a=1" } })).status).toBe(200);
    expect(real.asked[0]?.["cdn-loop"]).toBe("other; a=1, gateway-emulator, gateway-emulator");
  });
});

describe("the answer of a server that a rule forwards to (Y-76)", () => {
  test("without an end is 502, and the connection is closed", async () => {
    await using real = await upstream(endless);
    await using gateway = await start({ max_answer_bytes: 100_000 });
    await forwardTo(gateway, `${real.url}/v1`);
    const answer = await chat(gateway, { stream: true });
    expect([answer.status, answer.text]).toEqual([502, '{"error":"Error making prediction"}\n']);
    expect(answer.headers.get("x-emulator-hint")).toContain(
      "its answer is larger than 100000 bytes; raise the setting max_answer_bytes",
    );
    await real.left(1);
  });

  test.each([
    [1_000, 200],
    [1_001, 502],
  ])("of %i bytes, with max_answer_bytes 1000: %i", async (bytes, status) => {
    await using real = await upstream((response) => response.end(completionOf(bytes)));
    await using gateway = await start({ max_answer_bytes: 1_000 });
    await forwardTo(gateway, `${real.url}/v1`);
    expect((await chat(gateway)).status).toBe(status);
  });

  test("is read to the end within 64 MiB, unless told otherwise", async () => {
    await using real = await upstream((response) => response.end(completionOf(2_000_000)));
    await using gateway = await start();
    await forwardTo(gateway, `${real.url}/v1`);
    expect(contentOf(await chat(gateway)).length).toBeGreaterThan(1_999_000);
  });

  test("is not read on when the client leaves in the middle of it", async () => {
    await using real = await upstream((response) => {
      response.writeHead(200).write(" ");
    });
    await using gateway = await start();
    await forwardTo(gateway, `${real.url}/v1`);
    const client = new AbortController();
    const asking = fetch(gateway.url + CHAT, {
      method: "POST",
      headers: { ...KEY, "Content-Type": "application/json" },
      body: JSON.stringify(HELLO),
      signal: client.signal,
    });
    await until(() => real.asked.length === 1);
    client.abort();
    await expect(asking).rejects.toThrow();
    await real.left(1);
  });

  test("is not followed to another place", async () => {
    await using real = await upstream((response) =>
      response.writeHead(307, { Location: "/elsewhere" }).end(),
    );
    await using gateway = await start();
    await forwardTo(gateway, `${real.url}/v1`);
    const answer = await chat(gateway);
    expect(answer.status).toBe(502);
    expect(answer.headers.get("x-emulator-hint")).toContain("it answered 307");
    expect(real.asked).toHaveLength(1);
  });
});

describe("the answer of a webhook receiver (Y-76)", () => {
  test("without an end: its status counts, and after 64 KiB the connection is closed", async () => {
    await using receiver = await upstream(endless);
    const webhook = { url: receiver.url, secrets: ["whsec_test"] };
    await using gateway = await startGatewayEmulator({ seed: seedWith({ workspace: { webhook } }) });
    await chat(gateway);
    await gateway.webhooks.idle();
    await receiver.left(1);
    const [delivery] = await gateway.webhooks.deliveries();
    expect(delivery).toMatchObject({ state: "delivered", attempts: [{ status: 200 }] });
  });
});
