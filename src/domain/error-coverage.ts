/** Which errors of the catalogue a test suite has provoked. */

import type { CatalogueEntry } from "./catalogue/entry.js";
import { ERRORS, type ErrorCode } from "./errors.js";

/** One error of the catalogue, and how many responses had it. */
export interface CoveredError extends CatalogueEntry {
  readonly code: ErrorCode;
  readonly count: number;
}

/** Provoked errors against all that tests can provoke. */
export interface ErrorCoverage {
  readonly provoked: number;
  readonly known: number;
  /** All errors that tests can provoke, in the catalogue's order. */
  readonly items: readonly CoveredError[];
}

/** Not counted: no test can provoke a defect of the emulator. */
const BEYOND_TESTS: ErrorCode = "internal";

/** @param counts responses per code; an absent code has none */
export function errorCoverage(counts: ReadonlyMap<string, number>): ErrorCoverage {
  const items = codes()
    .filter((code) => code !== BEYOND_TESTS)
    .map((code): CoveredError => ({ code, ...ERRORS[code], count: counts.get(code) ?? 0 }));
  return { provoked: items.filter(({ count }) => count > 0).length, known: items.length, items };
}

function codes(): ErrorCode[] {
  return Object.keys(ERRORS).filter((code): code is ErrorCode => code in ERRORS);
}
