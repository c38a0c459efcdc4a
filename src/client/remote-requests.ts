import type { JournalEntry, JournalFilter, Surface } from "../domain/journal.js";
import type { RequestSource } from "./faces-requests.js";
import type { ControlClient, Query } from "./remote-control-client.js";

/** An entry as `GET /_emulator/requests` answers it. */
interface EntryJson {
  readonly id: string;
  readonly at: string;
  readonly duration_ms: number;
  readonly surface: Surface;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly key: string | null;
  readonly group: string | null;
  readonly external_entity_id: string | null;
  readonly slug: string | null;
  readonly prompt_tokens: number | null;
  readonly completion_tokens: number | null;
  readonly error: string | null;
  readonly hint: string | null;
  readonly notes: readonly string[];
  readonly request_body: string | null;
  readonly response_body: string | null;
}

/** The journal of a world elsewhere. */
export function requestsAt(client: ControlClient): RequestSource {
  const list = async (query: Query) => (await client.list<EntryJson>("requests", query)).map(entryOf);
  return {
    list: (filter: JournalFilter) => list({ ...filter }),
    async arrival(filter, count, patienceMs) {
      // Not by its answer, which is one page.
      const wait = { within: `${patienceMs}ms`, count: count ?? undefined, limit: 1 };
      await client.get("requests", { ...filter, ...wait });
      return list({ ...filter });
    },
  };
}

/** Decisions are not in the list: `GET /_emulator/decisions/<seq>` answers one. */
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
    decision: null,
    requestBody: json.request_body,
    responseBody: json.response_body,
  };
}
