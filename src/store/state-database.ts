import { realpathSync, rmSync } from "node:fs";
import { GatewayError } from "../domain/errors.js";
import type { Db } from "./database.js";
import { reason } from "./state-file.js";
import { StateWatch } from "./state-watch.js";

/** The files that SQLite keeps beside a database (sqlite.org/tempfiles). */
const BESIDE = ["-wal", "-shm", "-journal"] as const;

/** Deletes a state file that nobody has open, and what SQLite left beside it. */
export function deleteState(path: string): void {
  for (const end of ["", ...BESIDE]) rmSync(path + end, { force: true });
}

/** An open state: its database, and its file if it has one. */
export class StateDatabase {
  readonly #path: string;
  readonly #open: () => Db;
  #db: Db;
  #watch: StateWatch | null;
  #inTransaction: TransactionOf;
  #problem: string | null = null;

  /** @param path of the file, or `:memory:` @param open opens it, and makes it when it is missing */
  constructor(path: string, open: () => Db) {
    this.#open = open;
    this.#db = open();
    // Another working folder, or another target of a link, changes nothing for an open file.
    this.#path = path === ":memory:" ? path : realpathSync(path);
    this.#watch = this.#newWatch();
    this.#inTransaction = transactionOf(this.#db);
  }

  get db(): Db {
    return this.#db;
  }

  /**
   * Runs `work` in one transaction, which an exception rolls back. Nested calls join the outer one.
   * @throws GatewayError `internal` while the file is known to be gone
   */
  transaction<T>(work: () => T): T {
    if (this.#db.inTransaction) return work();
    if (this.#problem !== null) throw new GatewayError("internal", { hint: this.#problem });
    return this.#inTransaction.immediate(work) as T;
  }

  /** Looks whether the file is there. From then on, no transaction begins while it is not. */
  problem(): string | null {
    const found = this.#watch?.look() ?? null;
    this.#problem =
      found === null
        ? null
        : `the state file ${this.#path} was ${found} while the emulator runs, so nothing can be stored: ` +
          (found === "deleted"
            ? "POST /_emulator/reset makes it anew, a restart does too"
            : "restart the emulator");
    return this.#problem;
  }

  /**
   * Closes the database, deletes its files and opens a new one.
   * @throws GatewayError `internal` when another file took its place, or none can be made
   */
  recreate(): void {
    if (this.#watch?.look() === "replaced") {
      throw new GatewayError("internal", { hint: this.problem() ?? "" });
    }
    this.#db.close();
    if (this.#watch) deleteState(this.#path);
    try {
      this.#db = this.#open();
    } catch (cause) {
      throw new GatewayError("internal", { hint: reason(cause) });
    }
    this.#watch = this.#newWatch();
    this.#inTransaction = transactionOf(this.#db);
    this.#problem = null;
  }

  close(): void {
    this.#db.close();
  }

  #newWatch(): StateWatch | null {
    return this.#path === ":memory:" ? null : new StateWatch(this.#path);
  }
}

type TransactionOf = ReturnType<typeof transactionOf>;

function transactionOf(db: Db) {
  return db.transaction((work: () => unknown) => work());
}
