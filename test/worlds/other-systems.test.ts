import { describe, expect, test } from "vitest";
import { type GatewayEmulator, type GatewayWorld, startGatewayEmulator } from "../../src/index.js";
import { ResultReceiver } from "../async/receiver.js";

/*
 * What dedicated deployments, the async queue and the AI Gateway keep: it belongs to one world, comes back with a
 * snapshot, is gone after a reset, and holds up no stop.
 */

const KEY = "emulator.manage-acme";
const NOON = "2026-06-17T12:00:00Z";
const MODEL = "model-abc123.api.baseten.co";
const CLOUDFLARE = "gateway.ai.cloudflare.com";

const seed = (clock: object = { clock: NOON }) => ({
  ...clock,
  workspaces: [
    {
      name: "acme",
      api_keys: [{ key: KEY }],
      models: [
        {
          id: "abc123",
          deployments: [{ id: "asleep", status: "SCALED_TO_ZERO" as const, cold_start: "30m" }],
        },
      ],
    },
  ],
  predictions: [
    { match: { body: { prompt: "slow" } }, reply: { json: { done: true }, delay: "30m" } },
    { match: { body: { prompt: "drip" } }, reply: { chunks: ["a", "b"], chunk_delay: "30m" } },
    { match: { body: { prompt: "count" } }, sequence: [{ json: 1 }, { json: 2 }, { json: 3 }] },
  ],
});

type Where = Pick<GatewayWorld, "url">;

function post({ url }: Where, host: string, path: string, json: object = {}, headers = {}) {
  return fetch(`${url}/_host/${host}${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${KEY}`, "Content-Type": "application/json", ...headers },
    body: JSON.stringify(json),
  });
}

async function submitted(world: Where, prompt: string, more: object = {}, path = "/production") {
  const response = await post(world, MODEL, `${path}/async_predict`, { model_input: { prompt }, ...more });
  const { request_id } = (await response.json()) as { request_id: string };
  return request_id;
}

async function statusOf({ url }: Where, id: string): Promise<unknown> {
  const headers = { Authorization: `Bearer ${KEY}` };
  const response = await fetch(`${url}/_host/${MODEL}/async_request/${id}`, { headers });
  const body = (await response.json()) as { status?: string };
  return body.status ?? response.status;
}

/** How the AI Gateway's cache took part in the same cached request, and which answer came. */
async function cached(world: Where): Promise<string> {
  const path = "/v1/account/gw/baseten/model/abc123";
  const response = await post(world, CLOUDFLARE, path, { prompt: "count" }, { "cf-aig-cache-ttl": "600" });
  return `${response.headers.get("cf-aig-cache-status")} ${await response.text()}`;
}

/** Whether the sleeping deployment answers a health check without time having to pass. */
async function isAwake(world: GatewayWorld): Promise<boolean> {
  const id = await submitted(world, "hi", {}, "/deployment/asleep");
  await world.clock.advance(0);
  return (await statusOf(world, id)) === "SUCCEEDED";
}

const wake = (world: Where) => post(world, MODEL, "/deployment/asleep/wake");

describe("between worlds nothing leaks", () => {
  test("async requests: each world has its queue, its time and its webhook deliveries", async () => {
    await using receiver = await ResultReceiver.start();
    await using gateway = await startGatewayEmulator({ seed: seed() });
    const id = await submitted(gateway, "slow", { webhook_endpoint: receiver.url });
    await gateway.clock.advance("10m");
    const copy = await gateway.world("copy", { from: "default" });
    const fresh = await gateway.world("fresh");
    expect(await statusOf(fresh, id)).toBe(404);

    // In the copy it goes on as if after a restart, so from its beginning (Y-31).
    await copy.clock.advance("30m");
    expect([await statusOf(copy, id), await statusOf(gateway, id)]).toEqual(["SUCCEEDED", "IN_PROGRESS"]);
    expect(receiver.received).toHaveLength(1);
    await gateway.removeWorld("copy");
    await gateway.clock.advance("20m");
    expect(await statusOf(gateway, id)).toBe("SUCCEEDED");
    expect(receiver.received.map(({ body }) => [body.request_id, body.time])).toEqual([
      [id, "2026-06-17T12:40:00.000Z"],
      [id, "2026-06-17T12:30:00.000Z"],
    ]);
  });

  test("the AI Gateway's cache, and how far a scripted sequence is", async () => {
    await using gateway = await startGatewayEmulator({ seed: seed() });
    expect([await cached(gateway), await cached(gateway)]).toEqual(["MISS 1", "HIT 1"]);
    const fresh = await gateway.world("fresh");
    const copy = await gateway.world("copy", { from: "default" });
    expect([await cached(fresh), await cached(copy)]).toEqual(["MISS 1", "HIT 1"]);
    await copy.clock.advance("10m");
    expect([await cached(copy), await cached(gateway)]).toEqual(["MISS 2", "HIT 1"]);
  });

  test("a deployment that one world woke sleeps in the others", async () => {
    await using gateway = await startGatewayEmulator({ seed: seed() });
    const other = await gateway.world("other");
    await wake(gateway);
    for (const world of [gateway, other]) await world.clock.advance("30m");
    expect([await isAwake(gateway), await isAwake(other)]).toEqual([true, false]);
  });
});

describe("reset and restore", () => {
  test("bring back queue, cache and sleep as they were", async () => {
    await using receiver = await ResultReceiver.start();
    await using gateway = await startGatewayEmulator({ seed: seed() });
    const id = await submitted(gateway, "slow", { webhook_endpoint: receiver.url });
    await cached(gateway);
    await gateway.clock.advance(0);
    const snapshot = await gateway.snapshot();

    await wake(gateway);
    await gateway.clock.advance("30m");
    expect([await statusOf(gateway, id), await cached(gateway), await isAwake(gateway)]).toEqual([
      "SUCCEEDED",
      "MISS 2",
      true,
    ]);

    await gateway.restore(snapshot);
    expect([await statusOf(gateway, id), await cached(gateway), await isAwake(gateway)]).toEqual([
      "IN_PROGRESS",
      "HIT 1",
      false,
    ]);
    await gateway.reset();
    expect([await statusOf(gateway, id), await cached(gateway), await isAwake(gateway)]).toEqual([
      404,
      "MISS 1",
      false,
    ]);
    await gateway.clock.advance("1h");
    expect(receiver.received).toHaveLength(1);
  });
});

describe("what hangs", () => {
  /** Everything that can wait: cold starts, slow answers, and the AI Gateway in front of them. */
  const WAITING = [
    [MODEL, "/deployment/asleep/predict", {}],
    [MODEL, "/deployment/asleep/sync/v1/chat/completions", { model: "x", messages: [] }],
    [MODEL, "/production/predict", { prompt: "slow" }],
    [CLOUDFLARE, "/v1/account/gw/baseten/model/abc123", { prompt: "slow" }],
    [MODEL, "/production/predict", { prompt: "drip" }],
  ] as const;

  /** All of that hangs, besides an async prediction and a webhook. @returns how each answer ended */
  async function hanging(world: Where, receiver: ResultReceiver): Promise<Promise<string>[]> {
    const webhook_endpoint = receiver.url;
    const before = receiver.received.length;
    await submitted(world, "hi", { webhook_endpoint });
    await receiver.arrived(before + 1);
    await submitted(world, "slow", { webhook_endpoint });
    const headers = { "cf-aig-max-attempts": "3", "cf-aig-request-timeout": "900000" };
    const responses = WAITING.map(([host, path, json]) => post(world, host, path, json, headers));
    const answers = responses.map((response) => response.then((one) => one.text()).catch(() => "cut"));
    // The last one's head is there at once.
    await responses.at(-1);
    return answers;
  }

  test.each([
    ["a frozen clock", { clock: NOON }],
    ["a clock that runs", {}],
  ])("on %s does not hold up a stop", async (_what, clock) => {
    await using receiver = await ResultReceiver.start(["hang"]);
    const gateway = await startGatewayEmulator({ seed: seed(clock) });
    const answers = await hanging(gateway, receiver);
    await gateway.stop();
    expect(await Promise.all(answers)).toEqual(WAITING.map(() => "cut"));
  });

  test.each<[what: string, end: (gateway: GatewayEmulator, world: GatewayWorld) => Promise<void>]>([
    ["a reset", (_, world) => world.reset()],
    ["a restore", (_, world) => world.restore("before")],
    ["the end of its world", (gateway) => gateway.removeWorld("w1")],
  ])("is cut off by %s, and leaves the emulator well", async (_what, end) => {
    await using receiver = await ResultReceiver.start(["hang"]);
    await using gateway = await startGatewayEmulator({ seed: seed({}) });
    const world = await gateway.world("w1");
    await world.snapshot({ name: "before" });
    const answers = await hanging(world, receiver);
    await end(gateway, world);
    expect(await Promise.all(answers)).toEqual(WAITING.map(() => "cut"));
    expect((await post(gateway, MODEL, "/production/predict", {})).status).toBe(200);
  });
});
