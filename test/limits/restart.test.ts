import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type SeedInput, startGatewayEmulator } from "../../src/index.js";
import { call, management } from "../support/client.js";
import {
  group,
  groupOf,
  NOON,
  perDay,
  perMinute,
  perSecond,
  setLimits,
  status,
  usageOf,
  world,
} from "./support.js";

/** A state file in a folder of its own; `start` opens it again and again. */
async function stateFile(seed: SeedInput) {
  const folder = await mkdtemp(join(tmpdir(), "gateway-emulator-"));
  return {
    start: () => startGatewayEmulator({ seed, state: join(folder, "state.db") }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

describe("L-15: counters survive a restart on the same state file", () => {
  it.each([
    ["second", perSecond("REQUEST", 1), 1_000],
    ["minute", perMinute("REQUEST", 1), 60_000],
    ["minute of tokens", perMinute("TOKEN", 10), 60_000],
    ["day", perDay("REQUEST", 1), 12 * 3_600_000],
    ["day of tokens", perDay("TOKEN", 10), 12 * 3_600_000],
  ])("the %s: spent before, refused after, free to the millisecond", async (_name, limit, room) => {
    await using file = await stateFile(world([group("org", [limit])]));
    {
      await using gateway = await file.start();
      expect(await status(gateway, "org", { usage: "6/4" })).toBe(200);
      await gateway.clock.advance(400);
    }
    {
      await using gateway = await file.start();
      expect(await status(gateway, "org")).toBe(429);
      await gateway.clock.advance(room - 401);
      expect(await status(gateway, "org")).toBe(429);
    }
    await using gateway = await file.start();
    expect(await status(gateway, "org")).toBe(429);
    await gateway.clock.advance(1);
    expect(await status(gateway, "org")).toBe(200);
  });

  it("streams count as well, and so does what a request charged without its limit (Y-5)", async () => {
    await using file = await stateFile(world([group("org", [])]));
    {
      await using gateway = await file.start();
      expect(await status(gateway, "org", { usage: "60/40", body: { stream: true } })).toBe(200);
    }
    await using gateway = await file.start();
    await setLimits(gateway, "org", perMinute("TOKEN", 100));
    expect(await status(gateway, "org")).toBe(429);
    await setLimits(gateway, "org", perMinute("TOKEN", 101));
    expect(await status(gateway, "org")).toBe(200);
  });

  it.each([
    ["minute", perMinute("REQUEST", 3)],
    ["day", perDay("REQUEST", 3)],
  ])("CASCADING: an ancestor remembers its subtree's %s, deleted children included", async (unit, limit) => {
    await using file = await stateFile(
      world([
        group("org", [limit], {
          limit_enforcement: "CASCADING",
          groups: [group("a", []), group("b", [], { groups: [group("c", [])] })],
        }),
      ]),
    );
    {
      await using gateway = await file.start();
      expect([await status(gateway, "a"), await status(gateway, "c")]).toEqual([200, 200]);
      await management(gateway).delete(`/groups/${(await groupOf(gateway, "b")).id}`);
    }
    await using gateway = await file.start();
    expect([await status(gateway, "a"), await status(gateway, "org")]).toEqual([200, 429]);
    await gateway.clock.advance("60s");
    expect(await status(gateway, "org")).toBe(unit === "minute" ? 200 : 429);
  });

  it("a changed limit survives too, and what a seed declared as used", async () => {
    await using file = await stateFile(
      world([
        group("org", [perMinute("REQUEST", 60)], {
          usage: [{ slug: "acme/llama", type: "REQUEST", unit: "MINUTE", used: 9 }],
        }),
      ]),
    );
    {
      await using gateway = await file.start();
      await setLimits(gateway, "org", perMinute("REQUEST", 10));
    }
    await using gateway = await file.start();
    expect([await status(gateway, "org"), await status(gateway, "org")]).toEqual([200, 429]);
    await gateway.clock.advance("59s");
    expect(await status(gateway, "org")).toBe(200);
  });

  it("refused requests are as if they had not been", async () => {
    await using file = await stateFile(world([group("org", [perMinute("REQUEST", 1)])]));
    {
      await using gateway = await file.start();
      expect(await status(gateway, "org")).toBe(200);
      await gateway.clock.advance("30s");
      expect([await status(gateway, "org"), await status(gateway, "org")]).toEqual([429, 429]);
    }
    await using gateway = await file.start();
    await gateway.clock.advance("30s");
    expect(await status(gateway, "org")).toBe(200);
  });
});

describe("the clock survives a restart", () => {
  it("frozen: where it was advanced to, and still frozen", async () => {
    await using file = await stateFile(world([group("org", [])]));
    {
      await using gateway = await file.start();
      await gateway.clock.advance("90s");
    }
    await using gateway = await file.start();
    expect(await gateway.clock.read()).toEqual({
      now: "2026-06-17T12:01:30.000Z",
      mode: "frozen",
      frozen: true,
      offset_ms: null,
    });
  });

  it("running: ahead of real time by as much as before", async () => {
    const { clock: _frozen, ...running } = world([group("org", [])]);
    await using file = await stateFile(running);
    let offset: number | null;
    {
      await using gateway = await file.start();
      await gateway.clock.advance("2h");
      ({ offset_ms: offset } = await gateway.clock.read());
    }
    expect(offset).toBeGreaterThan(7_000_000);
    await using gateway = await file.start();
    expect(await gateway.clock.read()).toMatchObject({ mode: "running", frozen: false, offset_ms: offset });
  });

  it("frozen by hand, in a world that began in real time", async () => {
    const { clock: _frozen, ...running } = world([group("org", [])]);
    await using file = await stateFile(running);
    let now: string;
    {
      await using gateway = await file.start();
      await gateway.clock.freeze();
      ({ now } = await gateway.clock.read());
    }
    await using gateway = await file.start();
    expect(await gateway.clock.read()).toMatchObject({ now, mode: "frozen" });
  });
});

describe("L-4: what a fault refuses counts nowhere", () => {
  it.each([{ status: 429 }, { preset: "payment_required" as const }])(
    "%j: neither before a restart nor after it, when the fault is used up",
    async (fault) => {
      const limits = [perMinute("REQUEST", 1), perDay("REQUEST", 1)];
      const faults = [{ match: {}, times: 2, fault }];
      await using file = await stateFile(world([group("org", limits)], { faults }));
      {
        await using gateway = await file.start();
        const refused = [await status(gateway, "org"), await status(gateway, "org")];
        expect(refused).toEqual("status" in fault ? [429, 429] : [402, 402]);
        expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: null }]);
      }
      await using gateway = await file.start();
      expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: null }]);
      expect([await status(gateway, "org"), await status(gateway, "org")]).toEqual([200, 429]);
    },
  );
});

describe("L-4: what fails before any output counts one REQUEST", () => {
  it("over a restart too, and what was reserved for it is given back", async () => {
    const limits = [perDay("REQUEST", 2), perDay("TOKEN", 5_000)];
    const more = { settings: { token_admission: "reserve" as const } };
    const faults = [{ match: {}, times: 1, fault: { status: 503 } }];
    await using file = await stateFile(world([group("org", limits)], { ...more, faults }));
    const counted = [{ current_usage: 1 }, { current_usage: 0 }];
    {
      await using gateway = await file.start();
      expect(await status(gateway, "org")).toBe(503);
      expect(await usageOf(gateway, "org")).toMatchObject(counted);
    }
    await using gateway = await file.start();
    expect(await usageOf(gateway, "org")).toMatchObject(counted);
    expect([await status(gateway, "org"), await status(gateway, "org")]).toEqual([200, 429]);
  });
});

describe("L-3, L-15: the day over a restart", () => {
  it("is the latest one with traffic, and nothing of it is left after its midnight", async () => {
    await using file = await stateFile(world([group("org", [perDay("TOKEN", 100)])]));
    const today = async () => {
      await using gateway = await file.start();
      return (await usageOf(gateway, "org"))[0].current_usage;
    };
    {
      await using gateway = await file.start();
      await status(gateway, "org", { usage: "70/0" });
      await gateway.clock.advance({ to: "next_midnight" });
    }
    expect(await today()).toBe(0);
    {
      await using gateway = await file.start();
      await status(gateway, "org", { usage: "20/10" });
    }
    expect(await today()).toBe(30);
    await using gateway = await file.start();
    expect(await status(gateway, "org", { usage: "70/0" })).toBe(200);
    expect(await status(gateway, "org")).toBe(429);
  });
});

describe("reset forgets all of it", () => {
  it.each(["in process", "over HTTP"])(
    "%s: windows, day, changed limits, clock; a restart too",
    async (how) => {
      const seed = world([group("org", [perMinute("REQUEST", 1), perDay("REQUEST", 1)])]);
      await using file = await stateFile(seed);
      {
        await using gateway = await file.start();
        expect([await status(gateway, "org"), await status(gateway, "org")]).toEqual([200, 429]);
        await gateway.clock.advance("30s");
        await setLimits(gateway, "org", perMinute("REQUEST", 1_000));
        if (how === "in process") await gateway.reset();
        else await call(gateway, "POST", "/_emulator/reset", { key: null });

        expect((await gateway.clock.read()).now).toBe(new Date(NOON).toISOString());
        expect(await usageOf(gateway, "org")).toMatchObject([{ threshold: 1, current_usage: null }]);
      }
      await using gateway = await file.start();
      expect(await usageOf(gateway, "org")).toMatchObject([{ current_usage: null }]);
      expect([await status(gateway, "org"), await status(gateway, "org")]).toEqual([200, 429]);
    },
  );

  it("what the seed declares as used is back", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("org", [perDay("REQUEST", 10)], {
          usage: [{ slug: "acme/llama", type: "REQUEST", unit: "DAY", used: 9 }],
        }),
      ]),
    });
    for (const _ of [1, 2]) {
      expect([await status(gateway, "org"), await status(gateway, "org")]).toEqual([200, 429]);
      await gateway.clock.advance({ to: "next_midnight" });
      await gateway.reset();
    }
  });
});
