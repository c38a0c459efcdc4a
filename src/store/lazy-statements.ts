import type { RunResult, Statement } from "better-sqlite3";
import type { Db } from "./database.js";

/**
 * The same database, except that it prepares a statement when it is first used. Stores have about a hundred and most
 * worlds use a few of them, so that preparing all is half of the time to open a world.
 */
export function withLazyStatements(db: Db): Db {
  return Object.assign(Object.create(db), { prepare: (sql: string) => new LazyStatement(db, sql) });
}

/** A statement, as far as stores use it. Once prepared, it has the methods of the prepared one, which are faster. */
class LazyStatement {
  readonly #db: Db;
  readonly #sql: string;
  #plucks = false;

  constructor(db: Db, sql: string) {
    this.#db = db;
    this.#sql = sql;
  }

  pluck(): this {
    this.#plucks = true;
    return this;
  }

  run(...parameters: unknown[]): RunResult {
    return this.#prepare().run(...parameters);
  }

  get(...parameters: unknown[]): unknown {
    return this.#prepare().get(...parameters);
  }

  all(...parameters: unknown[]): unknown[] {
    return this.#prepare().all(...parameters);
  }

  iterate(...parameters: unknown[]): IterableIterator<unknown> {
    return this.#prepare().iterate(...parameters);
  }

  #prepare(): Statement<unknown[]> {
    const statement = this.#db.prepare<unknown[]>(this.#sql);
    if (this.#plucks) statement.pluck();
    for (const method of ["run", "get", "all", "iterate"] as const) {
      Object.assign(this, { [method]: statement[method].bind(statement) });
    }
    return statement;
  }
}
