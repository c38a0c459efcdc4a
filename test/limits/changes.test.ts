import { describe, expect, it } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { management } from "../support/client.js";
import {
  chatWith,
  group,
  groupOf,
  model,
  perDay,
  perMinute,
  perSecond,
  SLUG,
  setLimits,
  status,
  usageOf,
  world,
} from "./support.js";

const start = (...limits: Parameters<typeof group>[1]) =>
  startGatewayEmulator({ seed: world([group("org", limits)]) });

describe("L-14: a change counts from the next request on, and what was counted stays counted", () => {
  it("raised, lowered, and lowered below what is spent", async () => {
    await using gateway = await start(perMinute("REQUEST", 2));
    expect([
      await status(gateway, "org"),
      await status(gateway, "org"),
      await status(gateway, "org"),
    ]).toEqual([200, 200, 429]);
    await setLimits(gateway, "org", perMinute("REQUEST", 3));
    expect([await status(gateway, "org"), await status(gateway, "org")]).toEqual([200, 429]);
    await setLimits(gateway, "org", perMinute("REQUEST", 1));
    expect(await status(gateway, "org")).toBe(429);
    await setLimits(gateway, "org", perMinute("REQUEST", 4));
    expect([await status(gateway, "org"), await status(gateway, "org")]).toEqual([200, 429]);
  });

  it("a limit set later sees what was spent before it, in every unit and type (Y-5)", async () => {
    for (const limit of [
      perSecond("REQUEST", 2),
      perMinute("REQUEST", 2),
      perDay("REQUEST", 2),
      perMinute("TOKEN", 20),
      perDay("TOKEN", 20),
    ]) {
      await using gateway = await start();
      for (const _ of [1, 2]) expect(await status(gateway, "org", { usage: "6/4" })).toBe(200);
      await setLimits(gateway, "org", limit);
      expect(await status(gateway, "org")).toBe(429);
      await setLimits(gateway, "org", { ...limit, threshold: limit.threshold + 1 });
      expect(await status(gateway, "org")).toBe(200);
    }
  });

  it("removed and set again, a limit remembers its minute", async () => {
    await using gateway = await start(perMinute("REQUEST", 1));
    expect(await status(gateway, "org")).toBe(200);
    await setLimits(gateway, "org");
    expect(await status(gateway, "org")).toBe(200);
    await setLimits(gateway, "org", perMinute("REQUEST", 2));
    expect(await status(gateway, "org")).toBe(429);
  });

  it("a slug taken out of the set and put back remembers too", async () => {
    await using gateway = await start(perMinute("REQUEST", 1));
    const { id } = await groupOf(gateway, "org");
    expect(await status(gateway, "org")).toBe(200);
    await management(gateway).patch(`/groups/${id}`, { models: [] });
    expect(await status(gateway, "org")).toBe(404);
    await setLimits(gateway, "org", perMinute("REQUEST", 1));
    expect(await status(gateway, "org")).toBe(429);
  });

  it("another unit looks at the same requests", async () => {
    await using gateway = await start(perSecond("REQUEST", 1));
    expect([await status(gateway, "org"), await status(gateway, "org")]).toEqual([200, 429]);
    await gateway.clock.advance("1s");
    await setLimits(gateway, "org", perMinute("REQUEST", 1));
    expect(await status(gateway, "org")).toBe(429);
    await gateway.clock.advance("59s");
    expect(await status(gateway, "org")).toBe(200);
  });

  it("CASCADING: a limit set later at the root sees what its subtree spent, slugs it lacked included", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("org", [], {
          limit_enforcement: "CASCADING",
          models: [model("acme/glm")],
          groups: [group("a", []), group("b", [])],
        }),
      ]),
    });
    expect([await status(gateway, "a"), await status(gateway, "b")]).toEqual([200, 200]);
    await setLimits(gateway, "org", perDay("REQUEST", 2));
    expect([await status(gateway, "a"), await status(gateway, "b")]).toEqual([429, 429]);
    expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: 2 }]);
  });
});

describe("L-14: a group deleted and made again starts at zero", () => {
  it("INDEPENDENT: window and day", async () => {
    await using gateway = await start(perMinute("REQUEST", 1), perDay("REQUEST", 1));
    const { id } = await groupOf(gateway, "org");
    expect([await status(gateway, "org"), await status(gateway, "org")]).toEqual([200, 429]);
    const { post, ...api } = management(gateway);
    await api.delete(`/groups/${id}`);
    expect(await status(gateway, "org")).toBe(403);

    const made = await post("/groups", {
      metadata: { external_entity_id: "org" },
      models: [model(SLUG, perMinute("REQUEST", 1), perDay("REQUEST", 1))],
      hierarchy: {},
    });
    expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: null, reset_at: null }]);
    const { api_key } = (await post(`/groups/${made.body.id}/api_keys`)).body;
    expect((await chatWith(gateway, api_key)).status).toBe(200);
    expect((await chatWith(gateway, api_key)).status).toBe(429);
  });

  it("CASCADING: what a deleted child spent stays counted above it", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("org", [perDay("REQUEST", 2), perMinute("REQUEST", 2)], {
          limit_enforcement: "CASCADING",
          groups: [group("team", [])],
        }),
      ]),
    });
    expect(await status(gateway, "team")).toBe(200);
    const { id } = await groupOf(gateway, "team");
    await management(gateway).delete(`/groups/${id}`);
    expect([await status(gateway, "org"), await status(gateway, "org")]).toEqual([200, 429]);
    expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: 2 }]);
  });
});
