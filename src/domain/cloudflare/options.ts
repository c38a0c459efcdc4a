import { asObject, parseJson } from "../parse-json.js";
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

interface CacheOptions {
  /** Lifetime of a new answer, milliseconds. */
  readonly ttlMs: number;
  /** `cf-aig-cache-key`, which replaces the computed key. */
  readonly key: string | null;
}

/** The options of a request through the AI Gateway, from its settings and the `cf-aig-*` headers (I-6.3a to I-6.3f). */
export interface GatewayOptions {
  /** null: the cache is not used. */
  readonly cache: CacheOptions | null;
  readonly retry: RetryPolicy;
  /** Maximum time to the first byte, milliseconds; null: no limit. */
  readonly timeoutMs: number | null;
  readonly metadata: Readonly<Record<string, Scalar>> | null;
  /** false: no log entry and no `cf-aig-log-id`. */
  readonly collectLog: boolean;
  /** Invalid values that were ignored or clamped, one line each (Y-40). */
  readonly remarks: readonly string[];
}

type Scalar = string | number | boolean;

/** Reads a request header by its lower-case name. */
type ReadHeader = (name: string) => string | undefined;
type ReadNumber = (name: string, min: number, max: number) => number | null;

/** Reads the options of a request. Invalid header values are ignored (Y-40). */
export function readOptions(header: ReadHeader, gateway: AiGateway): GatewayOptions {
  const remarks: string[] = [];
  /** A whole number, clamped to its bounds with a remark. */
  const number: ReadNumber = (name, min, max) => {
    const text = header(name)?.trim();
    if (text === undefined) return null;
    if (!/^\d{1,15}$/.test(text)) {
      remarks.push(`ignored ${name}: expected a whole number`);
      return null;
    }
    const value = Math.min(Math.max(Number(text), min), max);
    if (value !== Number(text)) remarks.push(`${name}: ${text} taken as ${value}`);
    return value;
  };
  const { retry } = gateway;
  const attempts = number("cf-aig-max-attempts", 1, MAX_UPSTREAM_ATTEMPTS) ?? retry.attempts;
  const delayMs = number("cf-aig-retry-delay", 0, MAX_RETRY_DELAY_MS) ?? retry.delayMs;
  const backoff = backoffOf(header, remarks) ?? retry.backoff;
  return {
    cache: cacheOptions(header, gateway, number),
    retry: { attempts, delayMs, backoff },
    timeoutMs: number("cf-aig-request-timeout", 1, Number.MAX_SAFE_INTEGER),
    metadata: metadataOf(header, remarks),
    collectLog: header("cf-aig-collect-log")?.toLowerCase() !== "false",
    remarks,
  };
}

/** The cache options (Y-37). Older names without `aig` still work (I-6.3f). */
function cacheOptions(header: ReadHeader, gateway: AiGateway, number: ReadNumber): CacheOptions | null {
  const skip = header("cf-aig-skip-cache") ?? header("cf-skip-cache");
  if (skip?.toLowerCase() === "true") return null;
  const name = header("cf-aig-cache-ttl") === undefined ? "cf-cache-ttl" : "cf-aig-cache-ttl";
  const requested = header(name)?.trim() === "0" ? 0 : number(name, MIN_CACHE_TTL, MAX_CACHE_TTL);
  const key = header("cf-aig-cache-key") ?? null;
  const standard = gateway.cacheTtl > 0 || key === null ? gateway.cacheTtl : CUSTOM_KEY_TTL;
  const seconds = requested ?? standard;
  return seconds === 0 ? null : { ttlMs: seconds * 1000, key };
}

function backoffOf(header: ReadHeader, remarks: string[]): Backoff | null {
  const text = header("cf-aig-backoff")?.trim().toLowerCase();
  if (text === undefined) return null;
  const known = BACKOFFS.find((backoff) => backoff === text);
  if (known === undefined) remarks.push(`ignored cf-aig-backoff: expected one of ${BACKOFFS.join(", ")}`);
  return known ?? null;
}

/** The first entries of a JSON object whose values are strings, numbers or booleans (Y-40). */
function metadataOf(header: ReadHeader, remarks: string[]): GatewayOptions["metadata"] {
  const text = header("cf-aig-metadata");
  if (text === undefined) return null;
  const fields = asObject(parseJson(text));
  if (fields === null) {
    remarks.push("ignored cf-aig-metadata: expected a JSON object");
    return null;
  }
  const entries = Object.entries(fields);
  const first = entries.slice(0, MAX_METADATA_ENTRIES);
  if (first.length < entries.length) {
    remarks.push(`cf-aig-metadata: only the first ${MAX_METADATA_ENTRIES} entries are kept`);
  }
  const flat = first.filter((entry): entry is [string, Scalar] => isScalar(entry[1]));
  if (flat.length < first.length) {
    remarks.push("cf-aig-metadata: only strings, numbers and booleans are kept");
  }
  return Object.fromEntries(flat);
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
