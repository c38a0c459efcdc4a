/**
 * The only random source of a world: a seeded generator (sfc32). Equal seeds and equal calls give equal ids. It is
 * not cryptographic.
 */
export type Random = ReturnType<typeof createRandom>;

/** The generator's four words. */
export type RandomState = readonly [number, number, number, number];

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BYTE_HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** @param seed a text (equal seeds give equal sequences), or the state of another source */
export function createRandom(seed: string | RandomState) {
  let [a, b, c, counter] = typeof seed === "string" ? hashSeed(seed) : seed;

  const uint32 = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  if (typeof seed === "string") for (let warmUp = 0; warmUp < 12; warmUp++) uint32();

  const float = (): number => uint32() / 2 ** 32;
  const int = (bound: number): number => Math.floor(float() * bound);
  const hexWord = (): string => {
    const word = uint32();
    return `${BYTE_HEX[word >>> 24]}${BYTE_HEX[(word >>> 16) & 255]}${BYTE_HEX[(word >>> 8) & 255]}${BYTE_HEX[word & 255]}`;
  };
  const hex = (length: number): string => {
    let text = "";
    while (text.length < length) text += hexWord();
    return text.length === length ? text : text.slice(0, length);
  };

  return {
    /** The current state, from which {@link createRandom} continues. */
    state: (): RandomState => [a, b, c, counter],
    /** 32 random bits. */
    uint32,
    /** A number in [0, 1). */
    float,
    /** An integer in [0, bound). */
    int,
    /** `length` characters of `0-9a-f`. */
    hex,
    /** `length` characters of `A-Za-z0-9`. */
    alphanumeric(length: number): string {
      let text = "";
      for (let at = 0; at < length; at++) text += ALPHANUMERIC.charAt(int(ALPHANUMERIC.length));
      return text;
    },
    /** A version 4 UUID. */
    uuid(): string {
      const digits = hex(32);
      const variant = "89ab".charAt(Number.parseInt(digits.charAt(16), 16) & 3);
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`;
    },
  };
}

/** Four well-mixed words from a text (FNV-1a with four offsets and a final avalanche). */
function hashSeed(seed: string): [number, number, number, number] {
  const word = (offset: number): number => {
    let hash = 0x811c9dc5 ^ offset;
    for (let at = 0; at < seed.length; at++) hash = Math.imul(hash ^ seed.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) | 0;
  };
  return [word(0x9e3779b9), word(0x243f6a88), word(0xb7e15162), word(0x6a09e667)];
}
