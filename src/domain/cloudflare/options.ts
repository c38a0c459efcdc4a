/** What a request's own `cf-aig-*` headers ask of the AI Gateway (inference §6). Pure. */

import {
  type AiGateway,
  BACKOFFS,
  type Backoff,
  CUSTOM_KEY_TTL,
  MAX_CACHE_TTL,
  MAX_METADATA_ENTRIES,
  MAX_RETRY_DELAY_MS,
  MAX_UPSTREAM_ATTEMPTS,
  MIN_CACHE_TTL,
  type RetryPolicy,
} from "./gateway.js";

/** How the cache takes part in a request. */
export interface CacheOptions {
  /** How long a new answer is kept, milliseconds. */
  readonly ttlMs: number;
  /** The caller's own key in place of the computed one. */
  readonly key: string | null;
}

export interface GatewayOptions {
  /** null: the cache is neither asked nor filled. */
  readonly cache: CacheOptions | null;
  readonly retry: RetryPolicy;
  /** To the first byte, milliseconds; null: as long as it takes. */
  readonly timeoutMs: number | null;
  readonly metadata: Readonly<Record<string, Scalar>> | null;
  /** false: no log entry, hence no `cf-aig-log-id`. */
  readonly collectLog: boolean;
  /** What was not understood and is ignored, one line each (Y-40). */
  readonly remarks: readonly string[];
}

export type Scalar = string | number | boolean;

/** A request header by its lower-case name. */
export type ReadHeader = (name: string) => string | undefined;

/** The gateway's settings with the request's headers over them. Values that make no sense are ignored (Y-40). */
export function readOptions(header: ReadHeader, gateway: AiGateway): GatewayOptions {
  const remarks: string[] = [];
  const number = (name: string, min: number, max: number): number | null =>
    numberOf(header, name, min, max, remarks);
  const { retry } = gateway;
  const attempts = number("cf-aig-max-attempts", 1, MAX_UPSTREAM_ATTEMPTS) ?? retry.attempts;
  const delayMs = number("cf-aig-retry-delay", 0, MAX_RETRY_DELAY_MS) ?? retry.delayMs;
  const backoff = backoffOf(header, remarks) ?? retry.backoff;
  return {
    cache: cacheWish(header, gateway, remarks),
    retry: { attempts, delayMs, backoff },
    timeoutMs: number("cf-aig-request-timeout", 1, Number.MAX_SAFE_INTEGER),
    metadata: metadataOf(header, remarks),
    collectLog: header("cf-aig-collect-log")?.toLowerCase() !== "false",
    remarks,
  };
}

/** Y-37. The names without `aig` are older ones that still work. */
function cacheWish(header: ReadHeader, gateway: AiGateway, remarks: string[]): CacheOptions | null {
  const skip = header("cf-aig-skip-cache") ?? header("cf-skip-cache");
  if (skip?.toLowerCase() === "true") return null;
  const name = header("cf-aig-cache-ttl") === undefined ? "cf-cache-ttl" : "cf-aig-cache-ttl";
  const asked =
    header(name)?.trim() === "0" ? 0 : numberOf(header, name, MIN_CACHE_TTL, MAX_CACHE_TTL, remarks);
  const key = header("cf-aig-cache-key") ?? null;
  const usual = gateway.cacheTtl > 0 || key === null ? gateway.cacheTtl : CUSTOM_KEY_TTL;
  const seconds = asked ?? usual;
  return seconds === 0 ? null : { ttlMs: seconds * 1000, key };
}

/** A whole number; outside its bounds the nearest one, noted. */
function numberOf(
  header: ReadHeader,
  name: string,
  min: number,
  max: number,
  remarks: string[],
): number | null {
  const text = header(name)?.trim();
  if (text === undefined) return null;
  if (!/^\d{1,15}$/.test(text)) {
    remarks.push(`ignored ${name}: expected a whole number`);
    return null;
  }
  const value = Math.min(Math.max(Number(text), min), max);
  if (value !== Number(text)) remarks.push(`${name}: ${text} taken as ${value}`);
  return value;
}

function backoffOf(header: ReadHeader, remarks: string[]): Backoff | null {
  const text = header("cf-aig-backoff")?.trim().toLowerCase();
  if (text === undefined) return null;
  const known = BACKOFFS.find((backoff) => backoff === text);
  if (known === undefined) remarks.push(`ignored cf-aig-backoff: expected one of ${BACKOFFS.join(", ")}`);
  return known ?? null;
}

/** The first entries of a flat JSON object; what is neither text, number nor boolean is left out (Y-40). */
function metadataOf(header: ReadHeader, remarks: string[]): GatewayOptions["metadata"] {
  const text = header("cf-aig-metadata");
  if (text === undefined) return null;
  const entries = entriesOf(text);
  if (entries === null) {
    remarks.push("ignored cf-aig-metadata: expected a JSON object");
    return null;
  }
  const first = entries.slice(0, MAX_METADATA_ENTRIES);
  if (first.length < entries.length) {
    remarks.push(`cf-aig-metadata: only the first ${MAX_METADATA_ENTRIES} entries are kept`);
  }
  const flat = first.filter((entry): entry is [string, Scalar] => isScalar(entry[1]));
  if (flat.length < first.length) {
    remarks.push("cf-aig-metadata: values that are not text, number or boolean are left out");
  }
  return Object.fromEntries(flat);
}

function entriesOf(text: string): [string, unknown][] | null {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? Object.entries(value) : null;
  } catch {
    return null;
  }
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
