import type { EffectiveLimit, LimitType } from "../model.js";
import type { Settings } from "../settings.js";
import { effectiveLimits, type GroupChain } from "./effective.js";
import type { Meter } from "./meter.js";

/** What admission needs to know about one (group, slug); good until a limit or the hierarchy changes. */
export interface LimitPlan {
  /** In effective order, rate limits before usage limits (L-12), each with the meter that it looks at. */
  readonly checks: readonly PlannedCheck[];
  /** The meters that count an admitted request, limited or not (L-14). */
  readonly counters: readonly Meter[];
}

export interface PlannedCheck {
  readonly limit: EffectiveLimit;
  readonly meter: Meter;
}

/** Tokens that a request brings and may ask for, known on arrival. */
export interface TokenDemand {
  readonly promptTokens: number;
  readonly maxTokens: number;
}

/** One limit as a request met it: there is room while `used + demand <= limit.threshold`. */
export interface CheckResult {
  readonly limit: EffectiveLimit;
  /** Counted before this request. */
  readonly used: number;
  /** What must still fit: 1 for REQUEST and under `consumed`, else tokens, at least 1 (L-11). */
  readonly demand: number;
}

export type Admission =
  | {
      readonly admitted: true;
      /** When the request was counted, and where `settle` books its tokens. */
      readonly at: number;
      /** Tokens already charged; 0 unless the mode is `reserve`. */
      readonly reserved: number;
      readonly checks: readonly CheckResult[];
    }
  | {
      readonly admitted: false;
      /** The first limit without room, in effective order (L-12). */
      readonly limitingCheck: CheckResult;
      /**
       * The first instant at which the same request passes every limit, if nothing else is admitted before;
       * null when its tokens alone exceed a threshold, so that it never passes.
       */
      readonly roomAt: number | null;
      readonly checks: readonly CheckResult[];
    };

/**
 * The plan of `slug` for the first group of `chain`. INDEPENDENT: all limits, inherited ones too, look at the
 * group's own meter (L-5). CASCADING: a limit looks at the meter of the group that declared it, and the
 * request feeds the meters of the group and all its ancestors (L-6).
 */
export function planFor(
  chain: GroupChain,
  slug: string,
  meterOf: (groupId: string, slug: string) => Meter,
): LimitPlan {
  const self = chain[0];
  if (self === undefined) return { checks: [], counters: [] };
  const { rate, usage } = effectiveLimits(chain, slug);
  const limits: readonly EffectiveLimit[] = [...rate, ...usage];
  switch (self.enforcement) {
    case "INDEPENDENT": {
      const meter = meterOf(self.id, slug);
      return { checks: limits.map((limit) => ({ limit, meter })), counters: [meter] };
    }
    case "CASCADING": {
      const meters = new Map(chain.map((group) => [group.id, meterOf(group.id, slug)]));
      const checks = limits.flatMap((limit) => {
        const meter = meters.get(limit.sourceGroup);
        return meter === undefined ? [] : [{ limit, meter }];
      });
      return { checks, counters: [...meters.values()] };
    }
  }
}

/** Counts an admitted request on its meters, with what it reserves. In the same turn as its {@link checkLimits}. */
export function countRequest(
  feeds: readonly Meter[],
  admission: Extract<Admission, { admitted: true }>,
): void {
  for (const meter of feeds) meter.admit(admission.at, admission.reserved);
}

/**
 * Decides without counting.
 *
 * What a TOKEN limit asks for depends on `mode` (L-11). `consumed`: any room at all. `prompt`: room for the
 * prompt. `reserve`: room for the prompt and `maxTokens`, charged at once and corrected by `settle`. In each
 * mode an exhausted limit refuses, also a request of no tokens; under the last two, a request larger than the
 * threshold is refused for ever.
 */
export function checkLimits(
  plan: Pick<LimitPlan, "checks">,
  now: number,
  request: TokenDemand,
  mode: Settings["tokenAdmission"],
): Admission {
  const checks: CheckResult[] = [];
  let limitingCheck: CheckResult | null = null;
  for (const { limit, meter } of plan.checks) {
    const used = meter.used(limit.type, limit.unit, now);
    const result = { limit, used, demand: demandOn(limit.type, request, mode) };
    checks.push(result);
    if (limitingCheck === null && !hasRoom(result)) limitingCheck = result;
  }
  if (limitingCheck !== null)
    return { admitted: false, limitingCheck, roomAt: roomForAll(plan, checks, now), checks };
  const reserved = mode === "reserve" ? request.promptTokens + request.maxTokens : 0;
  return { admitted: true, at: now, reserved, checks };
}

/**
 * Books what an admitted request really used, at its admission instant and against its reservation, on the
 * meters that it fed then: limits or groups may have changed since.
 *
 * @param totalTokens prompt plus completion tokens (L-2), as far as they were produced (L-4)
 */
export function chargeTokens(
  feeds: readonly Meter[],
  at: number,
  reserved: number,
  totalTokens: number,
): void {
  for (const meter of feeds) meter.charge(at, totalTokens - reserved);
}

function hasRoom({ limit, used, demand }: CheckResult): boolean {
  return used + demand <= limit.threshold;
}

function demandOn(type: LimitType, request: TokenDemand, mode: Settings["tokenAdmission"]): number {
  if (type === "REQUEST") return 1;
  switch (mode) {
    case "consumed":
      return 1;
    case "prompt":
      return Math.max(1, request.promptTokens);
    case "reserve":
      return Math.max(1, request.promptTokens + request.maxTokens);
  }
}

/** The latest of the limits' own instants: until then, one of them still refuses. */
function roomForAll(
  plan: Pick<LimitPlan, "checks">,
  checks: readonly CheckResult[],
  now: number,
): number | null {
  let latest = now;
  for (const [index, { limit, meter }] of plan.checks.entries()) {
    const demand = checks[index]?.demand ?? 1;
    // used + demand <= threshold, as whole numbers, is used < threshold - demand + 1.
    const room = meter.roomAt(limit.type, limit.unit, limit.threshold - demand + 1, now);
    if (room === null) return null;
    latest = Math.max(latest, room);
  }
  return latest;
}
