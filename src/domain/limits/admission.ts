import type { EffectiveLimit, LimitType } from "../model.js";
import type { Settings } from "../settings.js";
import { effectiveLimits, type GroupChain } from "./effective.js";
import type { Meter } from "./meter.js";

/** How requests for one (group, slug) are checked and counted, until a limit or the hierarchy changes. */
export interface LimitPlan {
  /** In effective order, rate limits before usage limits (L-12), each with the meter that it checks. */
  readonly checks: readonly PlannedCheck[];
  /** The meters that count an admitted request, with or without limits (L-14). */
  readonly counters: readonly Meter[];
}

interface PlannedCheck {
  readonly limit: EffectiveLimit;
  readonly meter: Meter;
}

/** Tokens of the prompt, and the maximum of the answer; known on arrival. */
export interface TokenDemand {
  readonly promptTokens: number;
  readonly maxTokens: number;
}

/** The check of one limit. It has room while `used + demand <= limit.threshold`. */
export interface CheckResult {
  readonly limit: EffectiveLimit;
  /** Used before this request. */
  readonly used: number;
  /** What must fit: 1 for REQUEST limits and under `consumed`, else tokens, at least 1 (L-11). */
  readonly demand: number;
}

export type Admission =
  | {
      readonly admitted: true;
      /** When the request was counted; its tokens count at the same instant. */
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
       * When the same request would pass all limits, if nothing else is admitted before; null: never, because its
       * tokens alone exceed a threshold.
       */
      readonly roomAt: number | null;
      readonly checks: readonly CheckResult[];
    };

/**
 * The plan of `slug` for the first group of `chain`. INDEPENDENT: all limits, also inherited ones, check the group's own
 * meter (L-5). CASCADING: a limit checks the meter of the group that declared it, and the meters of the group and all
 * its ancestors count the request (L-6).
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
  if (self.enforcement === "INDEPENDENT") {
    const meter = meterOf(self.id, slug);
    return { checks: limits.map((limit) => ({ limit, meter })), counters: [meter] };
  }
  const meters = new Map(chain.map((group) => [group.id, meterOf(group.id, slug)]));
  const checks = limits.flatMap((limit) => {
    const meter = meters.get(limit.sourceGroup);
    return meter === undefined ? [] : [{ limit, meter }];
  });
  return { checks, counters: [...meters.values()] };
}

/**
 * Counts an admitted request and its reservation. Call it in the same turn of the event loop as {@link checkLimits}:
 * with room for k more requests exactly k are then admitted (L-10).
 */
export function countRequest(
  counters: readonly Meter[],
  admission: Extract<Admission, { admitted: true }>,
): void {
  for (const meter of counters) meter.admit(admission.at, admission.reserved);
}

/**
 * Checks the limits without counting (L-12).
 *
 * `mode` decides what a TOKEN limit requires (L-11). `consumed`: any room. `prompt`: room for the prompt. `reserve`:
 * room for the prompt and `maxTokens`; {@link chargeTokens} later corrects the reservation. In all modes an exhausted
 * limit refuses even a request of no tokens. Under the last two a request larger than the threshold never passes (Y-6).
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
 * Counts the tokens of an admitted request at its admission instant (Y-3), less its reservation.
 *
 * @param counters the meters that counted the request; limits or groups may have changed since
 * @param totalTokens prompt and completion tokens (L-2), as far as they were produced (L-4)
 */
export function chargeTokens(
  counters: readonly Meter[],
  at: number,
  reserved: number,
  totalTokens: number,
): void {
  for (const meter of counters) meter.charge(at, totalTokens - reserved);
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

/** When all limits have room: the latest of their instants. */
function roomForAll(
  plan: Pick<LimitPlan, "checks">,
  checks: readonly CheckResult[],
  now: number,
): number | null {
  let latest = now;
  for (const [index, { limit, meter }] of plan.checks.entries()) {
    const demand = checks[index]?.demand ?? 1;
    // For whole numbers, used + demand <= threshold means used < threshold - demand + 1.
    const room = meter.roomAt(limit.type, limit.unit, limit.threshold - demand + 1, now);
    if (room === null) return null;
    latest = Math.max(latest, room);
  }
  return latest;
}
