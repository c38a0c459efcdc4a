/** Largest body of an async request, bytes: 256 KiB (I-5.4c). */
export const MAX_PAYLOAD_BYTES = 262_144;

/** Bounds and default of a field (I-5.4b). */
interface Bounds {
  readonly min: number;
  readonly max: number;
  /** Default. */
  readonly standard: number;
}

export const PRIORITY: Bounds = { min: 0, max: 2, standard: 0 };
export const MAX_TIME_IN_QUEUE_SECONDS: Bounds = { min: 10, max: 259_200, standard: 600 };
export const MAX_ATTEMPTS: Bounds = { min: 1, max: 10, standard: 3 };
export const INITIAL_DELAY_MS: Bounds = { min: 0, max: 10_000, standard: 1_000 };
export const MAX_DELAY_MS: Bounds = { min: 0, max: 60_000, standard: 5_000 };

/** The documented message of the 413 (I-5.4c). */
export function payloadTooLarge(bytes: number): string {
  return `payload size of ${bytes} bytes exceeds maximum size of ${MAX_PAYLOAD_BYTES} bytes`;
}

/** Hosts whose webhooks may use http. */
const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Why a URL cannot be a webhook, or null. It must use https, except on this machine (I-5.4b).
 * @param url protocol and host name of a parsed URL, such as `http:` and `127.0.0.1`
 */
export function webhookProblem(
  url: { readonly protocol: string; readonly hostname: string } | null,
): string | null {
  if (url === null) return "expected a URL";
  if (url.protocol === "https:") return null;
  if (url.protocol === "http:" && LOOPBACK.test(url.hostname)) return null;
  return "expected an https URL; http is for localhost only";
}
