import { type ErrorCoverage, errorCoverage } from "../domain/error-coverage.js";
import type { ErrorCode } from "../domain/errors.js";

/**
 * Counts the errors of all responses, over all worlds of an emulator. It measures a test suite, so resets and restored
 * snapshots between tests do not change it, and it is not stored.
 */
export class ErrorCounter {
  readonly #counts = new Map<ErrorCode, number>();

  /** Counts a response with this error, by a fault or not. */
  count(code: ErrorCode): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
  }

  coverage(): ErrorCoverage {
    return errorCoverage(this.#counts);
  }
}
