/** Prints a progress line; on a terminal the next one overwrites it. */
export function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text}`);
  else if (text !== "") process.stderr.write(`${text}\n`);
}

export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const count = (value) => Math.round(value).toLocaleString("en-US");
export const ms = (value) => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
export const microseconds = (value) => `${value.toFixed(0)} us`;

const COLUMNS = ["name", "bare", "emulator", "ratio", "target"];

/** @param rows one object per line; missing values leave the cell empty */
export function printTable(rows) {
  const lines = [COLUMNS, ...rows.map((row) => COLUMNS.map((column) => row[column] ?? ""))];
  const widths = COLUMNS.map((_, index) => Math.max(...lines.map((line) => line[index].length)));
  const print = (line) =>
    console.log(
      line
        .map((cell, index) => (index === 0 ? cell.padEnd(widths[index]) : cell.padStart(widths[index])))
        .join("   "),
    );
  print(lines[0]);
  console.log(widths.map((width) => "-".repeat(width)).join("   "));
  lines.slice(1).forEach(print);
}
