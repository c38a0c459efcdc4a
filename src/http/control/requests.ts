import { Hono } from "hono";
import { parseDuration } from "../../domain/duration.js";
import { GatewayError, invalid } from "../../domain/errors.js";
import { isoTime } from "../../domain/iso-time.js";
import type { JournalEntry, JournalFilter } from "../../domain/journal.js";
import type { Journal } from "../../services/journal.js";
import { readDecision } from "../../services/limit-decision.js";
import type { AppContext, AppEnv } from "../env.js";
import { json } from "../respond.js";
import { integerOf, pageOptions, queryOf, respondPage, textOf } from "./query.js";

const FILTERS = ["method", "path", "status", "surface", "key", "group", "slug", "error"];
const PARAMETERS = [...FILTERS, "within", "count", "limit", "cursor"];

/** Journal entries and their limit decisions. */
export const requests = new Hono<AppEnv>();

requests.get("/_emulator/requests", async (c) => {
  const query = queryOf(c, PARAMETERS);
  const { journal } = c.get("services");
  const filter = filterOf(query);
  await waitForEntries(query, journal, filter);
  const { limit, after } = pageOptions(query);
  const found = journal.page(filter, after, limit + 1);
  return respondPage(c, found, limit, listedJson, { total: journal.count(filter) });
});

requests.delete("/_emulator/requests", (c) => {
  c.get("services").journal.clear();
  return json(c, 200, { ok: true });
});

requests.get("/_emulator/requests/:id", (c) => {
  const id = c.req.param("id");
  const entry = findEntry(c, id);
  if (!entry) throw new GatewayError("not_found", { message: `Request ${id} not found.` });
  return json(c, 200, entryJson(entry));
});

/** The id is in the header `x-emulator-decision`. */
requests.get("/_emulator/decisions/:id", (c) => {
  const id = c.req.param("id");
  const entry = findEntry(c, id);
  const decision = entry && readDecision(entry);
  if (!decision) throw new GatewayError("not_found", { message: `Decision ${id} not found.` });
  return json(c, 200, decision);
});

function findEntry(c: AppContext, id: string): JournalEntry | null {
  return /^\d{1,15}$/.test(id) ? c.get("services").journal.find(Number(id)) : null;
}

/** `within=2s` waits at most 2 s until `count` requests match; without `count`, until any does. */
async function waitForEntries(
  query: URLSearchParams,
  journal: Journal,
  filter: JournalFilter,
): Promise<void> {
  const count = integerOf(query, "count", 0, Number.MAX_SAFE_INTEGER);
  const within = query.get("within");
  if (within === null) {
    if (count !== undefined) throw invalid("count", "needs within, such as within=2s");
    return;
  }
  const timeoutMs = parseDuration(within);
  if (timeoutMs === null) throw invalid("within", 'expected a duration such as "2s"');
  await journal.waitForEntries(filter, count ?? null, timeoutMs);
}

function filterOf(query: URLSearchParams): JournalFilter {
  return {
    method: textOf(query, "method"),
    path: textOf(query, "path"),
    status: integerOf(query, "status", 100, 999),
    surface: textOf(query, "surface"),
    key: textOf(query, "key"),
    group: textOf(query, "group"),
    slug: textOf(query, "slug"),
    error: textOf(query, "error"),
  };
}

/** With its decision, so that a client does not have to request each. */
function listedJson(entry: JournalEntry) {
  return { ...entryJson(entry), decision: entry.decision };
}

function entryJson(entry: JournalEntry) {
  return {
    id: String(entry.seq),
    at: isoTime(entry.at),
    duration_ms: entry.durationMs,
    surface: entry.surface,
    method: entry.method,
    path: entry.path,
    status: entry.status,
    key: entry.keyPrefix,
    group: entry.groupId,
    external_entity_id: entry.externalEntityId,
    slug: entry.slug,
    prompt_tokens: entry.promptTokens,
    completion_tokens: entry.completionTokens,
    error: entry.error,
    hint: entry.hint,
    notes: entry.notes,
    request_body: entry.requestBody,
    response_body: entry.responseBody,
  };
}
