import type { WorkspaceKey } from "./model.js";

/** Forms of API keys (K-1, K-5, inference §7). */

/** Characters of a federated key that name it: `sky_` and 12 more (K-1, K-5). */
export const FEDERATED_PREFIX_LENGTH = 16;
/** Characters of a minted workspace key before its dot: `abcd1234.` in the documents. */
export const WORKSPACE_PREFIX_LENGTH = 8;
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
  return dot > 0 ? key.slice(0, dot) : key.slice(0, WORKSPACE_PREFIX_LENGTH);
}

/** Whether a key that is scoped to models may be used for this one (Y-44). */
export function coversModel({ modelIds }: WorkspaceKey, modelId: string | undefined): boolean {
  return modelIds === null || (modelId !== undefined && modelIds.includes(modelId));
}

/** A key may have slashes of its own, so everything behind is taken for it. */
const KEY_IN_PATH = /(\/groups\/[^/]+)?\/api_keys\/(.+)/;

/** A path as the journal keeps it: where a key's prefix belongs, somebody may have put the whole key. */
export function pathWithoutKey(path: string): string {
  if (!path.includes("/api_keys/")) return path;
  return path.replace(KEY_IN_PATH, (_, group: string | undefined, key: string) => {
    const prefix = group ? federatedPrefix(key) : workspacePrefix(key.replace(/%2e/gi, "."));
    return `${group ?? ""}/api_keys/${prefix}`;
  });
}

/** Whether it looks like a federated key, for hints; what counts is whether it is one. */
export function isFederatedKey(key: string): boolean {
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
