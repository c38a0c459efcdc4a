import { CLOUDFLARE_ERRORS } from "./catalogue/cloudflare.js";
import { DEDICATED_ERRORS } from "./catalogue/dedicated.js";
import { GUARD_ERRORS } from "./catalogue/guard.js";
import { INFERENCE_ERRORS } from "./catalogue/inference.js";
import { MANAGEMENT_ERRORS } from "./catalogue/management.js";

/**
 * Every error of the emulator. The domain and the services throw these codes. Only `http/errors.ts` turns them into
 * status, headers and bytes, in the dialect of each surface.
 */
export const ERRORS = {
  ...MANAGEMENT_ERRORS,
  ...INFERENCE_ERRORS,
  ...DEDICATED_ERRORS,
  ...CLOUDFLARE_ERRORS,
  ...GUARD_ERRORS,
} as const;

export type ErrorCode = keyof typeof ERRORS;

interface ErrorDetails {
  /** Replaces the catalogue's message on the wire. */
  readonly message?: string;
  /** What is wrong and what to do, in one line: for `x-emulator-hint`, the log and the journal. */
  readonly hint?: string | undefined;
  /** Whole seconds, for `retry_after` and `Retry-After`. */
  readonly retryAfter?: number;
  /** Additional response headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Set when the error comes from a model server behind the gateway. */
  readonly served?: ServedBy;
  /** The whole response of an `injected` error. */
  readonly injected?: InjectedAnswer;
}

/** The response that a fault defines. */
interface InjectedAnswer {
  readonly status: number;
  /** A string is sent as it is, anything else as JSON; absent: the usual body for the status. */
  readonly body: unknown;
}

/** The model server that handled a request, for its response headers (I-1.5b). */
export interface ServedBy {
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
  /** UUID. */
  readonly requestId: string;
  readonly modelId: string;
}

/** An error of the catalogue, before it is encoded for a surface. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retryAfter: number | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly served: ServedBy | undefined;
  readonly injected: InjectedAnswer | undefined;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(details.message ?? ERRORS[code].message);
    this.name = "GatewayError";
    this.code = code;
    this.hint = details.hint;
    this.retryAfter = details.retryAfter;
    this.headers = details.headers;
    this.served = details.served;
    this.injected = details.injected;
  }

  /** The same error with another code, and optionally another model server. */
  as(code: ErrorCode, served = this.served): GatewayError {
    const { message, hint, headers = {} } = this;
    return new GatewayError(code, { message, hint, headers, ...(served ? { served } : {}) });
  }

  /** The same error with other texts. What a fault defines stays as it is. */
  reworded(change: (text: string) => string): GatewayError {
    const { injected, retryAfter, headers, served } = this;
    if (injected) return this;
    const message = change(this.message);
    const hint = this.hint === undefined ? undefined : change(this.hint);
    if (message === this.message && hint === this.hint) return this;
    return new GatewayError(this.code, {
      message,
      hint,
      ...(retryAfter === undefined ? {} : { retryAfter }),
      ...(headers && { headers }),
      ...(served && { served }),
    });
  }

  get status(): number {
    return this.injected?.status ?? ERRORS[this.code].status;
  }
}

/** A 400 of the management API whose message names the field (B-1). */
export function invalid(path: string, expected: string): GatewayError {
  return new GatewayError("validation", { message: path === "" ? expected : `${path}: ${expected}` });
}
