import { RegExpParser } from "@eslint-community/regexpp";
import fc from "fast-check";
import { RE2JS } from "re2js";
import { describe, expect, test } from "vitest";
import { linearPattern } from "../../src/runtime/linear-pattern.js";

const ENGINE = { RE2JS, RegExpParser };
const linear = (source: string, flags = "u") => linearPattern(source, flags, ENGINE);

/** Pieces of patterns that both engines know. */
const atom = fc.constantFrom(
  ..."aBz0_ é😀".split(""),
  "😀",
  ".",
  "\\d",
  "\\D",
  "\\w",
  "\\s",
  "\\S",
  "\\p{L}",
  "\\P{Lu}",
  "\\p{Script=Greek}",
  "[a-z]",
  "[^a-z]",
  "[\\s\\d]",
  "[^\\S]",
  "[]",
  "[^]",
  "[\\u{1F600}-\\u{1F64F}]",
  "\\u00e9",
  "\\x41",
  "\\n",
  "\\.",
  "\\/",
  "[-^\\]]",
  "^",
  "$",
  "\\b",
  "\\B",
);
const { pattern } = fc.letrec<{ pattern: string; piece: string; quantified: string }>((tie) => ({
  pattern: fc.oneof(
    fc.array(tie("piece"), { maxLength: 4 }).map((pieces) => pieces.join("")),
    fc.tuple(tie("piece"), tie("piece")).map(([one, other]) => `${one}|${other}`),
  ),
  piece: fc.oneof({ weight: 3, arbitrary: atom }, tie("quantified")),
  quantified: fc
    .tuple(tie("pattern"), fc.constantFrom("", "*", "+", "?", "{2}", "{1,3}", "{0,}", "*?"))
    .map(([inner, quantifier]) => `(?:${inner})${quantifier}`),
}));
const text = fc
  .array(
    fc.constantFrom(
      "a",
      "A",
      "b",
      "Z",
      "0",
      "_",
      " ",
      "\n",
      "\r",
      "\u2028",
      "\u00a0",
      "\ufeff",
      "é",
      "É",
      "😀",
      "Ω",
      "ω",
      "ß",
      "-",
      ".",
    ),
    {
      maxLength: 8,
    },
  )
  .map((characters) => characters.join(""));

/**
 * JavaScript's own answer; null where there is none, as for a quantified assertion. V8 may find `\\B` between the halves
 * of a character, where by the standard nothing is.
 */
function javaScript(source: string, flags: string, subject: string): boolean | null {
  if (source.includes("\\B") && subject.includes("😀")) return null;
  try {
    return new RegExp(source, flags).test(subject);
  } catch {
    return null;
  }
}

describe("patterns in linear time", () => {
  test("they answer as JavaScript does, for any simple pattern, text and flags", () => {
    fc.assert(
      fc.property(pattern, text, fc.constantFrom("u", "su"), (source, subject, flags) => {
        const expected = javaScript(source, flags, subject);
        fc.pre(expected !== null);
        expect(linear(source, flags)?.(subject)).toBe(expected);
      }),
      { numRuns: 3_000 },
    );
  });

  test("and where case is ignored, whenever they can", () => {
    fc.assert(
      fc.property(pattern, text, (source, subject) => {
        const expected = javaScript(source, "iu", subject);
        const test = expected === null ? null : linear(source, "iu");
        fc.pre(test !== null);
        expect(test?.(subject)).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ["(a+)+$", "u"],
    ["^(\\w+\\s?)*$", "u"],
    ["(x+x+)+y", "iu"],
  ])("%s, which takes JavaScript exponential time, is decided at once", (source, flags) => {
    expect(linear(source, flags)?.(`${"a".repeat(50)} ${"x".repeat(50)}!`)).toBe(false);
  });

  test.each([
    ["a(?=b)", "u"],
    ["(?<!a)b", "u"],
    ["(a)\\1", "u"],
    ["(?<n>a)\\k<n>", "u"],
    ["^a$", "mu"],
    ["a{1001}", "u"],
    ["\\p{Alphabetic}", "u"],
    ["\\W", "iu"],
    [`${"(".repeat(20_000)}a${")".repeat(20_000)}`, "u"],
  ])("%.20s with %s is not for this engine", (source, flags) => {
    expect(linear(source, flags)).toBeNull();
  });

  test("half of a character matches as in JavaScript", () => {
    for (const source of ["^.$", "\\ud83d", "[^a]", "^\\S$"]) {
      for (const subject of ["\ud83d", "\ude00", "😀"]) {
        expect([source, subject, linear(source)?.(subject)]).toEqual([
          source,
          subject,
          javaScript(source, "u", subject),
        ]);
      }
    }
  });
});
