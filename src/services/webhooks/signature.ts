import { createHmac } from "node:crypto";

/**
 * `X-Baseten-Signature` (W-4): `v1=` and the HMAC-SHA256 of the raw body in hex, one per secret, newest first,
 * comma-separated.
 */
export function signatureHeader(body: string, secrets: readonly string[]): string {
  return secrets.map((secret) => `v1=${createHmac("sha256", secret).update(body).digest("hex")}`).join(",");
}
