/** Cloudflare's AI Gateway in front of the same models (inference §6): what a gateway is set to. Pure. */

/** How the wait grows from one attempt to the next. */
export const BACKOFFS = ["constant", "linear", "exponential"] as const;
export type Backoff = (typeof BACKOFFS)[number];

/** How often a request goes upstream before its failure is answered. */
export interface RetryPolicy {
  /** 1 to {@link MAX_UPSTREAM_ATTEMPTS}; 1 does not retry. */
  readonly attempts: number;
  /** Before the second attempt, milliseconds, at most {@link MAX_RETRY_DELAY_MS}. */
  readonly delayMs: number;
  readonly backoff: Backoff;
}

/** One gateway of an account, as the seed declares it. */
export interface AiGateway {
  readonly accountId: string;
  readonly gatewayId: string;
  /** Whether every request needs one of its tokens. */
  readonly authenticated: boolean;
  /** SHA-256 of its tokens, hex. */
  readonly tokenHashes: readonly string[];
  /** Stored provider keys by alias, as they go upstream. */
  readonly keys: Readonly<Record<string, string>>;
  /** null: every model. */
  readonly allowedModels: readonly string[] | null;
  /** Seconds; 0: nothing is cached unless a request asks for it. */
  readonly cacheTtl: number;
  readonly retry: RetryPolicy;
}

/** The alias of a stored key when a request names none (inference §6). */
export const DEFAULT_ALIAS = "default";

/** inference §6. */
export const MAX_UPSTREAM_ATTEMPTS = 5;
export const MAX_RETRY_DELAY_MS = 5_000;
/** Seconds: a minute, and a month (inference §6). */
export const MIN_CACHE_TTL = 60;
export const MAX_CACHE_TTL = 2_592_000;
/** Seconds that an answer is kept under a key of the caller's own when nothing says how long; Cloudflare's documents. */
export const CUSTOM_KEY_TTL = 300;
/** Largest cached answer (inference §6). */
export const MAX_CACHED_BYTES = 25 * 1024 * 1024;
/** Entries of `cf-aig-metadata` that are kept; further ones are left out (inference §6). */
export const MAX_METADATA_ENTRIES = 5;

export const NO_RETRY: RetryPolicy = { attempts: 1, delayMs: 0, backoff: "constant" };

/** What stands for every gateway while none is declared (Y-34). */
export function openGateway(accountId: string, gatewayId: string): AiGateway {
  return {
    accountId,
    gatewayId,
    authenticated: false,
    tokenHashes: [],
    keys: {},
    allowedModels: null,
    cacheTtl: 0,
    retry: NO_RETRY,
  };
}

/** Statuses worth another attempt (Y-38). */
export function isRetryable(status: number): boolean {
  return status === 429 || status >= 500;
}

/**
 * Milliseconds between an attempt that failed and the next (Y-38).
 * @param failed how many attempts failed so far, from 1
 */
export function retryDelayMs({ delayMs, backoff }: RetryPolicy, failed: number): number {
  switch (backoff) {
    case "constant":
      return delayMs;
    case "linear":
      return delayMs * failed;
    case "exponential":
      return delayMs * 2 ** (failed - 1);
  }
}
