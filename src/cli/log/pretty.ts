import type { Writable } from "node:stream";
import type { JournalEntry } from "../../domain/journal.js";
import { count } from "../count.js";
import { banner } from "./banner.js";
import { Lines } from "./lines.js";
import type { Log } from "./log.js";
import type { Paint } from "./paint.js";
import { withoutSecrets } from "./secrets.js";

/** The log for people: a banner, then one line per request. */
export function prettyLog(stream: Writable, paint: Paint): Log {
  const lines = new Lines(stream, (dropped) =>
    paint("dim", `(${count(dropped, "line")} dropped: output was not read)`),
  );
  return {
    listening: (facts) => lines.write(banner(facts, paint)),
    request: (entry) => lines.write(requestLine(entry, paint)),
    notice: (text) => lines.write(paint("cyan", text)),
    flush: () => lines.flush(),
  };
}

/** One request: time on the world's clock (UTC), method, path, status, key, slug, tokens, duration, error. */
export function requestLine(entry: JournalEntry, paint: Paint): string {
  const { at, method, path, status, keyPrefix, slug, promptTokens, completionTokens, durationMs } = entry;
  const parts = [
    paint("dim", new Date(at).toISOString().slice("2026-06-17T".length, -1)),
    method,
    clean(path),
    paint(statusColour(status), String(status)),
    keyPrefix === null ? null : clean(keyPrefix),
    slug === null ? null : clean(slug),
    promptTokens === null ? null : `${promptTokens}+${completionTokens ?? 0} tokens`,
    paint("dim", `${durationMs} ms`),
    reason(entry, paint),
  ];
  return parts.filter((part) => part !== null).join(" ");
}

function reason({ error, hint }: JournalEntry, paint: Paint): string | null {
  if (error === null) return null;
  return paint("yellow", hint === null ? error : `${error}: ${clean(hint)}`);
}

/** Replaces control characters: text from a request must not control the terminal. */
function clean(text: string): string {
  return withoutSecrets(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
}

function statusColour(status: number): "red" | "yellow" | "green" {
  if (status >= 500) return "red";
  return status >= 400 ? "yellow" : "green";
}
