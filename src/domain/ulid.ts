/** Crockford's base 32, as ULIDs use it. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** All pairs of characters: ten bits each. */
const PAIRS = Array.from(
  { length: 1024 },
  (_, bits) => ALPHABET.charAt(bits >> 5) + ALPHABET.charAt(bits & 31),
);
const PAIRS_OF_TIME = 5;

/**
 * A ULID (W-2): 48 bits of time, 80 random bits.
 * @param at epoch milliseconds
 * @param uint32 a source of 32 random bits
 */
export function ulid(at: number, uint32: () => number): string {
  let text = "";
  for (let pair = 0, rest = at; pair < PAIRS_OF_TIME; pair++) {
    text = PAIRS[rest % 1024] + text;
    rest = Math.floor(rest / 1024);
  }
  const [first, second, third] = [uint32(), uint32(), uint32()];
  return (
    text +
    PAIRS[first & 1023] +
    PAIRS[(first >>> 10) & 1023] +
    PAIRS[(first >>> 20) & 1023] +
    PAIRS[second & 1023] +
    PAIRS[(second >>> 10) & 1023] +
    PAIRS[(second >>> 20) & 1023] +
    PAIRS[third & 1023] +
    PAIRS[(third >>> 10) & 1023]
  );
}
