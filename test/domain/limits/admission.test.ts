import { describe, expect, test } from "vitest";
import { chargeTokens, planFor, type TokenDemand } from "../../../src/domain/limits/admission.js";
import type { Group, Limit, RateUnit, UsageUnit } from "../../../src/domain/model.js";
import type { Settings } from "../../../src/domain/settings.js";
import { admit } from "./admit.js";
import { daily, group, MIDNIGHT, meterBook, model, NOON, rate, SLUG } from "./build.js";

const M = 1_000_000;
const small: TokenDemand = { promptTokens: 1, maxTokens: 1 };

/** A gateway of one slug: admits and settles at once, and says whether the request got through. */
function gateway(mode: Settings["tokenAdmission"] = "consumed") {
  const meterOf = meterBook();
  return {
    ask: (chain: readonly Group[], now: number, request = small) =>
      admit(planFor(chain, SLUG, meterOf), now, request, mode),
    spend(chain: readonly Group[], now: number, tokens: number, request = small): boolean {
      const plan = planFor(chain, SLUG, meterOf);
      const admission = admit(plan, now, request, mode);
      if (admission.admitted) chargeTokens(plan.counters, admission.at, admission.reserved, tokens);
      return admission.admitted;
    },
    used: (groupId: string, type: "REQUEST" | "TOKEN", now: number) =>
      meterOf(groupId, SLUG).used(type, "DAY", now),
  };
}

function alone(...limits: readonly (Limit<RateUnit> | Limit<UsageUnit>)[]): readonly Group[] {
  return [group("g", "INDEPENDENT", null, model(SLUG, ...limits))];
}

describe("L-11: a request of no tokens", () => {
  const nothing: TokenDemand = { promptTokens: 0, maxTokens: 0 };

  test.each(["consumed", "prompt", "reserve"] as const)(
    "%s: it passes while any room is left, and an exhausted limit refuses it",
    (mode) => {
      const chain = alone(rate("TOKEN", "MINUTE", 1));
      const { ask, spend } = gateway(mode);
      expect(ask(chain, NOON, nothing)).toMatchObject({ admitted: true, reserved: 0 });
      expect(spend(chain, NOON, 1, nothing)).toBe(true);
      expect(ask(chain, NOON, nothing)).toMatchObject({ admitted: false, roomAt: NOON + 60_000 });
    },
  );
});

describe("hierarchies", () => {
  test("L-8: finance spends its 70M of org's 100M; engineering has 30M left in that minute", () => {
    const tpm = (threshold: number) => model(SLUG, rate("TOKEN", "MINUTE", threshold * M));
    const org = group("org", "CASCADING", null, tpm(100));
    const finance = group("finance", "CASCADING", org, tpm(70));
    const engineering = group("engineering", "CASCADING", org, tpm(70));
    const { ask, spend } = gateway();

    expect(spend([finance, org], NOON, 70 * M)).toBe(true);
    expect(ask([finance, org], NOON + 1)).toMatchObject({
      limitingCheck: { limit: { sourceGroup: "finance" } },
    });
    expect(spend([engineering, org], NOON + 1, 30 * M - 1)).toBe(true);
    expect(spend([engineering, org], NOON + 2, 1)).toBe(true);
    expect(ask([engineering, org], NOON + 3)).toMatchObject({
      admitted: false,
      limitingCheck: { limit: { sourceGroup: "org", threshold: 100 * M }, used: 100 * M },
      roomAt: NOON + 60_000,
    });
    expect(ask([engineering, org], NOON + 60_000).admitted).toBe(true);
  });

  test("L-5: under INDEPENDENT siblings never draw on each other, nor on their parent", () => {
    const tier = group("tier", "INDEPENDENT", null, model(SLUG, rate("REQUEST", "MINUTE", 1)));
    const john = group("john", "INDEPENDENT", tier, model(SLUG));
    const jane = group("jane", "INDEPENDENT", tier, model(SLUG));
    const { spend } = gateway();
    expect(spend([john, tier], NOON, 1)).toBe(true);
    expect(spend([john, tier], NOON, 1)).toBe(false);
    expect(spend([jane, tier], NOON, 1)).toBe(true);
    expect(spend([tier], NOON, 1)).toBe(true);
  });

  test("L-6: an ancestor counts its whole subtree, through groups that declare nothing", () => {
    const root = group("root", "CASCADING", null, model(SLUG, rate("REQUEST", "MINUTE", 2)));
    const middle = group("middle", "CASCADING", root, model("acme/other"));
    const leaf = group("leaf", "CASCADING", middle, model(SLUG));
    const { spend, used } = gateway();
    expect(spend([leaf, middle, root], NOON, 5)).toBe(true);
    expect(spend([root], NOON, 5)).toBe(true);
    expect(spend([leaf, middle, root], NOON, 5)).toBe(false);
    expect([used("leaf", "TOKEN", NOON), used("middle", "TOKEN", NOON), used("root", "TOKEN", NOON)]).toEqual(
      [5, 5, 10],
    );
  });
});

describe("decision", () => {
  test("L-10: with 3 requests left and 10 arriving together, exactly 3 are admitted", () => {
    const chain = alone(rate("REQUEST", "SECOND", 3));
    const { spend } = gateway();
    const admitted = Array.from({ length: 10 }, () => spend(chain, NOON, 1));
    expect(admitted.filter(Boolean)).toHaveLength(3);
    expect(admitted.slice(0, 3)).toEqual([true, true, true]);
  });

  test("L-3: a full minute refuses at 59,999 ms and admits at 60,000 ms", () => {
    const chain = alone(rate("REQUEST", "MINUTE", 1));
    const { spend } = gateway();
    expect([0, 59_999, 60_000].map((ms) => spend(chain, NOON + ms, 1))).toEqual([true, false, true]);
  });

  test("L-3: a full day refuses until just before midnight UTC", () => {
    const chain = alone(daily("REQUEST", 1));
    const { spend } = gateway();
    expect([NOON, MIDNIGHT - 1, MIDNIGHT].map((now) => spend(chain, now, 1))).toEqual([true, false, true]);
  });

  test("L-4: a refused request counts nowhere, not even where there was room", () => {
    const root = group("root", "CASCADING", null, model(SLUG, daily("REQUEST", 1)));
    const leaf = group("leaf", "CASCADING", root, model(SLUG, rate("REQUEST", "MINUTE", 9)));
    const { spend, used } = gateway("reserve");
    expect(spend([root], NOON, 2)).toBe(true);
    expect(spend([leaf, root], NOON, 2)).toBe(false);
    expect([used("leaf", "REQUEST", NOON), used("leaf", "TOKEN", NOON)]).toEqual([0, 0]);
    expect([used("root", "REQUEST", NOON), used("root", "TOKEN", NOON)]).toEqual([1, 2]);
  });

  test("L-12: rate limits decide before usage limits, and room waits for both", () => {
    const chain = alone(daily("REQUEST", 1), rate("REQUEST", "SECOND", 1));
    const { ask, spend } = gateway();
    spend(chain, NOON, 1);
    expect(ask(chain, NOON + 5)).toMatchObject({
      limitingCheck: { limit: { unit: "SECOND" }, used: 1, demand: 1 },
      roomAt: MIDNIGHT,
      checks: [{ limit: { unit: "SECOND" } }, { limit: { unit: "DAY" } }],
    });
    expect(ask(chain, NOON + 1_000)).toMatchObject({
      limitingCheck: { limit: { unit: "DAY" } },
      roomAt: MIDNIGHT,
    });
  });

  test("L-14: a limit that is set later sees what was counted before", () => {
    const { spend } = gateway();
    expect(spend(alone(), NOON, 1)).toBe(true);
    expect(spend(alone(rate("REQUEST", "MINUTE", 1)), NOON + 1, 1)).toBe(false);
    expect(spend(alone(rate("REQUEST", "MINUTE", 2)), NOON + 2, 1)).toBe(true);
  });

  test("an admission tells each limit with what was used before", () => {
    const { ask } = gateway();
    expect(ask(alone(rate("REQUEST", "MINUTE", 2)), NOON)).toEqual({
      admitted: true,
      at: NOON,
      reserved: 0,
      checks: [
        { limit: { type: "REQUEST", unit: "MINUTE", threshold: 2, sourceGroup: "g" }, used: 0, demand: 1 },
      ],
    });
  });
});

describe("L-11: token limits", () => {
  const chain = alone(rate("TOKEN", "MINUTE", 100));

  test("consumed: the request that crosses the line completes and is counted in full", () => {
    const { spend, used } = gateway("consumed");
    expect(spend(chain, NOON, 99)).toBe(true);
    expect(spend(chain, NOON, 500, { promptTokens: 400, maxTokens: 400 })).toBe(true);
    expect(used("g", "TOKEN", NOON)).toBe(599);
    expect(spend(chain, NOON, 1)).toBe(false);
  });

  test("prompt: the prompt must fit as well, to the last token", () => {
    const { ask, spend } = gateway("prompt");
    spend(chain, NOON, 60);
    expect(spend(chain, NOON, 1, { promptTokens: 41, maxTokens: 1 })).toBe(false);
    expect(spend(chain, NOON, 40, { promptTokens: 40, maxTokens: 4_096 })).toBe(true);
    expect(spend(chain, NOON, 0, { promptTokens: 0, maxTokens: 1 })).toBe(false);
    expect(ask(chain, NOON, { promptTokens: 100, maxTokens: 1 })).toMatchObject({ roomAt: NOON + 60_000 });
  });

  test("prompt: a prompt above the threshold never fits", () => {
    const { ask } = gateway("prompt");
    expect(ask(chain, NOON, { promptTokens: 101, maxTokens: 1 })).toMatchObject({
      admitted: false,
      limitingCheck: { used: 0, demand: 101 },
      roomAt: null,
    });
  });

  test("reserve: prompt and max_tokens count from arrival, and only what was used after the end", () => {
    const meterOf = meterBook();
    const plan = planFor(chain, SLUG, meterOf);
    const first = admit(plan, NOON, { promptTokens: 10, maxTokens: 60 }, "reserve");
    expect(first).toMatchObject({ admitted: true, reserved: 70 });
    expect(admit(plan, NOON + 1, { promptTokens: 10, maxTokens: 21 }, "reserve").admitted).toBe(false);
    chargeTokens(plan.counters, NOON, 70, 15);
    expect(meterOf("g", SLUG).used("TOKEN", "MINUTE", NOON + 1)).toBe(15);
    expect(admit(plan, NOON + 1, { promptTokens: 10, maxTokens: 75 }, "reserve").admitted).toBe(true);
    expect(meterOf("g", SLUG).used("TOKEN", "MINUTE", NOON + 1)).toBe(100);
    expect(admit(plan, NOON + 60_000, { promptTokens: 90, maxTokens: 11 }, "reserve")).toMatchObject({
      roomAt: null,
    });
  });

  test("L-4: a request that produced nothing gives its reservation back and still counts as one", () => {
    const { spend, used } = gateway("reserve");
    expect(spend(chain, NOON, 0, { promptTokens: 10, maxTokens: 60 })).toBe(true);
    expect([used("g", "REQUEST", NOON), used("g", "TOKEN", NOON)]).toEqual([1, 0]);
  });
});
