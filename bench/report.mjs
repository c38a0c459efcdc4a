let shown = "";

/** Prints a progress line, unless it is the last one again; on a terminal the next one overwrites it. */
export function progress(text) {
  if (text === shown) return;
  shown = text;
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[2K${text}` : `${text}\n`);
}

export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const count = (value) => Math.round(value).toLocaleString("en-US");
export const ms = (value) => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
export const microseconds = (value) => `${value.toFixed(0)} us`;

export const megabytes = (value) => `${count(value / 1e6)} MB`;

/** What `now` is compared with. */
export const REFERENCES = ["bare", "hono", "before"];
const COLUMNS = ["name", ...REFERENCES, "now", "now/bare", "now/before", "target"];

/**
 * A row that compares servers.
 * @param figures numbers by column
 * @param ratios false where the divisor is close to nothing
 */
export function compare(name, format, figures, { target, ratios = true } = {}) {
  const row = { name, target };
  for (const column of [...REFERENCES, "now"]) {
    if (figures[column] !== undefined) row[column] = format(figures[column]);
  }
  for (const column of ["bare", "before"]) {
    if (ratios && figures[column] !== undefined) {
      row[`now/${column}`] = (figures.now / figures[column]).toFixed(2);
    }
  }
  return row;
}

/** @param rows one object per line; what was not measured shows as "-" */
export function printTable(rows) {
  const cell = (row, column) => row[column] ?? (column === "target" ? "" : "-");
  const lines = [COLUMNS, ...rows.map((row) => COLUMNS.map((column) => cell(row, column)))];
  const widths = COLUMNS.map((_, index) => Math.max(...lines.map((line) => line[index].length)));
  const pad = (text, index) =>
    COLUMNS[index] === "name" || COLUMNS[index] === "target"
      ? text.padEnd(widths[index])
      : text.padStart(widths[index]);
  const print = (line) => console.log(line.map(pad).join("   ").trimEnd());
  print(lines[0]);
  console.log(widths.map((width) => "-".repeat(width)).join("   "));
  lines.slice(1).forEach(print);
}
