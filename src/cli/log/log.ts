import type { JournalEntry } from "../../domain/journal.js";

/** That other machines can reach the emulator. */
export interface Reach {
  /** One line for people. */
  readonly warning: string;
  /** The control token, if it was made by this start: there is no other way to learn it. */
  readonly newToken: string | null;
}

/** What a start logs once it listens. */
export interface Listening {
  readonly version: string;
  readonly url: string;
  readonly reach: Reach | null;
  readonly workspaceKey: string;
  /** Whether the workspace key came from the environment. It may be a real one, so it is not shown. */
  readonly ownKey: boolean;
  readonly env: Readonly<Record<string, string>>;
  /** An absolute path, or `:memory:`. */
  readonly state: string;
  /** Whether the state file had data. */
  readonly resumed: boolean;
  /** Seed files given at this start. */
  readonly seeds: readonly string[];
  /** Number of federated keys in the seed. */
  readonly keys: number;
  readonly example: { readonly key: string; readonly slug: string } | null;
}

/** What a start writes. Only what is written once, when it listens, may show a secret. */
export interface Log {
  listening(facts: Listening): void;
  request(entry: JournalEntry): void;
  /** Any other event, in one line. */
  notice(text: string): void;
  /** Writes pending lines now. */
  flush(): void;
}
