/** Settings of Cloudflare's AI Gateway in front of the models (I-6.1a to I-6.5d). */

/** How the delay grows from one attempt to the next (I-6.3c). */
export const BACKOFFS = ["constant", "linear", "exponential"] as const;
export type Backoff = (typeof BACKOFFS)[number];

/** How often a failed request is sent again (I-6.3c). */
export interface RetryPolicy {
  /** 1 to {@link MAX_UPSTREAM_ATTEMPTS}; 1: no retry. */
  readonly attempts: number;
  /** Delay before the second attempt, milliseconds, at most {@link MAX_RETRY_DELAY_MS}. */
  readonly delayMs: number;
  readonly backoff: Backoff;
}

/** A declared gateway of an account. */
export interface AiGateway {
  readonly accountId: string;
  readonly gatewayId: string;
  /** Whether requests need one of its tokens (I-6.2b). */
  readonly authenticated: boolean;
  /** SHA-256 of its tokens, in hex. */
  readonly tokenHashes: readonly string[];
  /** Stored provider keys by alias (I-6.2d). */
  readonly keys: Readonly<Record<string, string>>;
  /** null: every model. */
  readonly allowedModels: readonly string[] | null;
  /** Seconds; 0: caches only when a request asks for it. */
  readonly cacheTtl: number;
  readonly retry: RetryPolicy;
}

/** Alias of the stored key for requests that name none (I-6.2d). */
export const DEFAULT_ALIAS = "default";

/** Maximum attempts, including the first (I-6.3c). */
export const MAX_UPSTREAM_ATTEMPTS = 5;
export const MAX_RETRY_DELAY_MS = 5_000;
/** One minute and one month, in seconds (I-6.3a). */
export const MIN_CACHE_TTL = 60;
export const MAX_CACHE_TTL = 2_592_000;
/** Default lifetime of an answer under a `cf-aig-cache-key`, seconds; by Cloudflare's documents. */
export const CUSTOM_KEY_TTL = 300;
/** Largest cached answer, bytes (I-6.4c). */
export const MAX_CACHED_BYTES = 25 * 1024 * 1024;
/** Maximum entries of `cf-aig-metadata` (I-6.3d). */
export const MAX_METADATA_ENTRIES = 5;

export const NO_RETRY: RetryPolicy = { attempts: 1, delayMs: 0, backoff: "constant" };

/** The gateway for any name while none is declared (Y-34). */
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

/** Status of a forwarding loop, which each repetition would make longer (Y-76). */
const LOOP_DETECTED = 508;

/** Whether an attempt with this status is repeated (Y-38). */
export function isRetryable(status: number): boolean {
  return status === 429 || (status >= 500 && status !== LOOP_DETECTED);
}

/**
 * Delay before the next attempt, milliseconds (Y-38).
 * @param failed number of failed attempts, at least 1
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
