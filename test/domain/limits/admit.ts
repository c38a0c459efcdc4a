import {
  type Admission,
  checkLimits,
  countRequest,
  type LimitPlan,
  type TokenDemand,
} from "../../../src/domain/limits/admission.js";
import type { Settings } from "../../../src/domain/settings.js";

/** Checks the limits and counts the request when it passes, as a chat request does. */
export function admit(
  plan: LimitPlan,
  now: number,
  request: TokenDemand,
  mode: Settings["tokenAdmission"],
): Admission {
  const admission = checkLimits(plan, now, request, mode);
  if (admission.admitted) countRequest(plan.counters, admission);
  return admission;
}
