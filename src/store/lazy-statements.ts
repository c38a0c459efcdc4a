import type { RunResult, Statement } from "better-sqlite3";
import type { Db } from "./database.js";

/**
 * The same database, except that it prepares a statement when it is first used. Stores have about a hundred and most
 * worlds use a few of them, so that preparing all is half of the time to open a world.
 */
export function withLazyStatements(db: Db): Db {
  return Object.assign(Object.create(db), { prepare: (sql: string) => new LazyStatement(db, sql) });
}

/** A statement, as far as stores use it. */
class LazyStatement {
  readonly #db: Db;
  readonly #sql: string;
  #plucks = false;
  #prepared: Statement<unknown[]> | null = null;

  constructor(db: Db, sql: string) {
    this.#db = db;
    this.#sql = sql;
  }

  pluck(): this {
    this.#plucks = true;
    return this;
  }

  run(...parameters: unknown[]): RunResult {
    return this.#statement.run(...parameters);
  }

  get(...parameters: unknown[]): unknown {
    return this.#statement.get(...parameters);
  }

  all(...parameters: unknown[]): unknown[] {
    return this.#statement.all(...parameters);
  }

  iterate(...parameters: unknown[]): IterableIterator<unknown> {
    return this.#statement.iterate(...parameters);
  }

  get #statement(): Statement<unknown[]> {
    if (this.#prepared) return this.#prepared;
    const statement = this.#db.prepare<unknown[]>(this.#sql);
    this.#prepared = this.#plucks ? statement.pluck() : statement;
    return this.#prepared;
  }
}
