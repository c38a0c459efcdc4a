import type { RunResult, Statement } from "better-sqlite3";
import type { Db } from "./database.js";

/** The part of a database that the stores of tables use. */
export interface Preparing {
  readonly prepare: Db["prepare"];
}

/**
 * Prepares each statement when it is first used. Stores have about a hundred and most worlds use a few of them, so that
 * preparing all is half of the time to open a world. The database behind the statements can be replaced.
 */
export class LazyStatements {
  #db: Db;
  #used: LazyStatement[] = [];

  constructor(db: Db) {
    this.#db = db;
  }

  /** What stores prepare their statements with. */
  get preparing(): Preparing {
    const prepare = (sql: string) => new LazyStatement(sql, (statement) => this.#prepare(statement));
    return { prepare } as unknown as Preparing;
  }

  /** Prepares the statements anew for another database when they are next used. */
  replace(db: Db): void {
    this.#db = db;
    for (const statement of this.#used) statement.forget();
    this.#used = [];
  }

  #prepare(statement: LazyStatement): Statement<unknown[]> {
    this.#used.push(statement);
    return this.#db.prepare<unknown[]>(statement.sql);
  }
}

const METHODS = ["run", "get", "all", "iterate"] as const;

/** A statement, as far as stores use it. Once prepared, it has the methods of the prepared one, which are faster. */
class LazyStatement {
  readonly sql: string;
  readonly #prepareNow: (statement: LazyStatement) => Statement<unknown[]>;
  #plucks = false;

  constructor(sql: string, prepareNow: (statement: LazyStatement) => Statement<unknown[]>) {
    this.sql = sql;
    this.#prepareNow = prepareNow;
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

  /** Back to the methods above, which prepare again. */
  forget(): void {
    for (const method of METHODS) Reflect.deleteProperty(this, method);
  }

  #prepare(): Statement<unknown[]> {
    const statement = this.#prepareNow(this);
    if (this.#plucks) statement.pluck();
    for (const method of METHODS) Object.assign(this, { [method]: statement[method].bind(statement) });
    return statement;
  }
}
