import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../src/index.js";
import { chat } from "./limits/support.js";
import { type Received, Receiver } from "./webhooks/receiver.js";
import { verify } from "./webhooks/verify.js";

const FILE = fileURLToPath(new URL("../fixtures/billing.yaml", import.meta.url));
const SECRET = "whsec_local_billing";

/** The fixture, frozen, with its webhook at that receiver. */
async function start(receiver: Receiver): Promise<GatewayEmulator> {
  const gateway = await startGatewayEmulator({ seed: FILE });
  await gateway.clock.freeze();
  await gateway.seed({ workspaces: [{ name: "acme", webhook: { url: receiver.url, secrets: [SECRET] } }] });
  return gateway;
}

const order = (gateway: GatewayEmulator, metadata: object) =>
  chat(gateway, "customer-1", { body: { metadata } });
const verified = ({ raw, signature }: Received) => verify(raw, signature, SECRET);

describe("fixtures/billing.yaml", () => {
  test("one request, one event, with the tokens that its comment says", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await start(receiver);
    const { body } = await order(gateway, { order: "o-1" });
    expect(body.usage.prompt_tokens_details.cached_tokens).toBe(1000);
    await gateway.webhooks.idle();
    expect(receiver.received.map(verified)).toEqual([true]);
    expect(receiver.events).toMatchObject([
      {
        requestMetadata: { order: "o-1" },
        externalEntityId: "customer-1",
        apiKeyPrefix: "sky_billing00001",
        tokens: { inputTokens: 1200, outputTokens: 34, cachedInputTokens: 1000 },
      },
    ]);
    expect(await gateway.billing.reconcile()).toEqual([]);
  });

  test("metadata.flaw makes the delivery go wrong", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await start(receiver);
    const after = async (flaw: string): Promise<Received[]> => {
      receiver.received.length = 0;
      await order(gateway, { flaw });
      await gateway.webhooks.idle();
      return [...receiver.received];
    };
    expect(new Set((await after("duplicate")).map(({ events }) => events[0]?.idempotencyKey)).size).toBe(1);
    expect(receiver.received).toHaveLength(2);
    expect((await after("bad_signature")).map(verified)).toEqual([false]);
    const [stale] = await after("stale_timestamp");
    const { now } = await gateway.clock.read();
    expect(Date.parse(now) - Date.parse(stale?.events[0]?.timestamp ?? "")).toBe(24 * 3_600_000);
    expect(await after("delay")).toEqual([]);
    await gateway.clock.advance("5s");
    expect(receiver.received).toHaveLength(1);
    expect(await after("batch")).toEqual([]);
    expect((await after("plain")).map(({ events }) => events.length)).toEqual([2]);
    expect(await after("out_of_order")).toEqual([]);
    expect(await after("plain")).toHaveLength(2);
    expect(await gateway.billing.reconcile()).toEqual([]);
  });

  test("a seed given beside it adds its own faults", async () => {
    await using receiver = await Receiver.start();
    const fault = { match: { metadata: { order: "busy" } }, fault: { preset: "overloaded" as const } };
    const webhook = { url: receiver.url, secrets: [SECRET] };
    const own = { faults: [fault], workspaces: [{ name: "acme", webhook }] };
    await using gateway = await startGatewayEmulator({ seed: [FILE, own] });
    expect((await order(gateway, { order: "busy" })).status).not.toBe(200);
    await order(gateway, { flaw: "duplicate" });
    await gateway.webhooks.idle();
    expect(receiver.received).toHaveLength(2);
  });
});
