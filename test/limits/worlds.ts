import fc from "fast-check";
import type { GroupModel, LimitEnforcement } from "../../src/domain/model.js";
import type { Settings } from "../../src/domain/settings.js";
import { OTHER_SLUG, SLUG } from "./support.js";

export const NAMES = ["a", "b", "c", "d", "e"] as const;

const slug = fc.oneof({ weight: 4, arbitrary: fc.constant(SLUG) }, fc.constant(OTHER_SLUG));
const type = fc.constantFrom("REQUEST" as const, "TOKEN" as const);
const limitsOf = <U>(unit: fc.Arbitrary<U>) =>
  fc.uniqueArray(
    type.chain((type) => {
      const most = type === "REQUEST" ? 5 : 90;
      return fc.record({ type: fc.constant(type), unit, threshold: fc.integer({ min: 1, max: most }) });
    }),
    { selector: (limit) => limit.type, minLength: 1, maxLength: 2 },
  );
const models: fc.Arbitrary<GroupModel[]> = fc.uniqueArray(
  fc.record({
    slug,
    rate_limits: limitsOf(fc.constantFrom("SECOND" as const, "MINUTE" as const)),
    usage_limits: fc.oneof(fc.constant([]), limitsOf(fc.constant("DAY" as const))),
  }),
  { selector: (model) => model.slug, minLength: 1, maxLength: 2 },
);

const who = fc.constantFrom(...NAMES);
const step = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({
      do: fc.constant("ask" as const),
      who,
      slug,
      max_tokens: fc.integer({ min: 1, max: 40 }),
      usage: fc.tuple(fc.nat(20), fc.nat(20)),
      stream: fc.boolean(),
      broken: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.oneof(fc.constantFrom(1, 999, 1_000, 59_999, 60_000), fc.nat(20_000)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("midnight" as const), off: fc.constantFrom(-1, 0, 1) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("patch" as const), who, models }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("recreate" as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const) }) },
);
/** One thing that happens to a world. */
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
export type Ask = Extract<Step, { do: "ask" }>;

/** A tree of groups, and what happens to it. */
export const worlds = fc.record({
  enforcement: fc.constantFrom<LimitEnforcement>("INDEPENDENT", "CASCADING"),
  mode: fc.constantFrom<Settings["tokenAdmission"]>("consumed", "consumed", "prompt", "reserve"),
  /** For each group, how far back in the list its parent stands; 0 for a root. */
  parents: fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.nat(2)), {
    minLength: NAMES.length,
    maxLength: NAMES.length,
  }),
  /** Whether it lives in a file, and may be stopped and started (L-15): slower, so only some do. */
  restarts: fc.oneof({ weight: 2, arbitrary: fc.constant(false) }, fc.constant(true)),
  /** The limits to begin with, by the same calls as later changes. */
  models: fc.array(models, { minLength: NAMES.length, maxLength: NAMES.length }),
  steps: fc.array(step, { minLength: 25, maxLength: 60, size: "max" }),
});
export type World = typeof worlds extends fc.Arbitrary<infer T> ? T : never;
