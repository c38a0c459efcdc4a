import { checkFields } from "../../../client/faces-known-fields.js";
import { REQUEST_FILTER, shown } from "../../../client/faces-requests.js";
import type { GatewayWorld, JournalEntry, JournalFilter } from "../../../index.js";
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

/** The part of a decision (`GET /_emulator/decisions/<id>`) that this looks at. */
interface Decision {
  readonly chain: readonly { readonly id: string; readonly external_entity_id: string }[];
  readonly limits: readonly {
    readonly type: string;
    readonly unit: string;
    readonly source_group: string;
    readonly bound: boolean;
  }[];
}

const RATE_LIMITED = 429;

/** `toHaveRefused`: requests that were answered with a 4xx status, those with a limit by that limit. */
export async function refused(gateway: GatewayWorld, expected: RefusedRequests): Promise<MatcherResult> {
  checkFields("toHaveRefused", expected, { ...REQUEST_FILTER, limit: true, limitOf: true, times: true });
  const { limit, limitOf, times, ...filter } = expected;
  const byLimit = limit !== undefined || limitOf !== undefined;
  const status = filter.status ?? (byLimit ? RATE_LIMITED : undefined);
  const refusals = (await gateway.requests({ ...filter, status })).filter(isRefusal);
  const found = byLimit ? await boundBy(gateway, refusals, limit, limitOf) : refusals;
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

async function boundBy(
  gateway: GatewayWorld,
  entries: readonly JournalEntry[],
  limit: LimitName | undefined,
  limitOf: string | undefined,
): Promise<JournalEntry[]> {
  const found: JournalEntry[] = [];
  for (const entry of entries) {
    const decision = await decisionOf(gateway, entry);
    const bound = decision?.limits.find((one) => one.bound);
    if (!decision || !bound) continue;
    const source = decision.chain.find(({ id }) => id === bound.source_group);
    const names = [bound.source_group, source?.external_entity_id];
    if (limit !== undefined && limit !== `${bound.type}/${bound.unit}`) continue;
    if (limitOf !== undefined && !names.includes(limitOf)) continue;
    found.push(entry);
  }
  return found;
}

/** By HTTP, which an emulator in this process answers as one elsewhere does; null when limits were never looked at. */
async function decisionOf(gateway: GatewayWorld, { seq }: JournalEntry): Promise<Decision | null> {
  const answer = await fetch(`${gateway.url}/_emulator/decisions/${seq}`);
  if (answer.ok) return (await answer.json()) as Decision;
  await answer.body?.cancel();
  return null;
}
