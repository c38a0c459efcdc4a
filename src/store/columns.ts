import type { Preparing } from "./lazy-statements.js";

/** Columns are in snake case, fields in camel case: `created_at` is `createdAt`. */
function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The fields of a table's columns, in their order, except some. */
export function fieldsOf<Entity>(
  db: Preparing,
  table: string,
  ...except: string[]
): (keyof Entity & string)[] {
  const columns = db.prepare<[string], string>("SELECT name FROM pragma_table_info(?)").pluck().all(table);
  return columns
    .map((column) => column.replace(/_[a-z]/g, (text) => text.charAt(1).toUpperCase()))
    .filter((field) => !except.includes(field)) as (keyof Entity & string)[];
}

/** A column list that reads rows as objects with these fields. */
export function columnsOf(fields: readonly string[]): string {
  return fields.map((field) => `${columnOf(field)} AS ${field}`).join(", ");
}

/** An INSERT of these fields; bind {@link valuesOf}, of each row in turn. */
export function insertInto(table: string, fields: readonly string[], rows = 1): string {
  const row = `(${fields.map(() => "?").join(", ")})`;
  return `INSERT INTO ${table} (${fields.map(columnOf).join(", ")}) VALUES ${Array(rows).fill(row).join(", ")}`;
}

/** Rows per statement when there are that many. A statement has a price, whatever it inserts. */
const ROWS_PER_STATEMENT = 8;

/** Prepares the insertion of many rows, each a list of the values of these fields. */
export function insertingInto(
  db: Preparing,
  table: string,
  fields: readonly string[],
): (rows: readonly unknown[][]) => void {
  const one = db.prepare<unknown[]>(insertInto(table, fields));
  const several = db.prepare<unknown[]>(insertInto(table, fields, ROWS_PER_STATEMENT));
  return (rows) => {
    let at = 0;
    for (; at + ROWS_PER_STATEMENT <= rows.length; at += ROWS_PER_STATEMENT) {
      const values: unknown[] = [];
      for (const row of rows.slice(at, at + ROWS_PER_STATEMENT)) values.push(...row);
      several.run(...values);
    }
    for (const row of rows.slice(at)) one.run(...row);
  };
}

/** The SET clause of an UPDATE of these fields; bind {@link valuesOf}. */
export function assignmentsOf(fields: readonly string[]): string {
  return fields.map((field) => `${columnOf(field)} = ?`).join(", ");
}

/**
 * The values of these fields: booleans as 0 or 1, lists and objects as JSON. Binding by position is several times faster
 * than by name.
 */
export function valuesOf<Entity>(entity: Entity, fields: readonly (keyof Entity)[]): unknown[] {
  return fields.map((field) => {
    const value = entity[field];
    if (typeof value === "boolean") return value ? 1 : 0;
    return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
  });
}

/**
 * Prepares queries whose rows are entities.
 * @param kinds fields that are stored as JSON, or as 0 and 1
 */
export function queriesOf<Entity>(
  db: Preparing,
  { json = [], flags = [] }: { json?: readonly (keyof Entity)[]; flags?: readonly (keyof Entity)[] } = {},
) {
  function fromRow(row: Entity): Entity {
    for (const field of json) {
      const text = row[field];
      if (typeof text === "string") row[field] = JSON.parse(text);
    }
    for (const flag of flags) Object.assign(row as object, { [flag]: Number(row[flag]) === 1 });
    return row;
  }

  return {
    /** A query for one row; null: there is none. */
    one<Parameters extends unknown[]>(sql: string): (...parameters: Parameters) => Entity | null {
      const statement = db.prepare<Parameters, Entity>(sql);
      return (...parameters) => {
        const row = statement.get(...parameters);
        return row === undefined ? null : fromRow(row);
      };
    },
    /** A query for all rows. */
    all<Parameters extends unknown[]>(sql: string): (...parameters: Parameters) => Entity[] {
      const statement = db.prepare<Parameters, Entity>(sql);
      return (...parameters) => statement.all(...parameters).map(fromRow);
    },
  };
}
