import type { Writable } from "node:stream";
import type { JournalEntry } from "../../domain/journal.js";
import { entryJson } from "../../emulator/start.js";
import { Lines } from "./lines.js";
import type { Listening, Log, Reach } from "./log.js";
import { withoutSecrets } from "./secrets.js";

/** Logs one JSON object a line; `event` is its kind. Requests have the field names of `GET /_emulator/requests`. */
export function jsonLog(stream: Writable): Log {
  const lines = new Lines(stream, (missing) => line({ event: "gap", missing }));
  return {
    listening: (facts) => {
      lines.write(line(listening(facts)));
      if (facts.reach) lines.write(line(warning(facts.reach)));
    },
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

/** The token is there if it was made by this start (Y-63). */
function warning({ warning, newToken }: Reach) {
  return { event: "warning", message: warning, ...(newToken === null ? {} : { control_token: newToken }) };
}

function request(entry: JournalEntry) {
  const { request_body, response_body, ...shown } = entryJson(entry);
  return { event: "request", ...shown };
}
