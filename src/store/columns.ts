/** Columns are in snake case, fields in camel case: `created_at` is `createdAt`. */
function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A column list that reads rows as objects with these fields. */
export function columnsOf(fields: readonly string[]): string {
  return fields.map((field) => `${columnOf(field)} AS ${field}`).join(", ");
}

/** An INSERT that takes an object with these fields. */
export function insertInto(table: string, fields: readonly string[]): string {
  const values = fields.map((field) => `:${field}`);
  return `INSERT INTO ${table} (${fields.map(columnOf).join(", ")}) VALUES (${values.join(", ")})`;
}

/** The SET clause of an UPDATE that takes an object with these fields. */
export function assignmentsOf(fields: readonly string[]): string {
  return fields.map((field) => `${columnOf(field)} = :${field}`).join(", ");
}
