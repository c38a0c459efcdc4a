import { describe, expect, it } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { until } from "../scenarios/support.js";
import { call } from "../support/client.js";
import {
  type ChatOptions,
  chat,
  chatWith,
  group,
  keyOf,
  keyText,
  model,
  OTHER_SLUG,
  perDay,
  perMinute,
  SLUG,
  status,
  usageOf,
  world,
} from "./support.js";

describe("L-1: a limit belongs to a group and a slug", () => {
  it("two slugs of one group have budgets of their own", async () => {
    const limit = perMinute("REQUEST", 1);
    await using gateway = await startGatewayEmulator({
      seed: world([group("org", [], { models: [model(SLUG, limit), model(OTHER_SLUG, limit)] })]),
    });
    expect([await status(gateway, "org"), await status(gateway, "org")]).toEqual([200, 429]);
    const other = { slug: OTHER_SLUG };
    expect([await status(gateway, "org", other), await status(gateway, "org", other)]).toEqual([200, 429]);
  });

  it("CASCADING: an ancestor's limit for one slug is not spent by another", async () => {
    const entries = [model(SLUG, perMinute("REQUEST", 1)), model(OTHER_SLUG)];
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("org", [], {
          limit_enforcement: "CASCADING",
          models: entries,
          groups: [group("team", [], { models: [model(SLUG), model(OTHER_SLUG)] })],
        }),
      ]),
    });
    const other = { slug: OTHER_SLUG };
    expect([await status(gateway, "team", other), await status(gateway, "org", other)]).toEqual([200, 200]);
    expect([await status(gateway, "team"), await status(gateway, "org")]).toEqual([200, 429]);
  });

  it("two keys of one group share one budget, and a key minted later does too", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("org", [perMinute("REQUEST", 2)], {
          keys: ["one", "two"].map((name) => ({ name, key: keyText(name) })),
        }),
      ]),
    });
    expect(await status(gateway, "one")).toBe(200);
    expect(await status(gateway, "two")).toBe(200);
    expect([await status(gateway, "one"), await status(gateway, "two")]).toEqual([429, 429]);
    const listed = await call(gateway, "GET", "/v1/gateway/groups");
    const minted = await call(gateway, "POST", `/v1/gateway/groups/${listed.body.items[0].id}/api_keys`);
    expect((await chatWith(gateway, minted.body.api_key)).status).toBe(429);
  });
});

describe("L-2: what is counted", () => {
  it("REQUEST counts requests whatever their size, TOKEN prompt plus completion", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([group("org", [perDay("REQUEST", 100), perDay("TOKEN", 1_000)])]),
    });
    await chat(gateway, "org", { usage: "0/0" });
    await chat(gateway, "org", { usage: "300/20" });
    expect(await usageOf(gateway, "org")).toMatchObject([
      { type: "REQUEST", current_usage: 2 },
      { type: "TOKEN", current_usage: 320 },
    ]);
  });

  it("counts what the answer's own usage says, for JSON and stream alike", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([group("org", [perDay("TOKEN", 1_000)])]),
    });
    const whole = await chat(gateway, "org");
    expect(whole.body.usage.total_tokens).toBe(14);
    await chat(gateway, "org", { body: { stream: true } });
    expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: 28 }]);
  });

  it("a workspace key is neither limited nor counted (X-17)", async () => {
    await using gateway = await startGatewayEmulator({ seed: world([group("org", [perDay("REQUEST", 1)])]) });
    for (const _ of [1, 2, 3]) expect((await chatWith(gateway, gateway.workspaceKey)).status).toBe(200);
    expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: null }]);
    expect(await status(gateway, "org")).toBe(200);
  });
});

/** Until the world's only fault has struck: its request is admitted, and waits for the clock. */
async function untilStruck(gateway: GatewayEmulator): Promise<void> {
  await until(async () => {
    const { body } = await call(gateway, "GET", "/_emulator/faults", { key: null });
    return body.items[0].struck === 1;
  });
}

describe("Y-20: a client that leaves before the first byte", () => {
  it.each([
    ["a slow model: one REQUEST and the prompt", {}, [1, 10]],
    ["a fault in the model's place: one REQUEST, nothing of the prompt", { status: 503 }, [1, 0]],
    ["a fault that refuses: nothing", { status: 429 }, [null, null]],
  ])("%s", async (_, fault, counted) => {
    const limits = [perDay("REQUEST", 10), perDay("TOKEN", 1_000)];
    const faults = [{ match: {}, fault: { delay: "1h", ...fault } }];
    await using gateway = await startGatewayEmulator({ seed: world([group("org", limits)], { faults }) });
    const client = new AbortController();
    const asking = fetch(`${gateway.inferenceUrl}/chat/completions`, {
      method: "POST",
      headers: { Authorization: `Api-Key ${keyOf(gateway, "org")}`, "Content-Type": "application/json" },
      body: JSON.stringify({ model: SLUG, messages: [{ role: "user", content: "Hello, world!" }] }),
      signal: client.signal,
    });
    await untilStruck(gateway);
    client.abort();
    await expect(asking).rejects.toThrow();
    await until(async () => (await gateway.requests({ error: "client_gone" }))[0]);
    const usage: { current_usage: number | null }[] = await usageOf(gateway, "org");
    expect(usage.map(({ current_usage }) => current_usage)).toEqual(counted);
    expect(await gateway.billing.events()).toEqual([]);
  });
});

type Refusal = readonly [
  name: string,
  status: number,
  send: (gateway: GatewayEmulator) => Promise<{ status: number }>,
];
const withKey = (options: ChatOptions) => (gateway: GatewayEmulator) => chat(gateway, "org", options);
const REFUSALS: readonly Refusal[] = [
  ["body without messages", 400, withKey({ body: { messages: undefined } })],
  ["body with messages of a wrong type", 400, withKey({ body: { messages: "hi" } })],
  ["value out of range", 400, withKey({ body: { temperature: 3 } })],
  ["stream with a value out of range", 400, withKey({ body: { stream: true, max_tokens: 0 } })],
  ["usage header that is none", 400, withKey({ usage: "much" })],
  ["no Authorization", 401, (gateway) => chatWith(gateway, null)],
  ["unknown key", 403, (gateway) => chatWith(gateway, keyText("nobody"))],
  ["right prefix, wrong secret", 403, (gateway) => chatWith(gateway, `${keyOf(gateway, "org")}x`)],
  [
    "key as Bearer (X-1)",
    403,
    (gateway) => chatWith(gateway, null, { headers: { Authorization: `Bearer ${keyOf(gateway, "org")}` } }),
  ],
  ["slug outside the group's set", 404, withKey({ slug: OTHER_SLUG })],
  ["slug without an endpoint", 404, withKey({ slug: "acme/later" })],
];

describe("L-4: a refused request counts nowhere", () => {
  const ORG = world([
    group("org", [perMinute("REQUEST", 1), perDay("REQUEST", 2)], {
      models: [
        model(SLUG, perMinute("REQUEST", 1), perDay("REQUEST", 2)),
        model("acme/later", perDay("REQUEST", 1)),
      ],
    }),
  ]);

  it.each(REFUSALS)("%s: %d", async (_name, expected, send) => {
    await using gateway = await startGatewayEmulator({ seed: ORG });
    for (const _ of [1, 2, 3]) expect((await send(gateway)).status).toBe(expected);
    expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: null }]);
    expect(await status(gateway, "org")).toBe(200);
    await send(gateway);
    expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: 1 }]);
  });

  it("429: the window stays where the admitted request put it, and the day counts one", async () => {
    await using gateway = await startGatewayEmulator({ seed: ORG });
    expect(await status(gateway, "org")).toBe(200);
    for (const _ of [1, 2, 3, 4, 5]) {
      await gateway.clock.advance("11s");
      expect(await status(gateway, "org")).toBe(429);
    }
    expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: 1 }]);
    await gateway.clock.advance("5s");
    expect(await status(gateway, "org")).toBe(200);
  });

  it("429 by the child's limit leaves the ancestor's counter alone, and the other way round", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("org", [perDay("REQUEST", 3)], {
          limit_enforcement: "CASCADING",
          groups: [group("a", [perMinute("REQUEST", 1)]), group("b", [perDay("REQUEST", 3)])],
        }),
      ]),
    });
    expect([await status(gateway, "a"), await status(gateway, "a"), await status(gateway, "a")]).toEqual([
      200, 429, 429,
    ]);
    expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: 1 }]);
    expect([await status(gateway, "b"), await status(gateway, "b"), await status(gateway, "b")]).toEqual([
      200, 200, 429,
    ]);
    expect(await usageOf(gateway, "b")).toMatchObject([{ current_usage: 2 }]);
    expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: 3 }]);
  });
});

describe("L-4: admitted, and then it went wrong", () => {
  const failing = (fault: object) =>
    startGatewayEmulator({
      seed: {
        ...world([group("org", [perDay("REQUEST", 9), perDay("TOKEN", 900)])]),
        faults: [{ times: 1, fault }],
      },
    });
  const used = async (gateway: GatewayEmulator) =>
    (await usageOf(gateway, "org")).map((entry: { current_usage: number | null }) => entry.current_usage);

  it.each([500, 503])("the model server failed with %d: one REQUEST and no tokens", async (code) => {
    await using gateway = await failing({ status: code, body: { error: "down" } });
    expect(await status(gateway, "org", { usage: "60/40" })).toBe(code);
    expect(await used(gateway)).toEqual([1, 0]);
    expect(await status(gateway, "org", { usage: "60/40" })).toBe(200);
    expect(await used(gateway)).toEqual([2, 100]);
  });

  it("the server cut the stream: one REQUEST, the prompt, and the completion tokens sent so far", async () => {
    await using gateway = await failing({ cut: { after_chunks: 3 } });
    const whole = { stream: true, messages: [{ role: "user", content: "one two three four five six" }] };
    await expect(chat(gateway, "org", { body: whole })).rejects.toThrow();
    const [entry] = await gateway.requests({ path: "/v1/chat/completions" });
    expect(entry?.completionTokens).toBe(3);
    expect(await used(gateway)).toEqual([1, (entry?.promptTokens ?? 0) + 3]);
  }, 5_000);
});
