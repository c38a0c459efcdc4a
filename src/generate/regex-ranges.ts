/** Sets of characters in regular expressions, as ranges of code points. */

import type { Random } from "../runtime/random.js";
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

/** The sample characters that a property escape matches. */
export function sampled(property: string): readonly Range[] {
  const matcher = compilePattern(`^${property}$`);
  return SAMPLE.filter((character) => matcher.test(character)).map((character) => {
    const code = character.codePointAt(0) ?? 0;
    return [code, code];
  });
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

const LETTERS: readonly Range[] = [
  [97, 122],
  [97, 122],
  [65, 90],
  [48, 57],
];

/** A character of the ranges, readable if they have any. */
export function characterIn(ranges: readonly Range[], random: Random): string {
  const readable = within(ranges, PRINTABLE);
  // If nearly every character is allowed, use letters and digits.
  const letters = LETTERS.flatMap((range) => within(ranges, range));
  const useful = size(readable) > 60 && letters.length > 0 ? letters : readable;
  const from = useful.length > 0 ? useful : ranges;
  let at = random.int(Math.max(1, size(from)));
  for (const [low, high] of from) {
    if (at <= high - low) return String.fromCodePoint(low + at);
    at -= high - low + 1;
  }
  return "";
}

function within(ranges: readonly Range[], [first, last]: Range): Range[] {
  return ranges.flatMap(([low, high]): Range[] => {
    const range: Range = [Math.max(low, first), Math.min(high, last)];
    return range[0] <= range[1] ? [range] : [];
  });
}

function size(ranges: readonly Range[]): number {
  return ranges.reduce((sum, [low, high]) => sum + high - low + 1, 0);
}
