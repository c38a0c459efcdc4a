import { parseDuration } from "../../domain/duration.js";
import { GatewayError, invalid } from "../../domain/errors.js";
import type { JournalEntry, JournalFilter } from "../../domain/journal.js";
import type { Journal } from "../../services/journal.js";
import { json } from "../answer.js";
import type { Route } from "../routes.js";
import { integerOf, knownQuery, limitOf } from "./call.js";

const FILTERS = ["method", "path", "status", "surface", "key", "group", "slug", "error"];
const PARAMETERS = [...FILTERS, "within", "count", "limit", "cursor"];

/** What was asked and answered. */
export const REQUEST_ROUTES: readonly Route[] = [
  {
    surface: "control",
    method: "GET",
    path: "/_emulator/requests",
    async handler({ query, services }) {
      knownQuery(query, PARAMETERS);
      const filter = filterOf(query);
      await arrival(query, services.journal, filter);
      const limit = limitOf(query);
      const after = integerOf(query, "cursor", 0, Number.MAX_SAFE_INTEGER) ?? 0;
      const found = services.journal.page(filter, after, limit + 1);
      const items = found.slice(0, limit);
      const last = items.at(-1);
      return json(200, {
        items: items.map((entry) => ({ ...entryJson(entry), decision: entry.decision })),
        pagination: {
          has_more: found.length > limit,
          cursor: found.length > limit && last ? String(last.seq) : null,
        },
        total: services.journal.count(filter),
      });
    },
  },
  {
    surface: "control",
    method: "DELETE",
    path: "/_emulator/requests",
    handler({ services }) {
      services.journal.clear();
      return json(200, { ok: true });
    },
  },
  {
    surface: "control",
    method: "GET",
    path: "/_emulator/requests/:id",
    handler(call) {
      const id = call.param("id");
      const entry = /^\d{1,15}$/.test(id) ? call.services.journal.find(Number(id)) : null;
      if (!entry) throw new GatewayError("not_found", { message: `Request ${id} not found.` });
      return json(200, entryJson(entry));
    },
  },
];

/** `within=2s` waits until `count` requests fit, any when that is absent, or the time is over. */
async function arrival(query: URLSearchParams, journal: Journal, filter: JournalFilter): Promise<void> {
  const count = integerOf(query, "count", 0, Number.MAX_SAFE_INTEGER);
  const within = query.get("within");
  if (within === null) {
    if (count !== undefined) throw invalid("count", "goes with within, such as within=2s");
    return;
  }
  const patience = parseDuration(within);
  if (patience === null) throw invalid("within", 'expected a duration such as "2s"');
  await journal.waitForEntries(filter, count ?? null, patience);
}

function filterOf(query: URLSearchParams): JournalFilter {
  const text = (name: string): string | undefined => query.get(name) ?? undefined;
  return {
    method: text("method"),
    path: text("path"),
    status: integerOf(query, "status", 100, 999),
    surface: text("surface"),
    key: text("key"),
    group: text("group"),
    slug: text("slug"),
    error: text("error"),
  };
}

function entryJson(entry: JournalEntry) {
  return {
    id: String(entry.seq),
    at: new Date(entry.at).toISOString(),
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
