/** Embeddings without a model. Equal texts have equal vectors; texts with common words have similar vectors. */

/** Dimensions that one word changes. */
const DIMENSIONS_PER_WORD = 8;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * A vector of length 1 for a text (feature hashing: each word adds 1 or -1 to a few dimensions). Values are 32-bit
 * floats, as in real engines, so that the JSON and the base64 form hold the same numbers (I-5.3d).
 * @param words as {@link wordsOf} gives them, or token ids as text
 */
export function embedding(words: Iterable<string>, dimensions: number): Float32Array {
  const sums = new Float64Array(dimensions);
  // All texts share this word, so that a text without words has a direction too.
  add(sums, "");
  for (const word of words) add(sums, word);
  let squares = 0;
  for (const value of sums) squares += value * value;
  // Signs can cancel out in a short vector.
  if (squares === 0) {
    sums[0] = 1;
    squares = 1;
  }
  const length = Math.sqrt(squares);
  return Float32Array.from(sums, (value) => value / length);
}

/** The words of a text, in lower case, split at punctuation and spaces. */
export function* wordsOf(text: string): Generator<string> {
  for (const [word] of text.matchAll(/[\p{L}\p{N}]+/gu)) yield word.toLowerCase();
}

function add(sums: Float64Array, word: string): void {
  let hash = hashOf(word);
  for (let index = 0; index < DIMENSIONS_PER_WORD; index++) {
    hash = mixed(hash + index);
    const at = (hash >>> 1) % sums.length;
    sums[at] = (sums[at] ?? 0) + ((hash & 1) === 0 ? 1 : -1);
  }
}

/** FNV-1a of the UTF-16 units. */
function hashOf(word: string): number {
  let hash = FNV_OFFSET;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), FNV_PRIME);
  return hash >>> 0;
}

/** The finalizer of MurmurHash3. */
function mixed(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
