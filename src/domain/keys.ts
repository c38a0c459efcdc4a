import type { WorkspaceKey } from "./model.js";

/** Length of a federated key's prefix: `sky_` and 12 characters (K-1, K-5). */
export const FEDERATED_PREFIX_LENGTH = 16;
/** Length of a minted workspace key's prefix, before its dot: `abcd1234.` in the vendor's documents (I-7.1a). */
export const WORKSPACE_PREFIX_LENGTH = 8;
/** Length of minted secrets; the vendor's documents never show a whole one. */
export const MINTED_SECRET_LENGTH = 32;
const MIN_REGISTERED_LENGTH = 32;
const MAX_REGISTERED_LENGTH = 128;
const MIN_ENTROPY_BITS = 3.0;

/** The prefix of a federated key (K-1). */
export function federatedPrefix(key: string): string {
  return key.slice(0, FEDERATED_PREFIX_LENGTH);
}

/** The prefix of a workspace key: the part before the dot, or its first eight characters (I-7.1c). */
export function workspacePrefix(key: string): string {
  const dot = key.indexOf(".");
  return dot > 0 ? key.slice(0, dot) : key.slice(0, WORKSPACE_PREFIX_LENGTH);
}

/** Whether a key may be used for this model (I-7.1b, Y-44). */
export function coversModel({ modelIds }: WorkspaceKey, modelId: string | undefined): boolean {
  return modelIds === null || (modelId !== undefined && modelIds.includes(modelId));
}

/** Whether the text looks like a federated key. For hints only. */
export function isFederatedKey(key: string): boolean {
  return key.startsWith("sky_");
}

/** Why this key cannot be registered (K-5), or null. */
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
function shannonEntropy(text: string): number {
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
