import { describe, expect, it } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { management } from "../support/client.js";
import {
  chatWith,
  group,
  groupOf,
  model,
  OTHER_SLUG,
  perDay,
  perMinute,
  perSecond,
  SLUG,
  setLimits,
  status,
  usageOf,
  world,
} from "./support.js";

describe("L-5: INDEPENDENT", () => {
  it("siblings never draw on each other, nor on their parent, though they share its limit", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([group("org", [perMinute("REQUEST", 1)], { groups: [group("a", []), group("b", [])] })]),
    });
    for (const name of ["a", "b", "org"]) {
      expect([await status(gateway, name), await status(gateway, name)]).toEqual([200, 429]);
    }
  });

  it("the closest group that declares it: over one that is silent, per type and unit", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("root", [perMinute("REQUEST", 9), perMinute("TOKEN", 50), perDay("REQUEST", 7)], {
          groups: [
            group("middle", [perSecond("REQUEST", 3)], { groups: [group("leaf", [perMinute("TOKEN", 80)])] }),
          ],
        }),
      ]),
    });
    const [root, middle, leaf] = [
      await groupOf(gateway, "root"),
      await groupOf(gateway, "middle"),
      await groupOf(gateway, "leaf"),
    ];
    expect(leaf.effective_models).toEqual([
      {
        slug: SLUG,
        rate_limits: [
          { type: "TOKEN", unit: "MINUTE", threshold: 80, source_group: leaf.id },
          { type: "REQUEST", unit: "SECOND", threshold: 3, source_group: middle.id },
          { type: "REQUEST", unit: "MINUTE", threshold: 9, source_group: root.id },
        ],
        usage_limits: [{ type: "REQUEST", unit: "DAY", threshold: 7, source_group: root.id }],
      },
    ]);
    for (let sent = 0; sent < 3; sent++) expect(await status(gateway, "leaf", { usage: "10/0" })).toBe(200);
    expect(await status(gateway, "leaf")).toBe(429); // 3 a second
    await gateway.clock.advance("1s");
    expect(await status(gateway, "leaf", { usage: "50/0" })).toBe(200); // 80 tokens a minute
    expect(await status(gateway, "leaf")).toBe(429);
    await gateway.clock.advance("60s");
    for (let sent = 0; sent < 3; sent++) expect(await status(gateway, "leaf", { usage: "1/0" })).toBe(200);
    await gateway.clock.advance("60s");
    expect(await status(gateway, "leaf")).toBe(429); // 7 a day
  });

  it("a child may set more or less than its parent", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("org", [perMinute("REQUEST", 2)], {
          groups: [group("more", [perMinute("REQUEST", 3)]), group("less", [perMinute("REQUEST", 1)])],
        }),
      ]),
    });
    const admitted = async (name: string) => {
      let count = 0;
      while ((await status(gateway, name)) === 200) count++;
      return count;
    };
    expect([await admitted("more"), await admitted("less"), await admitted("org")]).toEqual([3, 1, 2]);
  });

  it("a change at an ancestor reaches those that inherit it at once, two levels down too", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("root", [perMinute("REQUEST", 1)], {
          groups: [group("middle", [], { groups: [group("leaf", [])] })],
        }),
      ]),
    });
    expect([await status(gateway, "leaf"), await status(gateway, "leaf")]).toEqual([200, 429]);
    await setLimits(gateway, "root", perMinute("REQUEST", 2));
    expect([await status(gateway, "leaf"), await status(gateway, "leaf")]).toEqual([200, 429]);
    await setLimits(gateway, "middle", perMinute("REQUEST", 3));
    expect([await status(gateway, "leaf"), await status(gateway, "leaf")]).toEqual([200, 429]);
    await setLimits(gateway, "middle");
    await setLimits(gateway, "root");
    expect(await status(gateway, "leaf")).toBe(200);
  });

  it("only slugs of the group's own set: what the parent alone has cannot be called", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("org", [], {
          models: [model(SLUG), model(OTHER_SLUG, perDay("REQUEST", 5))],
          groups: [group("team", [])],
        }),
      ]),
    });
    expect(await status(gateway, "team", { slug: OTHER_SLUG })).toBe(404);
    expect(
      (await groupOf(gateway, "team")).effective_models.map(({ slug }: { slug: string }) => slug),
    ).toEqual([SLUG]);
  });
});

describe("L-6: CASCADING", () => {
  it("an ancestor's counter is fed by its whole subtree; exhausted, it refuses what fits the child", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("root", [perDay("REQUEST", 4)], {
          limit_enforcement: "CASCADING",
          groups: [
            group("a", [perDay("REQUEST", 3)], { groups: [group("a1", []), group("a2", [])] }),
            group("b", []),
          ],
        }),
      ]),
    });
    expect([
      await status(gateway, "a1"),
      await status(gateway, "a2"),
      await status(gateway, "a"),
      await status(gateway, "a1"), // a has its 3
      await status(gateway, "b"),
      await status(gateway, "b"), // root has its 4
      await status(gateway, "root"),
    ]).toEqual([200, 200, 200, 429, 200, 429, 429]);
    expect(await usageOf(gateway, "root")).toMatchObject([{ current_usage: 4 }]);
    expect(await usageOf(gateway, "a2")).toMatchObject([{ threshold: 3, current_usage: 3 }]);
  });

  it("five levels: every one of them counts, and each refuses in its turn", async () => {
    const levels = ["one", "two", "three", "four", "five"];
    const seeds = levels.map((name) => group(name, []));
    for (const [index, seed] of seeds.entries()) {
      const below = seeds[index + 1];
      if (below) seed.groups = [below];
    }
    const root = { ...(seeds[0] ?? group("one", [])), limit_enforcement: "CASCADING" as const };
    await using gateway = await startGatewayEmulator({ seed: world([root]) });
    expect(await status(gateway, "five")).toBe(200);
    for (const level of levels) {
      expect((await setLimits(gateway, level, perDay("REQUEST", 1))).status).toBe(200);
      expect(await status(gateway, "five")).toBe(429);
      expect((await setLimits(gateway, level)).status).toBe(200);
      expect(await status(gateway, level)).toBe(200);
    }
  });

  it("effective_models: all that self and each ancestor declare, self first", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("root", [perMinute("TOKEN", 9), perDay("TOKEN", 90)], {
          limit_enforcement: "CASCADING",
          groups: [
            group("mid", [], { groups: [group("leaf", [perMinute("TOKEN", 8), perDay("TOKEN", 80)])] }),
          ],
        }),
      ]),
    });
    const [root, leaf] = [await groupOf(gateway, "root"), await groupOf(gateway, "leaf")];
    const { rate_limits, usage_limits } = leaf.effective_models[0];
    const sources = (limits: { threshold: number; source_group: string }[]) =>
      limits.map(({ threshold, source_group }) => [threshold, source_group]);
    expect(sources(rate_limits)).toEqual([
      [8, leaf.id],
      [9, root.id],
    ]);
    expect(sources(usage_limits)).toEqual([
      [80, leaf.id],
      [90, root.id],
    ]);
  });
});

describe("L-9: a child may list a slug that its parent lacks", () => {
  it.each(["INDEPENDENT", "CASCADING"] as const)(
    "%s: it has only its own limits then",
    async (enforcement) => {
      await using gateway = await startGatewayEmulator({
        seed: world([
          group("org", [], {
            limit_enforcement: enforcement,
            models: [model(OTHER_SLUG, perDay("REQUEST", 1))],
            groups: [group("team", [perMinute("REQUEST", 2)])],
          }),
        ]),
      });
      const team = await groupOf(gateway, "team");
      expect(team.effective_models).toEqual([
        {
          slug: SLUG,
          rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold: 2, source_group: team.id }],
          usage_limits: [],
        },
      ]);
      expect([
        await status(gateway, "team"),
        await status(gateway, "team"),
        await status(gateway, "team"),
      ]).toEqual([200, 200, 429]);
      expect(await status(gateway, "org")).toBe(404);
      expect(await status(gateway, "org", { slug: OTHER_SLUG })).toBe(200);
    },
  );
});

describe("X-19: a child created without limits inherits them", () => {
  it.each(["INDEPENDENT", "CASCADING"] as const)("%s, over the API", async (enforcement) => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("org", [perMinute("REQUEST", 1), perDay("TOKEN", 500)], { limit_enforcement: enforcement }),
      ]),
    });
    const org = await groupOf(gateway, "org");
    const { post } = management(gateway);
    const child = await post("/groups", {
      metadata: { external_entity_id: "team" },
      models: [{ slug: SLUG }],
      hierarchy: { limit_enforcement: enforcement, parent_group_id: org.id },
    });
    expect(child.status).toBe(200);
    expect(child.body.models).toEqual([{ slug: SLUG, rate_limits: [], usage_limits: [] }]);
    expect(child.body.effective_models).toEqual([
      {
        slug: SLUG,
        rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold: 1, source_group: org.id }],
        usage_limits: [{ type: "TOKEN", unit: "DAY", threshold: 500, source_group: org.id }],
      },
    ]);
    const { api_key } = (await post(`/groups/${child.body.id}/api_keys`)).body;
    expect((await chatWith(gateway, api_key)).status).toBe(200);
    expect((await chatWith(gateway, api_key)).status).toBe(429);
  });
});
