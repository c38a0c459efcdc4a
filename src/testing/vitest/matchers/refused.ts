import { checkFields } from "../../../client/known-fields.js";
import { REQUEST_FILTER, shown } from "../../../client/requests.js";
import type { GatewayWorld, JournalEntry, JournalFilter } from "../../../index.js";
import type { DecisionRecord } from "../../../services/limit-decision.js";
import { type MatcherResult, wanted } from "./gateway.js";

/** Such as `REQUEST/MINUTE`. */
export type LimitName = `${"REQUEST" | "TOKEN"}/${"SECOND" | "MINUTE" | "DAY"}`;

/** Which refusals; every given field has to fit. */
export interface RefusedRequests extends JournalFilter {
  /** The limit that refused. */
  readonly limit?: LimitName | undefined;
  /** Id or external entity id of the group whose limit it was: an ancestor's binds too. */
  readonly limitOf?: string | undefined;
  /** Exactly so many; at least one when absent. */
  readonly times?: number | undefined;
}

const RATE_LIMITED = 429;

/** `toHaveRefused`: requests that were answered with a 4xx status, those with a limit by that limit. */
export async function refused(gateway: GatewayWorld, expected: RefusedRequests): Promise<MatcherResult> {
  checkFields("toHaveRefused", expected, { ...REQUEST_FILTER, limit: true, limitOf: true, times: true });
  const { limit, limitOf, times, ...filter } = expected;
  const byLimit = limit !== undefined || limitOf !== undefined;
  const status = filter.status ?? (byLimit ? RATE_LIMITED : undefined);
  const refusals = (await gateway.requests({ ...filter, status })).filter(isRefusal);
  const found = byLimit ? refusals.filter((entry) => isRefusedBy(entry, limit, limitOf)) : refusals;
  const pass = times === undefined ? found.length > 0 : found.length === times;
  return {
    pass,
    message: () => {
      const what = wanted("refusal", times, { limit, limitOf, ...filter });
      if (pass) return `expected no such thing as ${what}.\n${shown(found)}`;
      return `expected ${what}, found ${found.length}.\n${refusals.length > 0 ? shown(refusals) : "Nothing like it was refused."}`;
    },
  };
}

function isRefusal({ status }: JournalEntry): boolean {
  return status >= 400 && status < 500;
}

/** Whether it was this limit, of this group, that refused the request. */
function isRefusedBy(
  { decision: text }: JournalEntry,
  limit: LimitName | undefined,
  limitOf: string | undefined,
): boolean {
  if (text === null) return false;
  const decision: DecisionRecord = JSON.parse(text);
  const refusing = decision.limits[decision.bound];
  if (!refusing) return false;
  const [type, unit, , source] = refusing;
  const group = decision.chain.find(([id]) => id === source);
  return (
    (limit === undefined || limit === `${type}/${unit}`) &&
    (limitOf === undefined || source === limitOf || group?.[1] === limitOf)
  );
}
