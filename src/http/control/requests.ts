import { Hono } from "hono";
import { parseDuration } from "../../domain/duration.js";
import { GatewayError, invalid } from "../../domain/errors.js";
import type { JournalEntry } from "../../domain/journal.js";
import { readDecision } from "../../services/limit-decision.js";
import type { AppContext, AppEnv } from "../env.js";
import { json } from "../respond.js";
import { entryJson } from "./entry-json.js";
import { integer, PAGE, readQuery, respondPage, text } from "./query.js";

const FILTER = {
  method: text,
  path: text,
  status: integer(100, 999),
  surface: text,
  key: text,
  group: text,
  slug: text,
  error: text,
};
/** A longer wait is a slip of the unit; 24 hours. */
const MOST_WITHIN_MS = 86_400_000;

const WAIT = { within: duration, count: integer(0, Number.MAX_SAFE_INTEGER) };

/** Journal entries and their limit decisions. */
export const requests = new Hono<AppEnv>();

/** `within=2s` waits at most 2 s until `count` requests match; without `count`, until any does. */
requests.get("/_emulator/requests", async (c) => {
  const { within, count, limit, cursor, ...filter } = readQuery(c, { ...FILTER, ...WAIT, ...PAGE });
  const { journal } = c.get("services");
  if (within !== undefined) await journal.waitForEntries(filter, count ?? null, within);
  else if (count !== undefined) throw invalid("count", "needs within, such as within=2s");
  return respondPage(
    c,
    { limit, cursor },
    (after, most) => journal.page(filter, after, most),
    // With its decision, so that a client does not have to request each.
    (entry) => ({ ...entryJson(entry), decision: entry.decision }),
    { total: journal.count(filter) },
  );
});

requests.delete("/_emulator/requests", (c) => {
  c.get("services").journal.clear();
  return json(c, { ok: true });
});

requests.get("/_emulator/requests/:id", (c) => {
  const id = c.req.param("id");
  const entry = findEntry(c, id);
  if (!entry) throw new GatewayError("not_found", { message: `Request ${id} not found.` });
  return json(c, entryJson(entry));
});

/** The id is in the header `x-emulator-decision`. */
requests.get("/_emulator/decisions/:id", (c) => {
  const id = c.req.param("id");
  const entry = findEntry(c, id);
  const decision = entry && readDecision(entry);
  if (!decision) throw new GatewayError("not_found", { message: `Decision ${id} not found.` });
  return json(c, decision);
});

function findEntry(c: AppContext, id: string): JournalEntry | null {
  return /^\d{1,15}$/.test(id) ? c.get("services").journal.find(Number(id)) : null;
}

function duration(given: string, name: string): number {
  const ms = parseDuration(given);
  if (ms === null) throw invalid(name, 'expected a duration such as "2s"');
  if (ms > MOST_WITHIN_MS) throw invalid(name, "expected at most 24h");
  return ms;
}
