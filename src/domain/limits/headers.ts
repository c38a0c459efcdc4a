import type { LimitType } from "../model.js";
import type { Admission, CheckResult } from "./admission.js";
import { SECOND_MS } from "./time.js";

/**
 * `x-ratelimit-*` and `Retry-After` (L-13). They show the rate limit of each type with the least room. Usage limits are
 * not shown.
 */
export function rateLimitHeaders(admission: Admission, now: number): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [type, name] of TYPES) {
    const check = tightest(admission.checks, type);
    if (!check) continue;
    const own = admission.admitted && type === "REQUEST" ? 1 : 0;
    headers[`x-ratelimit-limit-${name}`] = String(check.limit.threshold);
    headers[`x-ratelimit-remaining-${name}`] = String(Math.max(0, check.limit.threshold - check.used - own));
  }
  if (!admission.admitted && admission.roomAt !== null) {
    headers["Retry-After"] = String(Math.max(1, Math.ceil((admission.roomAt - now) / SECOND_MS)));
  }
  return headers;
}

const TYPES: readonly (readonly [LimitType, string])[] = [
  ["REQUEST", "requests"],
  ["TOKEN", "tokens"],
];

function tightest(checks: readonly CheckResult[], type: LimitType): CheckResult | null {
  let result: CheckResult | null = null;
  for (const check of checks) {
    if (check.limit.type !== type || check.limit.unit === "DAY") continue;
    if (!result || room(check) < room(result)) result = check;
  }
  return result;
}

function room({ limit, used }: CheckResult): number {
  return limit.threshold - used;
}
