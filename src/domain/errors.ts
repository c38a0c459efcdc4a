import { CLOUDFLARE_ERRORS } from "./catalogue/cloudflare.js";
import { DEDICATED_ERRORS } from "./catalogue/dedicated.js";
import { INFERENCE_ERRORS } from "./catalogue/inference.js";
import { MANAGEMENT_ERRORS } from "./catalogue/management.js";

/**
 * Every error that the emulator can answer with. The domain and the services throw a code from here;
 * `http/errors.ts` alone turns it into status, headers and bytes, one dialect per surface.
 */
export const ERRORS = {
  ...MANAGEMENT_ERRORS,
  ...INFERENCE_ERRORS,
  ...DEDICATED_ERRORS,
  ...CLOUDFLARE_ERRORS,
} as const;

export type ErrorCode = keyof typeof ERRORS;

interface ErrorDetails {
  /** Replaces the catalogue's message on the wire. */
  readonly message?: string;
  /** One line for a person: `x-emulator-hint`, log and journal. */
  readonly hint?: string | undefined;
  /** Whole seconds, for `retry_after` and `Retry-After`. */
  readonly retryAfter?: number;
  /** Further response headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Present when the error comes from behind the gateway. */
  readonly served?: ServedBy;
  /** The whole answer, of an `injected` error. */
  readonly injected?: InjectedAnswer;
}

/** An answer that a fault spells out. */
export interface InjectedAnswer {
  readonly status: number;
  /** Text as it stands, anything else as JSON; the usual body for the status when absent. */
  readonly body: unknown;
}

/** Which model server a request reached, for the headers that say so (inference §1.5). */
export interface ServedBy {
  /** Epoch milliseconds. */
  readonly acceptedAt: number;
  /** UUID. */
  readonly requestId: string;
  readonly modelId: string;
}

/** An error from the catalogue, on its way to the wire. */
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

  /** The same with another code, and from the model server that it is to come from. */
  as(code: ErrorCode, served = this.served): GatewayError {
    const { message, hint, headers = {} } = this;
    return new GatewayError(code, { message, hint, headers, ...(served ? { served } : {}) });
  }

  get status(): number {
    return this.injected?.status ?? ERRORS[this.code].status;
  }
}

/** A 400 of the management API whose message names the field (B-1). */
export function invalid(path: string, expected: string): GatewayError {
  return new GatewayError("validation", { message: path === "" ? expected : `${path}: ${expected}` });
}
