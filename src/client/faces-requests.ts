import { parseDuration } from "../domain/duration.js";
import { invalid } from "../domain/errors.js";
import { ECHO_NOTE, type JournalEntry, type JournalFilter } from "../domain/journal.js";
import type { Journal } from "../services/journal.js";
import { checkFields, type Fields } from "./faces-known-fields.js";

/** How many requests, and how long to wait for them. */
export interface Expectation {
  /** Exactly so many; at least one when absent. */
  readonly count?: number;
  /** Real time: milliseconds or `2s`; 1 second when absent. */
  readonly within?: number | string;
}

/** An expectation on what was asked that did not hold; the message says what there was instead. */
export class RequestExpectationError extends Error {
  override readonly name = "RequestExpectationError";
}

/** Where entries are read: this process's journal, or an emulator's elsewhere. */
export interface RequestSource {
  /** Those that fit, oldest first. */
  list(filter: JournalFilter): Promise<readonly JournalEntry[]>;
  /**
   * The same, once exactly `count` fit, or any when that is null.
   * @param patienceMs after so much real time, those that fit by then
   */
  arrival(filter: JournalFilter, count: number | null, patienceMs: number): Promise<readonly JournalEntry[]>;
}

/** What requests can be told apart by. */
export const REQUEST_FILTER: Fields<JournalFilter> = {
  method: true,
  path: true,
  status: true,
  surface: true,
  key: true,
  group: true,
  slug: true,
  error: true,
};
const EXPECTATION: Fields<Expectation> = { count: true, within: true };

const PATIENCE_MS = 1_000;
/** Most entries that a list holds. */
const MOST = 100_000;
/** Most entries that a message shows. */
const MOST_SHOWN = 10;
/** Errors of requests that nobody meant to be answered. */
const UNMATCHED: readonly (string | null)[] = ["unmatched", "unknown_path", "method_not_allowed"];

export function requestsIn(journal: Journal): RequestSource {
  const page = (filter: JournalFilter) => journal.page(filter, 0, MOST);
  return {
    list: async (filter) => page(filter),
    async arrival(filter, count, patienceMs) {
      await journal.waitForEntries(filter, count, patienceMs);
      return page(filter);
    },
  };
}

/** Those that fit, oldest first. @throws TypeError for a field that no filter has */
export async function listRequests(
  source: RequestSource,
  filter: JournalFilter,
): Promise<readonly JournalEntry[]> {
  checkFields("requests", filter, REQUEST_FILTER);
  return source.list(filter);
}

/**
 * Waits until a request fits.
 * @returns those that do, oldest first
 * @throws RequestExpectationError; TypeError for a field that there is not
 */
export async function expectRequest(
  source: RequestSource,
  filter: JournalFilter,
  expectation: Expectation,
): Promise<readonly JournalEntry[]> {
  checkFields("expectRequest, what to look for", filter, REQUEST_FILTER);
  checkFields("expectRequest, how many and how long", expectation, EXPECTATION);
  const { count, within = PATIENCE_MS } = expectation;
  const patience = parseDuration(within);
  if (patience === null) throw invalid("within", 'expected milliseconds or a duration such as "2s"');
  const found = await source.arrival(filter, count ?? null, patience);
  if (count === undefined ? found.length > 0 : found.length === count) return found;
  throw new RequestExpectationError(
    `expected ${count === undefined ? "a request" : `${count} requests`} with ${JSON.stringify(filter)}, found ${found.length}.\n${shown(await source.list({}))}`,
  );
}

/** @throws RequestExpectationError naming every request that no rule fitted, or that no route took */
export async function expectNoUnmatched(source: RequestSource): Promise<void> {
  const unmatched = (await source.list({})).filter(
    ({ error, notes }) => UNMATCHED.includes(error) || notes.includes(ECHO_NOTE),
  );
  if (unmatched.length === 0) return;
  throw new RequestExpectationError(
    `expected every request to be matched, but ${unmatched.length} ${unmatched.length === 1 ? "was" : "were"} not.\n${shown(unmatched)}`,
  );
}

/** The newest entries, one line each with what is known about it. */
export function shown(entries: readonly JournalEntry[]): string {
  if (entries.length === 0) return "Nothing was asked.";
  const lines = entries.slice(-MOST_SHOWN).map((entry) => {
    const facts = [entry.slug, entry.externalEntityId, entry.error, entry.hint, ...entry.notes];
    return `  ${entry.method} ${entry.path} ${entry.status} ${facts.filter((fact) => fact !== null).join("; ")}`;
  });
  const more = entries.length - lines.length;
  return [more > 0 ? `Asked, the newest ${lines.length} of ${entries.length}:` : "Asked:", ...lines].join(
    "\n",
  );
}
