import { randomBytes } from "node:crypto";

/** Makes a token that nobody can guess: 32 characters of `A-Za-z0-9_-`. Not from a world's random source, which is seeded. */
export function secretToken(): string {
  return randomBytes(24).toString("base64url");
}
