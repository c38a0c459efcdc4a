import { createHmac, timingSafeEqual } from "node:crypto";

/** Signs a raw body (W-4): `v1=` and the HMAC-SHA256 in hex. */
export function sign(body: string, secret: string): string {
  return `v1=${digest(Buffer.from(body), secret).toString("hex")}`;
}

/** Whether a signature is valid; if not, why. */
export type Verification = { readonly ok: true } | { readonly ok: false; readonly why: string };

/**
 * Checks `X-Baseten-Signature` as a receiver should (W-4): over the raw bytes, in constant time. Valid if any of the
 * comma-separated signatures matches any of the secrets.
 */
export function verify(raw: Buffer, header: string | undefined, secrets: readonly string[]): Verification {
  if (header === undefined) return { ok: false, why: "no X-Baseten-Signature header" };
  const hexes = header.split(",").map((signature) => /^v1=([0-9a-f]{64})$/i.exec(signature.trim())?.[1]);
  const wellFormed = hexes.filter((hex) => hex !== undefined).map((hex) => Buffer.from(hex, "hex"));
  if (wellFormed.length === 0) return { ok: false, why: `expected v1=<64 hex digits>, got ${header}` };
  const expected = secrets.map((secret) => digest(raw, secret));
  const matches = wellFormed.some((signature) => expected.some((other) => timingSafeEqual(signature, other)));
  if (matches) return { ok: true };
  return { ok: false, why: "signed with another secret, or changed after signing" };
}

function digest(raw: Buffer, secret: string): Buffer {
  return createHmac("sha256", secret).update(raw).digest();
}
