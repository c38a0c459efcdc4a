import { GUARD_ERRORS } from "../domain/catalogue/guard.js";
import type { CoveredError, ErrorCoverage } from "../domain/error-coverage.js";
import { ERRORS, type ErrorCode } from "../domain/errors.js";

/** Not counted: no test can provoke a defect of the emulator, and the gateway has no guard against web pages. */
const NOT_OF_THE_GATEWAY: ReadonlySet<string> = new Set(["internal", ...Object.keys(GUARD_ERRORS)]);

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
    const items = Object.keys(ERRORS)
      .filter((code): code is ErrorCode => !NOT_OF_THE_GATEWAY.has(code))
      .map((code): CoveredError => ({ code, ...ERRORS[code], count: this.#counts.get(code) ?? 0 }));
    return { provoked: items.filter(({ count }) => count > 0).length, known: items.length, items };
  }
}
