import { type ErrorCoverage, errorCoverage } from "../domain/error-coverage.js";
import type { ErrorCode } from "../domain/errors.js";

/**
 * Counts the errors that were answered: one for a whole emulator, over all its worlds. Unlike everything else that
 * changes it belongs to no world and is not stored, because it measures a suite of tests: resets, seeds and
 * restored snapshots between its tests must not forget what was provoked. It ends with the emulator.
 */
export class ErrorCounter {
  readonly #counts = new Map<ErrorCode, number>();

  /** One more answer with this error, injected by a fault or not. */
  count(code: ErrorCode): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
  }

  coverage(): ErrorCoverage {
    return errorCoverage(this.#counts);
  }
}
