/** Embeddings without a model: the same text gives the same vector everywhere, and texts that share words lie close. */

/** Places of the vector that one word touches. */
const PLACES_PER_WORD = 8;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * A vector of length 1 for a text (feature hashing: each word adds to a few places, with a sign). Its values are
 * 32-bit floats, as real engines compute with, so that floats and base64 say the same.
 * @param words as {@link wordsOf} gives them, or token ids as text
 */
export function embedding(words: Iterable<string>, dimensions: number): Float32Array {
  const sums = new Float64Array(dimensions);
  // Every text has this one in common, so that there is a direction even without words.
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

/** The words of a text, in lower case; punctuation and spaces tell them apart. */
export function* wordsOf(text: string): Generator<string> {
  for (const [word] of text.matchAll(/[\p{L}\p{N}]+/gu)) yield word.toLowerCase();
}

function add(sums: Float64Array, word: string): void {
  let hash = hashOf(word);
  for (let place = 0; place < PLACES_PER_WORD; place++) {
    hash = mixed(hash + place);
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

/** The finalizer of MurmurHash3: every bit depends on every other. */
function mixed(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
