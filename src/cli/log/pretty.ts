import type { Writable } from "node:stream";
import type { JournalEntry } from "../../domain/journal.js";
import { count } from "../count.js";
import { banner } from "./banner.js";
import type { Colours } from "./colours.js";
import { Lines } from "./lines.js";
import type { Log } from "./log.js";
import { withoutSecrets } from "./secrets.js";

/** For people: a banner, then one line per request. */
export function prettyLog(stream: Writable, paint: Colours): Log {
  const lines = new Lines(stream, (missing) =>
    paint.dim(`(${count(missing, "line")} left out: nobody read)`),
  );
  return {
    listening: (facts) => lines.write(banner(facts, paint)),
    request: (entry) => lines.write(requestLine(entry, paint)),
    notice: (text) => lines.write(paint.cyan(text)),
    flush: () => lines.flush(),
  };
}

/** Time (the world's, UTC), what was asked, the answer, who asked for what, and why it was refused. */
export function requestLine(entry: JournalEntry, paint: Colours): string {
  const { at, method, path, status, keyPrefix, slug, promptTokens, completionTokens, durationMs } = entry;
  const parts = [
    paint.dim(new Date(at).toISOString().slice("2026-06-17T".length, -1)),
    method,
    clean(path),
    statusColour(status, paint)(String(status)),
    keyPrefix === null ? null : clean(keyPrefix),
    slug === null ? null : clean(slug),
    promptTokens === null ? null : `${promptTokens}+${completionTokens ?? 0} tokens`,
    paint.dim(`${durationMs} ms`),
    reason(entry, paint),
  ];
  return parts.filter((part) => part !== null).join(" ");
}

function reason({ error, hint }: JournalEntry, paint: Colours): string | null {
  if (error === null) return null;
  return paint.yellow(hint === null ? error : `${error}: ${clean(hint)}`);
}

/** What came over the wire must not drive the terminal. */
function clean(text: string): string {
  return withoutSecrets(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
}

function statusColour(status: number, paint: Colours): (text: string) => string {
  if (status >= 500) return paint.red;
  return status >= 400 ? paint.yellow : paint.green;
}
