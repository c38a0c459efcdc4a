import { parseDuration } from "../domain/duration.js";
import { ECHO_NOTE, type JournalEntry, type JournalFilter } from "../domain/journal.js";
import type { ControlApi, Query } from "./control-api.js";
import { checkFields, type Fields } from "./known-fields.js";

/** How many requests to expect, and how long to wait for them. */
export interface Expectation {
  /** Exactly so many; at least one when absent. */
  readonly count?: number;
  /** Real time: milliseconds or `2s`; 1 second when absent. */
  readonly within?: number | string;
}

/** An expectation about requests did not hold. The message shows the requests that came instead. */
export class RequestExpectationError extends Error {
  override readonly name = "RequestExpectationError";
}

type SameInJson = "surface" | "method" | "path" | "status" | "slug" | "error" | "hint" | "notes" | "decision";

/** An entry as `GET /_emulator/requests` returns it. */
interface EntryJson extends Pick<JournalEntry, SameInJson> {
  readonly id: string;
  readonly at: string;
  readonly duration_ms: number;
  readonly key: string | null;
  readonly group: string | null;
  readonly external_entity_id: string | null;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  readonly request_body: string | null;
  readonly response_body: string | null;
}

/** The fields of a filter for requests. */
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

const DEFAULT_WITHIN_MS = 1_000;
/** Most things that a message shows. */
const MAX_SHOWN = 10;
/** Errors of requests that no rule or route was there for. */
const UNMATCHED: readonly (string | null)[] = ["unmatched", "unknown_path", "method_not_allowed"];

/** The matching requests, oldest first. @throws TypeError for an unknown field */
export async function listRequests(
  control: ControlApi,
  filter: JournalFilter,
): Promise<readonly JournalEntry[]> {
  checkFields("requests", filter, REQUEST_FILTER);
  return entries(control, filter);
}

/**
 * Waits until a request matches.
 * @returns the matching requests, oldest first
 * @throws RequestExpectationError; TypeError for an unknown field or an invalid duration
 */
export async function expectRequest(
  control: ControlApi,
  filter: JournalFilter,
  expectation: Expectation,
): Promise<readonly JournalEntry[]> {
  checkFields("expectRequest, what to look for", filter, REQUEST_FILTER);
  checkFields("expectRequest, how many and how long", expectation, EXPECTATION);
  const { count, within = DEFAULT_WITHIN_MS } = expectation;
  const withinMs = parseDuration(within);
  if (withinMs === null) throw new TypeError('within: expected milliseconds or a duration such as "2s"');
  const found = await entries(control, filter, { within: `${withinMs}ms`, count });
  if (count === undefined ? found.length > 0 : found.length === count) return found;
  throw new RequestExpectationError(
    `expected ${count === undefined ? "a request" : `${count} requests`} with ${JSON.stringify(filter)}, found ${found.length}.\n${shown(await entries(control, {}))}`,
  );
}

/** @throws RequestExpectationError that shows every request that matched no rule, or no route */
export async function expectNoUnmatched(control: ControlApi): Promise<void> {
  const unmatched = (await entries(control, {})).filter(
    ({ error, notes }) => UNMATCHED.includes(error) || notes.includes(ECHO_NOTE),
  );
  if (unmatched.length === 0) return;
  throw new RequestExpectationError(
    `expected every request to be matched, but ${unmatched.length} ${unmatched.length === 1 ? "was" : "were"} not.\n${shown(unmatched)}`,
  );
}

/** The newest entries, one line each. */
export function shown(entries: readonly JournalEntry[]): string {
  if (entries.length === 0) return "Nothing was asked.";
  return newest("Asked", entries, (entry) => {
    const facts = [entry.slug, entry.externalEntityId, entry.error, entry.hint, ...entry.notes];
    return `${entry.method} ${entry.path} ${entry.status} ${facts.filter((fact) => fact !== null).join("; ")}`;
  });
}

/** The newest of these things, one line each, below what was done with them. */
export function newest<T>(done: string, things: readonly T[], lineOf: (thing: T) => string): string {
  const lines = things.slice(-MAX_SHOWN).map((thing) => `  ${lineOf(thing)}`);
  const some = things.length > lines.length ? `, the newest ${lines.length} of ${things.length}` : "";
  return [`${done}${some}:`, ...lines].join("\n");
}

/** @param wait how long to wait for how many */
async function entries(
  control: ControlApi,
  filter: JournalFilter,
  wait: Query = {},
): Promise<readonly JournalEntry[]> {
  return (await control.list<EntryJson>("requests", { ...filter }, wait)).map(entryOf);
}

function entryOf(json: EntryJson): JournalEntry {
  return {
    seq: Number(json.id),
    at: Date.parse(json.at),
    durationMs: json.duration_ms,
    surface: json.surface,
    method: json.method,
    path: json.path,
    status: json.status,
    keyPrefix: json.key,
    groupId: json.group,
    externalEntityId: json.external_entity_id,
    slug: json.slug,
    promptTokens: json.prompt_tokens,
    completionTokens: json.completion_tokens,
    error: json.error,
    hint: json.hint,
    notes: json.notes,
    decision: json.decision,
    requestBody: json.request_body,
    responseBody: json.response_body,
  };
}
