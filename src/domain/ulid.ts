/** Crockford's base 32, as ULIDs use it. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_CHARACTERS = 10;
const RANDOM_CHARACTERS = 16;

/**
 * A ULID (W-2): 48 bits of time, 80 bits of chance.
 * @param at epoch milliseconds
 * @param uint32 a source of 32 random bits
 */
export function ulid(at: number, uint32: () => number): string {
  let time = "";
  for (let rest = at; time.length < TIME_CHARACTERS; rest = Math.floor(rest / 32)) {
    time = ALPHABET.charAt(rest % 32) + time;
  }
  let chance = "";
  // Six characters of five bits from each draw.
  for (let bits = 0, left = 0; chance.length < RANDOM_CHARACTERS; bits >>>= 5, left--) {
    if (left === 0) {
      bits = uint32();
      left = 6;
    }
    chance += ALPHABET.charAt(bits & 31);
  }
  return time + chance;
}
