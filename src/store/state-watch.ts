import { type Stats, statSync } from "node:fs";
import { resolve } from "node:path";

/** Notices that a state file is gone: SQLite goes on to write into a file without a name, which ends with the process. */
export class StateWatch {
  readonly #path: string;
  readonly #file: Stats | null;

  /** @param path of an open state file */
  constructor(path: string) {
    this.#path = resolve(path);
    this.#file = this.#now();
  }

  /** What happened to the file; null: it is there. */
  look(): "deleted" | "replaced" | null {
    const now = this.#now();
    if (!now) return "deleted";
    return now.ino === this.#file?.ino && now.dev === this.#file.dev ? null : "replaced";
  }

  #now(): Stats | null {
    return statSync(this.#path, { throwIfNoEntry: false }) ?? null;
  }
}
