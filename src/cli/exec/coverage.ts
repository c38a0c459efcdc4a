import type { ErrorCoverage } from "../../domain/error-coverage.js";
import { count } from "../count.js";

/** How many more errors must be provoked to reach `percent`; 0 when it is reached. */
export function errorsMissing({ provoked, known }: ErrorCoverage, percent: number): number {
  return Math.max(0, Math.ceil((percent * known) / 100) - provoked);
}

/**
 * The report at the end of a run: how many errors were provoked, and how to provoke the others.
 * @param percent the required percentage, 0 to 100
 */
export function coverageReport(coverage: ErrorCoverage, percent: number): string {
  const { provoked, known, items } = coverage;
  const unprovoked = items.filter((item) => item.count === 0);
  const width = Math.max(...unprovoked.map(({ code }) => code.length));
  // Rounded down, so that the figure never looks as if the required percentage were reached when it is not.
  const reached = Math.floor((provoked * 100) / known);
  const missing = errorsMissing(coverage, percent);
  return [
    `gateway-emulator: ${provoked} of ${known} errors provoked (${reached}%)`,
    ...(unprovoked.length > 0 ? ["Not provoked, and how to provoke each:"] : []),
    ...unprovoked.map(({ status, code, provoke }) => `  ${status} ${code.padEnd(width)}  ${provoke}`),
    ...(missing > 0 ? [`gateway-emulator: ${tooFew(missing, percent)}`] : []),
  ].join("\n");
}

function tooFew(missing: number, percent: number): string {
  return `Error coverage is below the required ${percent}%: ${count(missing, "more error")} needed`;
}
