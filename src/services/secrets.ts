import { createPublicKey, hash, verify } from "node:crypto";

/** SHA-256 of a key; the key itself is never stored (K-1). Keys are random, so they need no salt. */
export function hashKey(key: string): Buffer {
  return hash("sha256", key, "buffer");
}

/** DER header of an Ed25519 public key, before its 32 raw bytes (RFC 8410). */
const ED25519_DER_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const ED25519_SIGNATURE_BYTES = 64;

/**
 * Whether `signature` (base64) is the Ed25519 signature of `body` under the workspace's public key (K-3).
 * @param publicKey 32 raw bytes, base64
 */
export function signatureHolds(publicKey: string, body: Buffer, signature: string | undefined): boolean {
  const bytes = signature === undefined ? null : decodeBase64(signature);
  if (bytes?.length !== ED25519_SIGNATURE_BYTES) return false;
  const der = Buffer.concat([ED25519_DER_PREFIX, Buffer.from(publicKey, "base64")]);
  return verify(null, body, createPublicKey({ key: der, format: "der", type: "spki" }), bytes);
}

/** Strict base64, or null. Buffer.from would skip invalid characters. */
function decodeBase64(text: string): Buffer | null {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 === 0 ? Buffer.from(text, "base64") : null;
}
