import type { Writable } from "node:stream";
import type { JournalEntry } from "../../domain/journal.js";
import { Lines } from "./lines.js";
import type { Listening, Log } from "./log.js";
import { withoutSecrets } from "./secrets.js";

/** Logs one JSON object a line; `event` is its kind. Requests have the field names of `GET /_emulator/requests`. */
export function jsonLog(stream: Writable): Log {
  const lines = new Lines(stream, (missing) => line({ event: "gap", missing }));
  return {
    listening: (facts) => lines.write(line(listening(facts))),
    request: (entry) => lines.write(line(request(entry))),
    notice: (text) => lines.write(line({ event: "notice", message: text })),
    flush: () => lines.flush(),
  };
}

function line(value: object): string {
  return withoutSecrets(JSON.stringify(value));
}

function listening({ version, url, state, resumed, seeds, keys }: Listening) {
  return { event: "listening", version, url, state, resumed, seeds, keys };
}

function request(entry: JournalEntry) {
  return {
    event: "request",
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
  };
}
