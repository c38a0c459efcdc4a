import type { Writable } from "node:stream";
import type { JournalEntry } from "../../domain/journal.js";
import { colours, wantsColours } from "./colours.js";
import { jsonLog } from "./json.js";
import { prettyLog } from "./pretty.js";
import { silentLog } from "./silent.js";

export const LOG_FORMATS = ["pretty", "json", "silent"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** What a start has to say once it listens. */
export interface Listening {
  readonly version: string;
  readonly url: string;
  readonly host: string;
  readonly workspaceKey: string;
  /** The workspace key came from the environment: the user has it, and it may be a real one. */
  readonly ownKey: boolean;
  readonly env: Readonly<Record<string, string>>;
  /** An absolute path, or `:memory:`. */
  readonly state: string;
  /** The state had data. */
  readonly resumed: boolean;
  /** Seed files of this start. */
  readonly seeds: readonly string[];
  /** How many federated keys the seed declared. */
  readonly keys: number;
  readonly example: { readonly key: string; readonly slug: string } | null;
}

/** Standard output of a start. Nothing but the banner shows a secret. */
export interface Log {
  listening(facts: Listening): void;
  request(entry: JournalEntry): void;
  /** What else happened, one line. */
  notice(text: string): void;
  /** Writes what is waiting, now. */
  flush(): void;
}

export function createLog(
  format: LogFormat,
  stream: Writable & { isTTY?: boolean },
  env: NodeJS.ProcessEnv,
): Log {
  switch (format) {
    case "pretty":
      return prettyLog(stream, colours(wantsColours(stream, env)));
    case "json":
      return jsonLog(stream);
    case "silent":
      return silentLog(stream);
  }
}
