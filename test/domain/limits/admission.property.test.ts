import fc from "fast-check";
import { expect, test } from "vitest";
import { chargeTokens, type LimitPlan, planFor } from "../../../src/domain/limits/admission.js";
import { effectiveModels } from "../../../src/domain/limits/effective.js";
import { MAX_LEVELS } from "../../../src/domain/limits/hierarchy.js";
import { Meter } from "../../../src/domain/limits/meter.js";
import { nextMidnight } from "../../../src/domain/limits/time.js";
import type { Group, GroupModel, LimitEnforcement } from "../../../src/domain/model.js";
import type { Settings } from "../../../src/domain/settings.js";
import { admit } from "./admit.js";
import { group, NOON } from "./build.js";
import { SlowMeter, slowFits, slowLimits } from "./reference.js";

const SLUGS = ["acme/one", "acme/two"] as const;
const NAMES = ["a", "b", "c", "d", "e", "f"] as const;

const threshold = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 60 }));
const type = fc.constantFrom("REQUEST" as const, "TOKEN" as const);
const models: fc.Arbitrary<GroupModel[]> = fc.uniqueArray(
  fc.record({
    slug: fc.oneof({ weight: 3, arbitrary: fc.constant(SLUGS[0]) }, fc.constant(SLUGS[1])),
    rate_limits: fc.uniqueArray(
      fc.record({ type, unit: fc.constantFrom("SECOND" as const, "MINUTE" as const), threshold }),
      { selector: (limit) => limit.type, maxLength: 2 },
    ),
    usage_limits: fc.uniqueArray(fc.record({ type, unit: fc.constant("DAY" as const), threshold }), {
      selector: (limit) => limit.type,
      maxLength: 2,
    }),
  }),
  { selector: (model) => model.slug, minLength: 1, maxLength: 2 },
);

const who = fc.nat(NAMES.length - 1);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("request" as const),
      who,
      slug: fc.oneof({ weight: 3, arbitrary: fc.constant(SLUGS[0]) }, fc.constant(SLUGS[1])),
      prompt: fc.nat(12),
      max: fc.nat(12),
      total: fc.nat(30),
      /** Whether its tokens are booked at once, or by a later "finish". */
      late: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("finish" as const), which: fc.nat(5) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.oneof(fc.constantFrom(0, 1, 999, 1_000, 1_001, 59_999, 60_000, 60_001), fc.nat(30_000)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("midnight" as const), off: fc.constantFrom(-1, 0, 1) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("change" as const), who, models }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("recreate" as const), who }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Ask = Extract<Step, { do: "request" }>;

const world = fc.record({
  enforcement: fc.constantFrom<LimitEnforcement>("INDEPENDENT", "CASCADING"),
  mode: fc.constantFrom<Settings["tokenAdmission"]>("consumed", "prompt", "reserve"),
  /** For each group, how far back in the list its parent stands; 0 for a root. */
  parents: fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.nat(3)), {
    minLength: NAMES.length,
    maxLength: NAMES.length,
  }),
  models: fc.array(models, { minLength: NAMES.length, maxLength: NAMES.length }),
  steps: fc.array(step, { maxLength: 45, size: "max" }),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

/** Runs one world on the fast code and on the slow model side by side, and fails where they part. */
class Comparison {
  readonly #mode: Settings["tokenAdmission"];
  readonly #groups: Group[] = [];
  #fast = new Map<string, Meter>();
  #slow = new Map<string, SlowMeter>();
  #plans = new Map<string, LimitPlan>();
  readonly #unfinished: (() => void)[] = [];
  #now = NOON;
  admitted = 0;
  refused = 0;

  constructor({ enforcement, mode, parents, models }: World) {
    this.#mode = mode;
    for (const [index, id] of NAMES.entries()) {
      const back = parents[index] ?? 0;
      const above = back === 0 ? undefined : this.#groups[index - back];
      const parent = above !== undefined && this.#chain(above).length < MAX_LEVELS ? above : null;
      this.#groups.push(group(id, enforcement, parent, ...(models[index] ?? [])));
    }
  }

  run(current: Step): void {
    switch (current.do) {
      case "request":
        this.#request(current);
        return;
      case "finish":
        this.#unfinished.splice(current.which, 1)[0]?.();
        return;
      case "wait":
        this.#now += current.ms;
        return;
      case "midnight":
        this.#now = Math.max(this.#now, nextMidnight(this.#now) + current.off);
        return;
      case "change": {
        const changed = this.#groups[current.who];
        if (changed !== undefined) this.#groups[current.who] = { ...changed, models: current.models };
        this.#plans = new Map();
        return;
      }
      case "recreate":
        this.#recreate(NAMES[current.who] ?? "a");
    }
  }

  #request({ who, slug, prompt, max, total, late }: Ask): void {
    const self = this.#groups[who];
    if (self === undefined) return;
    const chain = this.#chain(self);
    const now = this.#now;
    const mode = this.#mode;
    const cascading = self.enforcement === "CASCADING";
    const limits = slowLimits(chain, slug);
    const counterOf = (limit: { sourceGroup: string }) =>
      this.#slowMeter(cascading ? limit.sourceGroup : self.id, slug);
    const usedAt = (moment: number) =>
      limits.map((limit) => counterOf(limit).used(limit.type, limit.unit, moment));
    const boundAt = (moment: number) => {
      const used = usedAt(moment);
      return limits.find((limit, index) => !slowFits(limit, used[index] ?? 0, prompt, max, mode));
    };
    const expectedUsed = usedAt(now);
    const bound = boundAt(now);

    const plan = this.#plan(chain, self.id, slug);
    const admission = admit(plan, now, { promptTokens: prompt, maxTokens: max }, mode);
    expect([admission.admitted, ...admission.checks.map(({ limit, used }) => [limit, used])]).toEqual([
      bound === undefined,
      ...limits.map((limit, index) => [limit, expectedUsed[index]]),
    ]);
    if (!admission.admitted) {
      this.refused += 1;
      const moments = limits.flatMap((limit) => counterOf(limit).moments(now)).sort((a, b) => a - b);
      expect(admission.limitingCheck.limit).toEqual(bound);
      expect(admission.roomAt).toBe(moments.find((moment) => boundAt(moment) === undefined) ?? null);
      return;
    }

    this.admitted += 1;
    const fed = (cascading ? chain : [self]).map(({ id }) => this.#slowMeter(id, slug));
    const reserved = mode === "reserve" ? prompt + max : 0;
    for (const meter of fed) meter.book(now, 1, reserved);
    const finish = () => {
      chargeTokens(plan.counters, admission.at, admission.reserved, total);
      for (const meter of fed) meter.book(now, 0, total - reserved);
    };
    if (late) this.#unfinished.push(finish);
    else finish();
  }

  /** Deletes the group with its subtree and makes them anew: their meters start at zero (L-14). */
  #recreate(id: string): void {
    for (const candidate of this.#groups) {
      if (!this.#chain(candidate).some((ancestor) => ancestor.id === id)) continue;
      for (const slug of SLUGS) {
        this.#fast.delete(`${candidate.id} ${slug}`);
        this.#slow.delete(`${candidate.id} ${slug}`);
      }
    }
    this.#plans = new Map();
  }

  /** Every group's effective models, said by both (G-10). */
  checkEffectiveModels(): void {
    for (const self of this.#groups) {
      const chain = this.#chain(self);
      expect(effectiveModels(chain).map((model) => [model.slug, ...model.rate, ...model.usage])).toEqual(
        self.models.map(({ slug }) => [slug, ...slowLimits(chain, slug)]),
      );
    }
  }

  #chain(self: Group): Group[] {
    const parent = this.#groups.find(({ id }) => id === self.parentId);
    return parent === undefined ? [self] : [self, ...this.#chain(parent)];
  }

  #plan(chain: readonly Group[], id: string, slug: string): LimitPlan {
    const known = this.#plans.get(`${id} ${slug}`);
    if (known !== undefined) return known;
    const plan = planFor(chain, slug, (groupId) =>
      lookUp(this.#fast, `${groupId} ${slug}`, () => new Meter()),
    );
    this.#plans.set(`${id} ${slug}`, plan);
    return plan;
  }

  #slowMeter(groupId: string, slug: string): SlowMeter {
    return lookUp(this.#slow, `${groupId} ${slug}`, () => new SlowMeter());
  }
}

function lookUp<T>(book: Map<string, T>, key: string, make: () => T): T {
  const value = book.get(key) ?? make();
  book.set(key, value);
  return value;
}

test("L-1 to L-14: admission agrees with a plain list of all requests, in every mode", {
  timeout: 120_000,
}, () => {
  let admitted = 0;
  let refused = 0;
  fc.assert(
    fc.property(world, (instance) => {
      const comparison = new Comparison(instance);
      for (const current of instance.steps) comparison.run(current);
      comparison.checkEffectiveModels();
      admitted += comparison.admitted;
      refused += comparison.refused;
    }),
    { numRuns: 9_000 },
  );
  // The worlds must meet both answers often, or the agreement says nothing.
  expect(Math.min(admitted, refused) / (admitted + refused)).toBeGreaterThan(0.2);
});
