// A receiver's check, written from the documents alone: HMAC-SHA256 over the raw body, hex, behind `v1=`; several
// signatures, separated by commas, while a secret is rotated; comparison in constant time.
import { createHmac, timingSafeEqual } from "node:crypto";

export function verify(rawBody: Buffer, header: string, secret: string): boolean {
  const expected = createHmac("sha256", secret).update(rawBody).digest();
  return header.split(",").some((signature) => {
    const [version, hex = ""] = signature.trim().split("=");
    const given = Buffer.from(hex, "hex");
    return version === "v1" && given.length === expected.length && timingSafeEqual(given, expected);
  });
}
