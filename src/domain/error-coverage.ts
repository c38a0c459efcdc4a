/** Which errors of the catalogue a test suite has provoked. */

import type { CatalogueEntry } from "./catalogue/entry.js";
import type { ErrorCode } from "./errors.js";

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
