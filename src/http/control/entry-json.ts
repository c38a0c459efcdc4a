import { isoTime } from "../../domain/iso-time.js";
import type { JournalEntry } from "../../domain/journal.js";

/** A journal entry as the control API and the JSON log show it. */
export function entryJson(entry: JournalEntry) {
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
