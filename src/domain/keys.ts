/** Forms of API keys (K-1, K-5, inference §7). */

/** Characters of a federated key that name it: `sky_` and 12 more (K-1, K-5). */
export const FEDERATED_PREFIX_LENGTH = 16;
/** Length of the secret the emulator mints; the documents do not show one whole. */
export const MINTED_SECRET_LENGTH = 32;
const MIN_REGISTERED_LENGTH = 32;
const MAX_REGISTERED_LENGTH = 128;
const MIN_ENTROPY_BITS = 3.0;

/** The first 16 characters of a federated key. */
export function federatedPrefix(key: string): string {
  return key.slice(0, FEDERATED_PREFIX_LENGTH);
}

/** The part of a workspace key before the dot, or its first eight characters (inference §7). */
export function workspacePrefix(key: string): string {
  const dot = key.indexOf(".");
  return dot > 0 ? key.slice(0, dot) : key.slice(0, 8);
}

/** Whether it looks like a federated key, for hints; what counts is whether it is one. */
export function looksFederated(key: string): boolean {
  return key.startsWith("sky_");
}

/** Why a caller's own key cannot be registered (K-5), or null. */
export function registrationProblem(key: string): string | null {
  const length = [...key].length;
  if (length < MIN_REGISTERED_LENGTH || length > MAX_REGISTERED_LENGTH) {
    return `expected ${MIN_REGISTERED_LENGTH} to ${MAX_REGISTERED_LENGTH} characters, got ${length}`;
  }
  if (!/^[\x21-\x7e]+$/.test(key)) {
    return "expected printable ASCII characters without spaces, as an Authorization header carries them";
  }
  const entropy = shannonEntropy(key);
  if (entropy < MIN_ENTROPY_BITS) {
    return `expected an entropy of at least ${MIN_ENTROPY_BITS.toFixed(1)} bits per character, got ${entropy.toFixed(2)}`;
  }
  return null;
}

/** Shannon entropy of a text, bits per character. */
export function shannonEntropy(text: string): number {
  const counts = new Map<string, number>();
  let length = 0;
  for (const character of text) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
    length++;
  }
  let bits = 0;
  for (const count of counts.values()) bits -= (count / length) * Math.log2(count / length);
  return bits;
}
