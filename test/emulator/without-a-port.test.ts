import { describe, expect, test } from "vitest";
import { type GatewayWorld, startGatewayEmulator } from "../../src/index.js";
import { dedicated, INVOKE_KEY, MODEL } from "../dedicated/support.js";
import { groupBody } from "../http/management/support.js";
import { CHAT, FEDERATED_KEY, HELLO, seedWith } from "../support/chat.js";
import { QUICKSTART } from "../support/client.js";
import { Receiver } from "../webhooks/receiver.js";
import { webhookSeed } from "../webhooks/support.js";

type Fetch = typeof fetch;

/** A chat at a base URL such as that of a world. @returns what the model said, or the status */
async function chat(fetch: Fetch, url: string, key = FEDERATED_KEY): Promise<string | number> {
  const response = await fetch(url, {
    method: "POST",
    headers: { Authorization: `Api-Key ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify(HELLO),
  });
  if (response.status !== 200) return response.status;
  return JSON.parse(await response.text()).choices[0].message.content;
}

const ONCE = seedWith({ model: { rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold: 1 }] } });

describe("listen: false", () => {
  test("a world has a URL of its own, for the same function", async () => {
    await using gateway = await startGatewayEmulator({ listen: false, seed: ONCE });
    const world = await gateway.world("w");
    expect(world.url).toBe("http://gateway/_worlds/w");
    expect(world.inferenceUrl).toBe("http://gateway/_worlds/w/v1");
    const ask = ({ url }: GatewayWorld) => chat(gateway.fetch, url + CHAT);
    expect([await ask(gateway), await ask(gateway), await ask(world)]).toEqual([
      "Hello, world!",
      429,
      "Hello, world!",
    ]);
    expect([(await gateway.requests()).length, (await world.requests()).length]).toEqual([2, 1]);
    await world.clock.advance("60s");
    expect([await ask(gateway), await ask(world)]).toEqual([429, "Hello, world!"]);
    await gateway.removeWorld("w");
    expect(await ask(world)).toBe(404);
  });

  test("clock, snapshots, reset and expectations", async () => {
    await using gateway = await startGatewayEmulator({ listen: false, seed: ONCE });
    const ask = () => chat(gateway.fetch, gateway.url + CHAT);
    const fresh = await gateway.snapshot();
    expect([await ask(), await ask()]).toEqual(["Hello, world!", 429]);
    await gateway.expectRequest({ path: CHAT, status: 429 }, { count: 1 });
    await gateway.restore(fresh);
    expect([await ask(), await ask()]).toEqual(["Hello, world!", 429]);
    await gateway.clock.advance("60s");
    expect(await ask()).toBe("Hello, world!");
    await gateway.reset();
    expect(await gateway.requests()).toEqual([]);
    expect(await ask()).toBe("Hello, world!");
    await expect(gateway.expectRequest({ path: "/nowhere" }, { within: 0 })).rejects.toThrow(/nowhere/);
  });

  test("rules and faults that a test adds", async () => {
    await using gateway = await startGatewayEmulator({ listen: false, seed: QUICKSTART });
    const ask = () => chat(gateway.fetch, gateway.url + CHAT);
    await gateway.faults.add({ times: 1, fault: { status: 503 } });
    await gateway.completions.add({ reply: { content: "canned" } });
    expect([await ask(), await ask()]).toEqual([503, "canned"]);
  });

  test("the management API", async () => {
    await using gateway = await startGatewayEmulator({ listen: false, seed: QUICKSTART });
    const headers = { Authorization: `Api-Key ${gateway.workspaceKey}` };
    const found = await gateway.fetch("http://gateway/v1/gateway/groups?external_entity_id=org", { headers });
    const { items } = JSON.parse(await found.text());
    expect(items).toMatchObject([{ metadata: { external_entity_id: "org" } }]);
    const created = await gateway.fetch("http://gateway/v1/gateway/groups", {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: JSON.stringify(groupBody("new")),
    });
    expect(created.status).toBe(200);
    expect(await gateway.requests({ surface: "management" })).toHaveLength(2);
  });

  test.each(["http://gateway.ai.cloudflare.com", "http://gateway/_host/gateway.ai.cloudflare.com"])(
    "the AI Gateway at %s",
    async (host) => {
      const gateways = [{ account_id: "acc", gateway_id: "gw" }];
      const seed = seedWith({ top: { cloudflare: { gateways } } });
      await using gateway = await startGatewayEmulator({ listen: false, seed });
      const url = `${host}/v1/acc/gw/baseten${CHAT}`;
      expect(await chat(gateway.fetch, url)).toBe("Hello, world!");
      const surfaces = (await gateway.requests()).map(({ surface }) => surface);
      expect(surfaces.sort()).toEqual(["cloudflare", "inference"]);
    },
  );

  test.each([`http://${MODEL}.api.baseten.co`, `http://gateway/_host/${MODEL}.api.baseten.co`])(
    "a model's own host at %s",
    async (host) => {
      const predictions = [{ reply: { json: "predicted" } }];
      await using gateway = await startGatewayEmulator({ listen: false, seed: dedicated({ predictions }) });
      const answer = await gateway.fetch(`${host}/production/predict`, {
        method: "POST",
        headers: { Authorization: `Api-Key ${INVOKE_KEY}`, "Content-Type": "application/json" },
        body: "{}",
      });
      expect(await answer.text()).toBe('"predicted"');
    },
  );

  test("webhooks go out", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startGatewayEmulator({ listen: false, seed: webhookSeed(receiver.url) });
    expect(await chat(gateway.fetch, gateway.url + CHAT)).toBe("Hello, world!");
    await gateway.clock.advance("1m");
    expect(receiver.events).toHaveLength(1);
    expect(await gateway.webhooks.deliveries()).toMatchObject([{ state: "delivered" }]);
  });
});
