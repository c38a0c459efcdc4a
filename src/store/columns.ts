/** Columns are in snake case, fields in camel case: `created_at` is `createdAt`. */
function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A column list that reads rows as objects with these fields. */
export function columnsOf(fields: readonly string[]): string {
  return fields.map((field) => `${columnOf(field)} AS ${field}`).join(", ");
}

/** An INSERT of these fields; bind {@link valuesOf}. */
export function insertInto(table: string, fields: readonly string[]): string {
  return `INSERT INTO ${table} (${fields.map(columnOf).join(", ")}) VALUES (${fields.map(() => "?").join(", ")})`;
}

/** The SET clause of an UPDATE of these fields; bind {@link valuesOf}. */
export function assignmentsOf(fields: readonly string[]): string {
  return fields.map((field) => `${columnOf(field)} = ?`).join(", ");
}

/** The values of these fields. Binding by position is several times faster than by name. */
export function valuesOf<Row, Field extends keyof Row>(row: Row, fields: readonly Field[]): Row[Field][] {
  return fields.map((field) => row[field]);
}
