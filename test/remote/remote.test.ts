import { describe, expect, test } from "vitest";
import {
  connectGatewayEmulator,
  type GatewayWorld,
  type RemoteGateway,
  startGatewayEmulator,
} from "../../src/index.js";
import { BASETEN_TARGET, call, QUICKSTART } from "../support/client.js";
import { Receiver } from "../webhooks/receiver.js";
import { webhookSeed } from "../webhooks/support.js";

const CHAT = { model: "acme/llama", messages: [{ role: "user", content: "hello" }] };
const KEY = "sky_acmeprod0001.local-secret";

function chat(world: GatewayWorld, key = KEY, model = CHAT.model) {
  return call(world, "POST", "/v1/chat/completions", { key, body: { ...CHAT, model } });
}

/** An emulator, and the same one as another process sees it. */
async function both(seed: Parameters<typeof startGatewayEmulator>[0] = { seed: QUICKSTART }) {
  const gateway = await startGatewayEmulator(seed);
  const remote = await connectGatewayEmulator(gateway.url);
  return { gateway, remote, [Symbol.asyncDispose]: () => gateway.stop() };
}

describe("an emulator in another process has what one in this process has", () => {
  test("name, URLs, keys, environment, example", async () => {
    await using ends = await both();
    const { gateway, remote } = ends;
    const said = ({ name, url, inferenceUrl, workspaceKey, keys, env, example }: GatewayWorld) => {
      return { name, url, inferenceUrl, workspaceKey, keys, env, example };
    };
    expect(said(remote)).toEqual(said(gateway));
    expect(remote.keys).toEqual({ "acme-prod": KEY });
  });

  test("is where it is reached, whatever it thinks of itself", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const url = gateway.url.replace("127.0.0.1", "localhost");
    const remote = await connectGatewayEmulator(`${url}/`);
    expect(remote.inferenceUrl).toBe(`${url}/v1`);
    expect(remote.env).toMatchObject({ GATEWAY_EMULATOR_URL: url, OPENAI_BASE_URL: `${url}/v1` });
  });

  test("requests, over all pages and by every filter, without decisions", async () => {
    await using ends = await both();
    const { gateway, remote } = ends;
    await Promise.all(Array.from({ length: 1001 }, () => chat(remote)));
    await chat(remote, "sky_unknown00001.secret");
    const entries = (await gateway.requests()).map((entry) => ({ ...entry, decision: null }));
    expect(entries).toHaveLength(1002);
    expect(await remote.requests()).toEqual(entries);
    const refused = { status: 403, path: "/v1/chat/completions", method: "POST", error: "wrong_key" };
    expect(await remote.requests(refused)).toEqual(entries.slice(-1));
    expect(await remote.requests({ group: "org", slug: "acme/llama", key: "sky_acmeprod0001" })).toHaveLength(
      1001,
    );
    expect(await remote.requests({ surface: "management" })).toEqual([]);
  });

  test("expectRequest waits for a request that is still to come, and says what was asked instead", async () => {
    await using ends = await both();
    const { remote } = ends;
    const expected = remote.expectRequest({ status: 200 }, { count: 2, within: "10s" });
    await chat(remote);
    await chat(remote);
    expect(await expected).toHaveLength(2);
    await expect(remote.expectRequest({ status: 429 }, { within: 1 })).rejects.toThrow(
      'expected a request with {"status":429}, found 0.\nAsked:\n  POST /v1/chat/completions 200 acme/llama',
    );
    await remote.expectRequest({ status: 429 }, { count: 0 });
  });

  test("expectNoUnmatched names what no rule fits", async () => {
    await using ends = await both();
    const { remote } = ends;
    await remote.completions.add({ match: { last_message: "bye" }, reply: { content: "bye" } });
    await chat(remote);
    await expect(remote.expectNoUnmatched()).rejects.toThrow("no rule fits: echoed");
  });

  test("the clock", async () => {
    await using ends = await both();
    const { gateway, remote } = ends;
    expect(await remote.clock.read()).toEqual(await gateway.clock.read());
    expect(await remote.clock.advance("61s")).toEqual([]);
    await remote.clock.advance(1000);
    await remote.clock.advance({ to: "next_midnight" });
    expect(await gateway.clock.read()).toMatchObject({ now: "2026-06-18T00:00:00.000Z" });
    await remote.clock.set("2026-06-18T01:00:00Z");
    await remote.clock.real();
    expect(await gateway.clock.read()).toMatchObject({ mode: "real" });
    await remote.clock.freeze();
    expect(await gateway.clock.read()).toMatchObject({ mode: "frozen" });
    await expect(remote.clock.set("yesterday")).rejects.toThrow("set: expected an ISO 8601 time");
  });

  test("faults and completion rules", async () => {
    await using ends = await both();
    const { remote } = ends;
    const [fault] = await remote.faults.add({ fault: { preset: "draining" } });
    await remote.faults.add([
      { times: 1, fault: { preset: "timeout" } },
      { fault: { status: 418, body: "tea" } },
    ]);
    expect((await chat(remote)).status).toBe(503);
    expect(await remote.faults.remove(fault?.id ?? "")).toBe(true);
    expect(await remote.faults.remove(fault?.id ?? "")).toBe(false);
    expect((await chat(remote)).status).toBe(504);
    await remote.faults.clear();
    await remote.completions.add([{ match: {}, reply: { content: "from afar" } }]);
    expect((await chat(remote)).body.choices[0].message.content).toBe("from afar");
    await remote.completions.clear();
    expect((await chat(remote)).body.choices[0].message.content).toBe("hello");
    await expect(remote.faults.add({ fault: {} })).rejects.toThrow("expected at least one of preset");
  });

  test("billing events, deliveries, dead letters, redrive, pause, rotation", async () => {
    await using receiver = await Receiver.start([500, 404, 200]);
    await using ends = await both({ seed: webhookSeed(receiver.url) });
    const { gateway, remote } = ends;
    await remote.webhooks.pause();
    await chat(remote);
    expect(await remote.webhooks.deliveries()).toEqual([]);
    await remote.webhooks.resume();
    await remote.webhooks.idle();
    const fired = await remote.clock.advance("1s");
    expect(fired).toEqual([{ at: Date.parse("2026-06-17T12:00:01Z"), job: fired[0]?.job }]);
    const [dead] = await remote.webhooks.deadLetters();
    expect(dead?.attempts.map(({ status }) => status)).toEqual([500, 404]);
    expect(await remote.webhooks.deliveries()).toEqual(await gateway.webhooks.deliveries());
    expect(await remote.webhooks.deliveries({ state: "delivered" })).toEqual([]);
    await remote.webhooks.rotate("whsec_new");
    expect(await remote.webhooks.redrive(dead?.id ?? "")).toMatchObject({ state: "delivered" });
    expect(await remote.webhooks.redriveAll()).toBe(0);

    const events = await gateway.billing.events();
    expect(await remote.billing.events()).toEqual(events);
    const noon = Date.parse("2026-06-17T12:00:00Z");
    expect(await remote.billing.events({ group: "org", since: noon, until: noon + 1 })).toEqual(events);
    expect(await remote.billing.events({ until: noon })).toEqual([]);
    expect(await remote.billing.reconcile()).toEqual([]);
  });

  test("endpoints, groups and keys", async () => {
    await using ends = await both();
    const { remote } = ends;
    await remote.createEndpoint("acme/new");
    const group = await remote.createGroup({ external_entity_id: "new", models: ["acme/llama", "acme/new"] });
    const { api_key } = await remote.mintKey(group);
    expect((await chat(remote, api_key)).status).toBe(200);
  });

  test("snapshots, which stay in the emulator's process", async () => {
    await using ends = await both();
    const { gateway, remote } = ends;
    const snapshot = await remote.snapshot();
    expect(snapshot).toMatchObject({ at: Date.parse("2026-06-17T12:00:00Z"), file: null });
    await remote.snapshot({ name: "named" });
    await chat(remote);
    await remote.restore(snapshot);
    expect(await gateway.requests()).toEqual([]);
    await remote.restore("named");
    const asWorld: GatewayWorld = remote;
    await expect(asWorld.snapshot({ file: "x.db" })).rejects.toThrow("stays there");
    await expect(asWorld.restore({ file: "x.db" })).rejects.toThrow("stays there");
  });

  test("worlds, made when they are not there", async () => {
    await using ends = await both();
    const { gateway, remote } = ends;
    await chat(remote);
    const world: RemoteGateway = await remote.world("w1");
    expect([world.name, world.url]).toEqual(["w1", `${gateway.url}/_worlds/w1`]);
    expect(await world.requests()).toEqual([]);
    await chat(world);
    expect(await (await world.world("w1")).requests()).toHaveLength(1);
    expect(await (await world.world("default")).requests()).toHaveLength(1);
    expect(await (await world.world("copy", { from: "w1" })).requests()).toHaveLength(1);
    expect(await remote.worlds()).toEqual(["default", "w1", "copy"]);
    await remote.removeWorld("w1");
    expect(gateway.worlds()).toEqual(["default", "copy"]);
    await expect(world.requests()).rejects.toThrow('There is no world "w1"');
  });

  test("which errors were provoked", async () => {
    await using ends = await both();
    const { gateway, remote } = ends;
    await chat(remote, "sky_unknown00001.secret");
    expect((await remote.errorCoverage()).provoked).toBe(1);
    expect(await remote.errorCoverage()).toEqual(gateway.errorCoverage());
  });
});

describe("seeds", () => {
  const ADDED = {
    workspaces: [
      {
        name: "other",
        endpoints: [{ slug: "other/llama", targets: [BASETEN_TARGET] }],
        groups: [
          {
            external_entity_id: "added",
            models: [{ slug: "other/llama" }],
            keys: [{ name: "added-key", key: "sky_addedkey0001.local-secret" }],
          },
        ],
      },
    ],
  };

  test("add to what is there until a reset, and the keys follow", async () => {
    await using ends = await both();
    const { remote } = ends;
    await remote.seed(ADDED);
    expect(Object.keys(remote.keys)).toEqual(["acme-prod", "added-key"]);
    expect((await chat(remote, remote.keys["added-key"], "other/llama")).status).toBe(200);
    await remote.reset();
    expect(Object.keys(remote.keys)).toEqual(["acme-prod"]);
    expect((await chat(remote, "sky_addedkey0001.local-secret")).status).toBe(403);
  });

  test("PUT: another seed is what a reset goes back to, and what worlds start from", async () => {
    await using ends = await both();
    const { gateway, remote } = ends;
    await gateway.world("w0");
    await remote.reseed(ADDED);
    await remote.reset();
    expect(remote.keys).toEqual({ "added-key": "sky_addedkey0001.local-secret" });
    expect((await remote.world("w1")).keys).toEqual(remote.keys);
    await remote.reseed("fixtures/quickstart.yaml");
    expect(remote.keys).toEqual(gateway.keys);
    expect(gateway.keys).not.toHaveProperty("added-key");
  });

  test("that are wrong are refused as in one process, and change nothing", async () => {
    await using ends = await both();
    const { gateway, remote } = ends;
    const { endpoints } = ADDED.workspaces[0] ?? {};
    const taken = { workspaces: ["a", "b"].map((name) => ({ name, endpoints: endpoints ?? [] })) };
    const misspelt = { workspace: [] } as object;
    for (const seed of [taken, misspelt, "fixtures/nowhere.yaml"]) {
      const problemsOf = (world: GatewayWorld) =>
        world.reseed(seed).then(
          () => "no problem",
          (cause: Error) => [cause.name, cause.message],
        );
      expect(await problemsOf(remote)).toEqual(await problemsOf(gateway));
      expect(await problemsOf(remote)).toEqual(["InvalidSeed", expect.any(String)]);
    }
    expect((await chat(remote)).status).toBe(200);
  });
});

describe("the control plane", () => {
  test("within waits for requests, and count says for how many", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const waiting = call(gateway, "GET", "/_emulator/requests?status=200&count=2&within=10s");
    await chat(gateway);
    await chat(gateway);
    expect((await waiting).body.total).toBe(2);
    const none = await call(gateway, "GET", "/_emulator/requests?status=429&within=1ms");
    expect(none.body.items).toEqual([]);
    expect((await call(gateway, "GET", "/_emulator/requests?count=2")).body.message).toBe(
      "count: goes with within, such as within=2s",
    );
    expect((await call(gateway, "GET", "/_emulator/requests?within=soon")).status).toBe(400);
  });

  test("webhooks/idle answers when nothing is being sent", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startGatewayEmulator({ seed: webhookSeed(receiver.url) });
    await chat(gateway);
    expect((await call(gateway, "POST", "/_emulator/webhooks/idle")).body).toEqual({ ok: true });
    expect(receiver.received).toHaveLength(1);
  });
});

describe("no emulator", () => {
  test("behind the URL, or one that stopped: one line, at the caller", async () => {
    const gateway = await startGatewayEmulator();
    const remote = await connectGatewayEmulator(gateway.url);
    await gateway.stop();
    const failed = await remote.requests().catch((cause: Error) => cause);
    expect(String(failed)).toBe(
      `ControlError: No gateway-emulator answers at ${gateway.url} (ECONNREFUSED): is it running?`,
    );
    expect((failed as Error).stack?.split("\n")[1]).toContain("remote.test.ts");
    await expect(connectGatewayEmulator(gateway.url)).rejects.toThrow("No gateway-emulator answers");
  });

  test("no URL: says how to get one", async () => {
    const set = process.env.GATEWAY_EMULATOR_URL;
    delete process.env.GATEWAY_EMULATOR_URL;
    try {
      await expect(connectGatewayEmulator()).rejects.toThrow("gateway-emulator exec -- <command>");
      await using gateway = await startGatewayEmulator();
      process.env.GATEWAY_EMULATOR_URL = gateway.url;
      expect((await connectGatewayEmulator()).url).toBe(gateway.url);
    } finally {
      if (set === undefined) delete process.env.GATEWAY_EMULATOR_URL;
      else process.env.GATEWAY_EMULATOR_URL = set;
    }
  });
});
