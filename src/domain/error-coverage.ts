/** How many of the catalogue's errors a suite of tests has seen. */

import { ERRORS, type ErrorCode } from "./errors.js";

/** One error of the catalogue, and how often it was answered. */
export interface CoveredError {
  readonly code: ErrorCode;
  readonly status: number;
  /** Clause of the contract, or `emulator`. */
  readonly clause: string;
  readonly message: string;
  /** How a test can see this error. */
  readonly provoke: string;
  readonly count: number;
}

/** Of the errors that can be provoked, those that were. */
export interface ErrorCoverage {
  readonly provoked: number;
  readonly known: number;
  /** All known ones, in the catalogue's order. */
  readonly items: readonly CoveredError[];
}

/** Not among the known ones: no test can ask for a defect of the emulator. */
const BEYOND_TESTS: ErrorCode = "internal";

/** @param counts how often each code was answered; absent ones never were */
export function errorCoverage(counts: ReadonlyMap<string, number>): ErrorCoverage {
  const items = codes()
    .filter((code) => code !== BEYOND_TESTS)
    .map((code): CoveredError => ({ code, ...ERRORS[code], count: counts.get(code) ?? 0 }));
  return { provoked: items.filter(({ count }) => count > 0).length, known: items.length, items };
}

function codes(): ErrorCode[] {
  return Object.keys(ERRORS).filter((code): code is ErrorCode => code in ERRORS);
}
