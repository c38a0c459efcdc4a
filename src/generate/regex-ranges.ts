/** Sets of characters in regular expressions, as ranges of code points. */

import { compilePattern } from "./schema.js";

/** First and last code point. */
export type Range = readonly [number, number];

export const DIGITS: readonly Range[] = [[48, 57]];
export const WORD: readonly Range[] = [
  [97, 122],
  [65, 90],
  [48, 57],
  [95, 95],
];
export const SPACE: readonly Range[] = [[32, 32]];
/** Printable ASCII: the characters for `.` and for complements. */
export const PRINTABLE: Range = [32, 126];
const EVERYTHING: Range = [0, 0xffff];
const SURROGATES: Range = [0xd800, 0xdfff];
/** Characters of several scripts and symbols, for `\p{…}`. */
const SAMPLE = Array.from(
  `${String.fromCharCode(...Array.from({ length: 95 }, (_, at) => at + 32))}éàüßñøçÉÜÑ…—«»€£¥°©½²αβγΔΩбвгЖאבعس中文日本語ひらカタ한국नमत١٢٣😀🎉✓→∑`,
);

/** The range of one character, or of its code point. */
export function point(character: number | string): readonly Range[] {
  const code = typeof character === "number" ? character : (character.codePointAt(0) ?? 0);
  return [[code, code]];
}

/** The only character in the ranges; undefined if there are several. */
export function single(ranges: readonly Range[]): number | undefined {
  const [range] = ranges;
  return ranges.length === 1 && range?.[0] === range?.[1] ? range?.[0] : undefined;
}

/** The sample characters that a property escape matches. */
export function sampled(property: string): readonly Range[] {
  const matcher = compilePattern(`^${property}$`);
  return SAMPLE.filter((character) => matcher.test(character)).flatMap(point);
}

/** Printable characters outside the ranges; if there are none, all other characters outside them. */
export function complement(ranges: readonly Range[]): readonly Range[] {
  const printable = gaps(PRINTABLE, ranges);
  return printable.length > 0 ? printable : gaps(EVERYTHING, [...ranges, SURROGATES]);
}

function gaps([first, last]: Range, ranges: readonly Range[]): Range[] {
  const found: Range[] = [];
  let next = first;
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (low > last) break;
    if (low > next) found.push([next, low - 1]);
    next = Math.max(next, high + 1);
  }
  if (next <= last) found.push([next, last]);
  return found;
}
