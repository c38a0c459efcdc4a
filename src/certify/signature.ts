import { createHmac, timingSafeEqual } from "node:crypto";

/** One signature of a raw body (W-4): `v1=` and the HMAC-SHA256 in hex. */
export function sign(body: string, secret: string): string {
  return `v1=${digest(Buffer.from(body), secret).toString("hex")}`;
}

/** Whether a delivery is who it says it is from, and if not, why. */
export type Verification = { readonly ok: true } | { readonly ok: false; readonly why: string };

/**
 * Checks `X-Baseten-Signature` as a receiver should: over the raw bytes, any of the comma-separated signatures with
 * any of the secrets, in constant time (W-4).
 */
export function verify(raw: Buffer, header: string | undefined, secrets: readonly string[]): Verification {
  if (header === undefined) return { ok: false, why: "no X-Baseten-Signature header" };
  const given = header.split(",").map((signature) => /^v1=([0-9a-f]{64})$/i.exec(signature.trim())?.[1]);
  const wellFormed = given.filter((hex) => hex !== undefined).map((hex) => Buffer.from(hex, "hex"));
  if (wellFormed.length === 0) return { ok: false, why: `not of the form v1=<64 hex digits>: ${header}` };
  const expected = secrets.map((secret) => digest(raw, secret));
  const matches = wellFormed.some((one) => expected.some((other) => timingSafeEqual(one, other)));
  if (matches) return { ok: true };
  return { ok: false, why: "signed with another secret, or changed on the way" };
}

function digest(raw: Buffer, secret: string): Buffer {
  return createHmac("sha256", secret).update(raw).digest();
}
