import { describe, expect, it } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { management } from "../support/client.js";
import {
  chat,
  group,
  groupOf,
  model,
  OTHER_SLUG,
  perDay,
  perMinute,
  SLUG,
  status,
  usageOf,
  world,
} from "./support.js";

const MIDNIGHT = "2026-06-18T00:00:00Z";

describe("U-1: GET /v1/gateway/groups/{id}/usage", () => {
  it("customer_id is the external_entity_id; only slugs with usage limits, never rate limits", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("org", [], {
          models: [
            model(SLUG, perMinute("REQUEST", 5), perDay("TOKEN", 900), perDay("REQUEST", 7)),
            model(OTHER_SLUG, perMinute("TOKEN", 5)),
          ],
        }),
      ]),
    });
    const { id } = await groupOf(gateway, "org");
    await chat(gateway, "org", { usage: "30/3" });
    await chat(gateway, "org", { usage: "1/0", slug: OTHER_SLUG });
    const answer = await management(gateway).get(`/groups/${id}/usage`);
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(
      `{"customer_id":"org","usage":{"${SLUG}":[` +
        `{"type":"TOKEN","unit":"DAY","threshold":900,"current_usage":33,"reset_at":"${MIDNIGHT}"},` +
        `{"type":"REQUEST","unit":"DAY","threshold":7,"current_usage":1,"reset_at":"${MIDNIGHT}"}]}}`,
    );
  });

  it("no usage limit at all is {}", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([group("org", [perMinute("TOKEN", 5)])]),
    });
    const { id } = await groupOf(gateway, "org");
    expect((await management(gateway).get(`/groups/${id}/usage`)).body).toEqual({
      customer_id: "org",
      usage: {},
    });
  });

  it("an inherited limit appears with the group's own count (L-5)", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([group("org", [perDay("REQUEST", 7)], { groups: [group("a", []), group("b", [])] })]),
    });
    await chat(gateway, "org");
    for (const _ of [1, 2]) await chat(gateway, "a");
    expect(await usageOf(gateway, "org")).toMatchObject([{ threshold: 7, current_usage: 1 }]);
    expect(await usageOf(gateway, "a")).toMatchObject([{ threshold: 7, current_usage: 2 }]);
    expect(await usageOf(gateway, "b")).toMatchObject([{ threshold: 7, current_usage: null }]);
  });

  it("an unknown or deleted group: 404", async () => {
    await using gateway = await startGatewayEmulator({ seed: world([group("org", [perDay("REQUEST", 7)])]) });
    const { id } = await groupOf(gateway, "org");
    await management(gateway).delete(`/groups/${id}`);
    for (const path of [`/groups/${id}/usage`, "/groups/none/usage"]) {
      expect((await management(gateway).get(path)).status).toBe(404);
    }
  });
});

describe("U-2: current_usage and reset_at", () => {
  it("null until the first request lands, then the day's count and the next midnight", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([group("org", [perDay("REQUEST", 7), perDay("TOKEN", 900)])]),
    });
    const empty = { unit: "DAY", current_usage: null, reset_at: null };
    expect(await usageOf(gateway, "org")).toEqual([
      { ...empty, type: "REQUEST", threshold: 7 },
      { ...empty, type: "TOKEN", threshold: 900 },
    ]);
    await chat(gateway, "org", { usage: "0/0" });
    expect(await usageOf(gateway, "org")).toMatchObject([
      { current_usage: 1, reset_at: MIDNIGHT },
      { current_usage: 0, reset_at: MIDNIGHT },
    ]);
  });

  it("after midnight 0 and not null, for days without traffic too, each with its own midnight", async () => {
    await using gateway = await startGatewayEmulator({ seed: world([group("org", [perDay("REQUEST", 7)])]) });
    await chat(gateway, "org");
    await gateway.clock.advance({ to: "2026-06-17T23:59:59.999Z" });
    expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: 1, reset_at: MIDNIGHT }]);
    await gateway.clock.advance(1);
    expect(await usageOf(gateway, "org")).toMatchObject([
      { current_usage: 0, reset_at: "2026-06-19T00:00:00Z" },
    ]);
    await gateway.clock.advance("3d");
    expect(await usageOf(gateway, "org")).toMatchObject([
      { current_usage: 0, reset_at: "2026-06-22T00:00:00Z" },
    ]);
    await chat(gateway, "org");
    expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: 1 }]);
  });
});

describe("U-3: CASCADING shows the nearest group that declares the limit", () => {
  it("its threshold, and its counter with its whole subtree", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("root", [perDay("REQUEST", 9), perDay("TOKEN", 900)], {
          limit_enforcement: "CASCADING",
          groups: [
            group("middle", [perDay("REQUEST", 8)], { groups: [group("leaf", []), group("twin", [])] }),
          ],
        }),
      ]),
    });
    await chat(gateway, "twin", { usage: "10/0" });
    await chat(gateway, "middle", { usage: "10/0" });
    await chat(gateway, "root", { usage: "10/0" });
    const leaf = [
      { type: "REQUEST", threshold: 8, current_usage: 2 },
      { type: "TOKEN", threshold: 900, current_usage: 30 },
    ];
    expect(await usageOf(gateway, "leaf")).toMatchObject(leaf);
    expect(await usageOf(gateway, "middle")).toMatchObject(leaf);
    expect(await usageOf(gateway, "root")).toMatchObject([{ threshold: 9, current_usage: 3 }, leaf[1]]);
  });
});

describe("usage: of a seed (Y-10)", () => {
  it("DAY shows in the report and is enforced; MINUTE does not show but is enforced", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("day", [perDay("TOKEN", 100)], {
          usage: [{ slug: SLUG, type: "TOKEN", unit: "DAY", used: 100 }],
        }),
        group("minute", [perMinute("TOKEN", 100), perDay("TOKEN", 100)], {
          usage: [{ slug: SLUG, type: "TOKEN", unit: "MINUTE", used: 100 }],
        }),
      ]),
    });
    expect(await usageOf(gateway, "day")).toMatchObject([{ current_usage: 100, reset_at: MIDNIGHT }]);
    expect(await usageOf(gateway, "minute")).toMatchObject([{ current_usage: null }]);
    expect([await status(gateway, "day"), await status(gateway, "minute")]).toEqual([429, 429]);
    await gateway.clock.advance("59s");
    expect([await status(gateway, "day"), await status(gateway, "minute")]).toEqual([429, 200]);
  });

  it("SECOND is spent now, MINUTE one second ago", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("org", [{ type: "REQUEST", unit: "SECOND", threshold: 2 }], {
          usage: [
            { slug: SLUG, type: "REQUEST", unit: "SECOND", used: 2 },
            { slug: SLUG, type: "REQUEST", unit: "MINUTE", used: 50 },
          ],
        }),
      ]),
    });
    await gateway.clock.advance(999);
    expect(await status(gateway, "org")).toBe(429);
    await gateway.clock.advance(1);
    expect(await status(gateway, "org")).toBe(200);
  });

  it("CASCADING: it counts above as well; INDEPENDENT: it does not", async () => {
    for (const [limit_enforcement, expected] of [["CASCADING", 6] as const, ["INDEPENDENT", null] as const]) {
      await using gateway = await startGatewayEmulator({
        seed: world([
          group("org", [perDay("REQUEST", 9)], {
            limit_enforcement,
            groups: [group("a", [], { usage: [{ slug: SLUG, type: "REQUEST", unit: "DAY", used: 6 }] })],
          }),
        ]),
      });
      expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: expected }]);
      expect(await usageOf(gateway, "a")).toMatchObject([{ current_usage: 6 }]);
    }
  });

  it("a seed added later declares on top of what was really used", async () => {
    await using gateway = await startGatewayEmulator({ seed: world([group("org", [perDay("REQUEST", 9)])]) });
    await chat(gateway, "org");
    const late = group("late", [perDay("REQUEST", 2)], {
      usage: [{ slug: SLUG, type: "REQUEST", unit: "DAY", used: 1 }],
    });
    await gateway.seed({ workspaces: [{ name: "acme", groups: [late] }] });
    expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: 1 }]);
    expect(await usageOf(gateway, "late")).toMatchObject([{ current_usage: 1 }]);
  });
});
