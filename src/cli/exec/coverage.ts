import type { ErrorCoverage } from "../../domain/error-coverage.js";

/** How many more errors have to be provoked until so many percent of them are; 0 when enough are. */
export function moreWanted({ provoked, known }: ErrorCoverage, percent: number): number {
  return Math.max(0, Math.ceil((percent * known) / 100) - provoked);
}

/**
 * The report at the end of a run: how many errors were provoked, how to provoke the missing ones, and how many
 * more are wanted.
 * @param percent the least that is wanted, 0 to 100
 */
export function coverageReport(coverage: ErrorCoverage, percent: number): string {
  const { provoked, known, items } = coverage;
  const missing = items.filter(({ count }) => count === 0);
  const width = Math.max(...missing.map(({ code }) => code.length));
  // Rounded down: what is not reached must not look as if it were.
  const reached = Math.floor((provoked * 100) / known);
  const more = moreWanted(coverage, percent);
  return [
    `gateway-emulator: ${provoked} of ${known} errors provoked (${reached}%)`,
    ...(missing.length > 0 ? ["not provoked, and how to provoke each:"] : []),
    ...missing.map(({ status, code, provoke }) => `  ${status} ${code.padEnd(width)}  ${provoke}`),
    ...(more > 0 ? [`gateway-emulator: ${percent}% of the errors are wanted: provoke ${more} more`] : []),
  ].join("\n");
}
