import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { CHAT, chat, FEDERATED_KEY, HELLO, seedWith } from "../support/chat.js";
import { call } from "../support/client.js";

/** Tokens of every event of this world. */
async function tokens(gateway: GatewayEmulator) {
  return (await gateway.billing.events()).map(({ event }) => [
    event.tokens.inputTokens,
    event.tokens.outputTokens,
  ]);
}

/** A world whose streams stall for ever after so many chunks, and a client that then hangs up. */
async function hangUpAfter(chunks: number) {
  const faults = [{ match: {}, fault: { stall: { after_chunks: chunks } } }];
  let written = () => {};
  const over = new Promise<void>((resolve) => {
    written = resolve;
  });
  const gateway = await startGatewayEmulator({ seed: seedWith({ top: { faults } }), onRequest: written });
  const hangUp = new AbortController();
  const { body } = await fetch(gateway.url + CHAT, {
    method: "POST",
    headers: { Authorization: `Api-Key ${FEDERATED_KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify({ ...HELLO, stream: true }),
    signal: hangUp.signal,
  });
  if (chunks > 0) await body?.getReader().read();
  hangUp.abort();
  await over;
  return gateway;
}

describe("W-7: what is billed", () => {
  test("a whole answer and a whole stream", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    await chat(gateway);
    await chat(gateway, { stream: true });
    expect(await tokens(gateway)).toEqual([
      [10, 4],
      [10, 4],
    ]);
  });

  test("not what was refused: 400, 401, 403, 404, 429", async () => {
    const limit = { type: "REQUEST", unit: "MINUTE", threshold: 1 };
    await using gateway = await startGatewayEmulator({ seed: seedWith({ model: { rate_limits: [limit] } }) });
    const refused = [
      await call(gateway, "POST", CHAT, { key: FEDERATED_KEY, body: "no JSON" }),
      await chat(gateway, { temperature: 99 }),
      await chat(gateway, {}, { key: null }),
      await chat(gateway, {}, { key: "sky_unknown.key" }),
      await chat(gateway, { model: "acme/nothing" }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([400, 400, 401, 403, 404]);
    expect((await chat(gateway)).status).toBe(200);
    expect((await chat(gateway)).status).toBe(429);
    expect(await tokens(gateway)).toHaveLength(1);
  });

  test("not a failure before any output, though it counts one request (L-4)", async () => {
    const faults = [
      { match: {}, times: 1, fault: { status: 500 } },
      { match: {}, times: 1, fault: { preset: "overloaded" } },
      { match: {}, times: 1, fault: { reset: true } },
    ];
    await using gateway = await startGatewayEmulator({ seed: seedWith({ top: { faults } }) });
    for (let at = 0; at < 3; at++) await chat(gateway).catch(() => {});
    expect(await tokens(gateway)).toEqual([]);
    expect(await gateway.billing.reconcile()).toEqual([]);
  });

  test("not a workspace key (X-17)", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    expect((await chat(gateway, {}, { key: gateway.workspaceKey })).status).toBe(200);
    expect(await tokens(gateway)).toEqual([]);
    expect(await gateway.billing.reconcile()).toEqual([]);
  });

  test("a stream that the server cuts: the tokens sent so far", async () => {
    const faults = [{ match: {}, fault: { cut: { after_chunks: 2 } } }];
    await using gateway = await startGatewayEmulator({ seed: seedWith({ top: { faults } }) });
    await chat(gateway, { stream: true }).catch(() => {});
    expect(await tokens(gateway)).toEqual([[10, 2]]);
    expect(await gateway.billing.reconcile()).toEqual([]);
  });

  test("a stream that the client leaves: the tokens sent so far", async () => {
    await using gateway = await hangUpAfter(2);
    expect(await tokens(gateway)).toEqual([[10, 2]]);
    expect(await gateway.billing.reconcile()).toEqual([]);
  });

  test("not a stream that the client leaves before the first chunk", async () => {
    await using gateway = await hangUpAfter(0);
    expect(await tokens(gateway)).toEqual([]);
    expect(await gateway.billing.reconcile()).toEqual([]);
  });
});
