import { parseDuration } from "../domain/duration.js";
import { invalid } from "../domain/errors.js";
import { ECHOED, type JournalEntry, type JournalFilter } from "../domain/journal.js";
import { waitFor } from "../runtime/wait.js";
import type { Journal } from "../services/journal.js";

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

const PATIENCE_MS = 1_000;
/** Most entries that a list holds. */
const MOST = 100_000;
/** Most entries that a message shows. */
const MOST_SHOWN = 10;
/** Errors of requests that nobody meant to be answered. */
const UNMATCHED: readonly (string | null)[] = ["unmatched", "unknown_path", "method_not_allowed"];

/** Entries that fit, oldest first. */
export function requestsOf(journal: Journal, filter: JournalFilter): readonly JournalEntry[] {
  return journal.page(filter, 0, MOST);
}

/**
 * Waits until a request fits.
 * @returns those that do, oldest first
 * @throws RequestExpectationError
 */
export async function expectRequest(
  journal: Journal,
  filter: JournalFilter,
  { count, within = PATIENCE_MS }: Expectation,
): Promise<readonly JournalEntry[]> {
  const patience = parseDuration(within);
  if (patience === null) throw invalid("within", 'expected milliseconds or a duration such as "2s"');
  const fitting = (): number => journal.count(filter);
  const met = (): boolean => (count === undefined ? fitting() > 0 : fitting() === count);
  await waitFor(met, (listener) => journal.onEntry(listener), patience);
  const found = requestsOf(journal, filter);
  if (met()) return found;
  throw new RequestExpectationError(
    `expected ${count === undefined ? "a request" : `${count} requests`} with ${JSON.stringify(filter)}, found ${found.length}.\n${shown(requestsOf(journal, {}))}`,
  );
}

/** @throws RequestExpectationError naming every request that no rule fitted, or that no route took */
export function expectNoUnmatched(journal: Journal): void {
  const unmatched = requestsOf(journal, {}).filter(
    ({ error, notes }) => UNMATCHED.includes(error) || notes.includes(ECHOED),
  );
  if (unmatched.length === 0) return;
  throw new RequestExpectationError(
    `expected every request to be matched, but ${unmatched.length} ${unmatched.length === 1 ? "was" : "were"} not.\n${shown(unmatched)}`,
  );
}

/** The newest entries, one line each with what is known about it. */
function shown(entries: readonly JournalEntry[]): string {
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
