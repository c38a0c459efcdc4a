import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { type GatewayWorld, startGatewayEmulator } from "../../src/index.js";
import { call, management, QUICKSTART } from "../support/client.js";
import { KEY, LIMITED } from "../support/limited.js";

const CHAT = { model: "acme/llama", messages: [{ role: "user", content: "hello" }] };

function chat(world: Pick<GatewayWorld, "url" | "workspaceKey">, key = KEY) {
  return call(world, "POST", "/v1/chat/completions", { key, body: CHAT });
}

describe("a forked world", () => {
  test("shares nothing with the others: counters, groups, rules, clock, journal", async () => {
    await using gateway = await startGatewayEmulator({ seed: LIMITED });
    const world = await gateway.world("w1");
    expect((await chat(gateway)).status).toBe(200);
    expect((await chat(gateway)).status).toBe(429);

    expect((await chat(world)).status).toBe(200);
    await world.createGroup({ external_entity_id: "only-here", models: ["acme/llama"] });
    await world.completions.add({ match: {}, reply: { content: "from w1" } });
    await world.clock.advance("61s");
    expect((await chat(world)).body.choices[0].message.content).toBe("from w1");

    expect((await management(gateway).get("/groups")).body.items).toHaveLength(1);
    expect((await management(world).get("/groups")).body.items).toHaveLength(2);
    expect((await chat(gateway)).status).toBe(429);
    expect((await gateway.clock.read()).now).toBe("2026-06-17T12:00:00.000Z");
    expect((await world.clock.read()).now).toBe("2026-06-17T12:01:01.000Z");
    const asked = async (one: GatewayWorld) =>
      (await one.requests({ path: "/v1/chat/completions" })).map(({ status }) => status);
    expect([await asked(gateway), await asked(world)]).toEqual([
      [200, 429, 429],
      [200, 200],
    ]);
  });

  test("is addressed by an unmodified SDK through its base URL", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const world = await gateway.world("w1");
    const openai = new OpenAI({
      baseURL: world.inferenceUrl,
      apiKey: "unused",
      defaultHeaders: { Authorization: `Api-Key ${world.keys["acme-prod"]}` },
    });
    const answer = await openai.chat.completions.create({
      model: "acme/llama",
      messages: [{ role: "user", content: "hello" }],
    });
    expect(answer.choices[0]?.message.content).toBe("hello");
    expect(await gateway.requests()).toHaveLength(0);
    await world.expectRequest({ path: "/v1/chat/completions", status: 200 });
  });

  test("is found by a key that only it knows, without its URL", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const world = await gateway.world("w1");
    const group = await world.createGroup({ external_entity_id: "team", models: ["acme/llama"] });
    const { api_key } = await world.mintKey(group, "minted");

    expect((await chat(gateway, api_key)).status).toBe(200);
    expect((await chat(gateway, KEY)).status).toBe(200);
    expect((await chat(gateway, "sky_nobodyknows1.secret")).status).toBe(403);
    expect((await management(gateway, world.workspaceKey).get("/groups")).body.items).toHaveLength(2);
    expect(await world.requests({ path: "/v1/chat/completions" })).toHaveLength(1);
    expect(await gateway.requests({ path: "/v1/chat/completions" })).toHaveLength(2);
  });

  test("a fork of a fork has a key of its own; what both know leads to neither", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const one = await gateway.world("one");
    const { api_key } = await one.mintKey(
      await one.createGroup({ external_entity_id: "team", models: ["acme/llama"] }),
    );
    const two = await gateway.world("two", { from: "one" });

    expect((await chat(two, api_key)).status).toBe(200);
    expect((await chat(gateway, api_key)).status).toBe(403);
    await management(gateway, one.workspaceKey).get("/endpoints");
    await management(gateway, two.workspaceKey).get("/endpoints");
    expect(await one.requests({ path: "/v1/gateway/endpoints" })).toHaveLength(1);
    expect(await two.requests({ path: "/v1/gateway/endpoints" })).toHaveLength(1);
  });

  test("from another world goes on where that one stands; from the seed starts fresh", async () => {
    await using gateway = await startGatewayEmulator({ seed: LIMITED });
    await chat(gateway);
    const copy = await gateway.world("copy", { from: "default" });
    const fresh = await gateway.world("fresh", { from: "seed" });
    expect((await chat(copy)).status).toBe(429);
    expect((await chat(fresh)).status).toBe(200);
  });

  test("resets to the seed, and is there under its name until it is removed", async () => {
    await using gateway = await startGatewayEmulator({ seed: LIMITED });
    const world = await gateway.world("w1");
    await chat(world);
    await world.reset();
    expect((await chat(world)).status).toBe(200);
    expect((await management(world).get("/groups")).status).toBe(200);
    expect(await gateway.world("w1")).toBe(world);
    expect(gateway.worlds()).toEqual(["default", "w1"]);

    await gateway.removeWorld("w1");
    expect(gateway.worlds()).toEqual(["default"]);
    expect((await chat(world)).status).toBe(404);
  });
});

describe("what is under way", () => {
  const SLOW = {
    ...QUICKSTART,
    completions: [
      { match: { stream: true }, reply: { mode: "lorem" as const, stream: { tokens_per_second: 10 } } },
    ],
  };
  /** Once the stream has begun, what becomes of it: it waits for the clock, which stands still. */
  const begin = async (world: GatewayWorld) => {
    const answer = await fetch(`${world.inferenceUrl}/chat/completions`, {
      method: "POST",
      headers: { Authorization: `Api-Key ${KEY}`, "Content-Type": "application/json" },
      body: JSON.stringify({ ...CHAT, stream: true }),
    });
    return { end: answer.text().catch(() => "cut off") };
  };

  test.each(["is removed", "is restored"])(
    "is cut off when its world %s, and nobody else notices",
    async (how) => {
      await using gateway = await startGatewayEmulator({ seed: SLOW });
      const [one, other] = [await gateway.world("one"), await gateway.world("other")];
      const snapshot = await one.snapshot();
      const cut = [await begin(one), await begin(one)];
      const whole = await begin(other);
      const copy = await gateway.world("copy", { from: "one" });
      if (how === "is removed") await gateway.removeWorld("one");
      else await one.restore(snapshot);

      expect(await Promise.all(cut.map(({ end }) => end))).toEqual(["cut off", "cut off"]);
      expect((await chat(copy)).status).toBe(200);
      expect(await copy.billing.reconcile()).toEqual([]);
      await other.clock.advance("1h");
      expect(await whole.end).toContain("data: [DONE]");
      expect((await chat(await gateway.world("one"))).status).toBe(200);
    },
  );
});

describe("a world that is not there", () => {
  test("is 404 in the surface's own shape and names those that there are", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await gateway.world("w1");
    const message = 'There is no world "w2"; there are default, w1. POST /_emulator/worlds makes one.';
    const inference = await call(gateway, "POST", "/_worlds/w2/v1/chat/completions", { body: CHAT });
    expect([inference.status, inference.body]).toEqual([404, { error: message }]);
    const managed = await call(gateway, "GET", "/_worlds/w2/v1/gateway/groups");
    expect([managed.status, managed.body]).toEqual([404, { code: "NOT_FOUND", message }]);
  });

  test("cannot be copied or removed; the error points at the caller", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const failed = await gateway.world("w1", { from: "nowhere" }).catch((cause: Error) => cause);
    expect(String(failed)).toContain('There is no world "nowhere"');
    expect((failed as Error).stack?.split("\n")[1]).toContain("worlds.test.ts");
    await expect(gateway.removeWorld("w1")).rejects.toThrow('There is no world "w1"');
    await expect(gateway.removeWorld("default")).rejects.toThrow("cannot be removed");
    await expect(gateway.world("no spaces", { from: "seed" })).rejects.toThrow("letters, digits");
    await expect(gateway.world("default", { from: "seed" })).rejects.toThrow("is taken");
  });
});

describe("the control plane", () => {
  test("POST makes a world, GET lists it, DELETE ends it", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const made = await call(gateway, "POST", "/_emulator/worlds", { body: { name: "w1", from: "default" } });
    expect(made.body).toMatchObject({
      name: "w1",
      url: `${gateway.url}/_worlds/w1`,
      env: { OPENAI_BASE_URL: `${gateway.url}/_worlds/w1/v1`, OPENAI_API_KEY: KEY },
    });
    const listed = await call(gateway, "GET", "/_emulator/worlds");
    expect(listed.body.items.map(({ name }: { name: string }) => name)).toEqual(["default", "w1"]);
    expect((await call(gateway, "GET", "/_worlds/w1/_emulator/health")).body.url).toBe(
      `${gateway.url}/_worlds/w1`,
    );
    expect((await call(gateway, "GET", "/_emulator/worlds/w1")).body.name).toBe("w1");
    expect((await call(gateway, "DELETE", "/_emulator/worlds/w1")).body).toEqual({ name: "w1" });
    expect((await call(gateway, "GET", "/_emulator/worlds/w1")).status).toBe(404);
  });

  test("a name is made up when none is given; a taken one and a misspelt field are refused", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    expect((await call(gateway, "POST", "/_emulator/worlds", { body: {} })).body.name).toBe("world-1");
    const taken = await call(gateway, "POST", "/_emulator/worlds", { body: { name: "world-1" } });
    expect([taken.status, taken.body.code]).toEqual([400, "VALIDATION_ERROR"]);
    expect((await call(gateway, "POST", "/_emulator/worlds", { body: { form: "seed" } })).status).toBe(400);
  });
});
