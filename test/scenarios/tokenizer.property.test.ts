import fc from "fast-check";
import * as cl100k from "gpt-tokenizer/encoding/cl100k_base";
import * as o200k from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, test } from "vitest";
import { tokenizerNamed } from "../../src/services/tokenizers.js";

/** Characters of one kind after which the tokenizer cuts a run. */
const MAX_RUN = 512;

const PLAIN = { disallowedSpecial: new Set<string>() };

const LIBRARY = { o200k_base: o200k, cl100k_base: cl100k } as const;
const NAMES = ["o200k_base", "cl100k_base"] as const;

/** Runs of one kind, none of them as long as one that is cut. */
function run(unit: string): fc.Arbitrary<string> {
  return fc.integer({ min: 1, max: 4 }).map((times) => unit.repeat(times));
}

const word = fc.oneof(
  fc.string({
    unit: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyzABCDEFéüßñ"),
    minLength: 1,
    maxLength: 12,
  }),
  fc.constantFrom(
    "don't",
    "WE'LL",
    "東京",
    "नमस्ते",
    "mañana",
    "e\u0301",
    "👨‍👩‍👧‍👦",
    "2026",
    "12345",
    "<|endoftext|>",
  ),
  fc.constantFrom("https://example.com/a/b", '{"a":[1,2]}', "x+=1;", "…", "//\n").chain(run),
);
const blank = fc.constantFrom(" ", "  ", "    ", "\n", "\n\n", "\r\n", " \n ", "\t", "\u00a0", "");

/** Words and blanks as people write them, from nothing to several times `MAX_RUN` characters. */
const ordinaryText = fc
  .array(fc.tuple(word, blank), { maxLength: 60 })
  .chain((pairs) =>
    fc.nat(100).map((times) =>
      pairs
        .flat()
        .join("")
        .repeat(times + 1),
    ),
  )
  .filter(
    (text) =>
      !new RegExp(`[\\p{L}\\p{M}]{${MAX_RUN}}|[^\\s\\p{L}\\p{N}]{${MAX_RUN}}|[\\s/]{${MAX_RUN}}`, "u").test(
        text,
      ),
  );

/** Whatever a request can hold: lone surrogates, and runs of one character that are cut. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.constantFrom("\ud83d", "\ude00", "\ufeff", "\ufeffusing"),
      fc
        .tuple(
          fc.constantFrom("a", "東", "😀", "-", " ", "\n", "\u0301"),
          fc.integer({ min: 1, max: 2 * MAX_RUN }),
        )
        .map(([unit, times]) => unit.repeat(times)),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));

/** Whether a cut at `end` leaves whole characters on both sides. */
function isBoundary(text: string, end: number): boolean {
  return !/^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(end - 1, end + 1));
}

describe.each(NAMES)("tokenizer %s (X-14)", (name) => {
  const tokenizer = tokenizerNamed(name);

  test("an ordinary text has as many tokens as the library says, however long it is", () => {
    fc.assert(
      fc.property(ordinaryText, (text) => {
        const count = LIBRARY[name].countTokens(text, PLAIN);
        expect(tokenizer.count(text)).toBe(count);
        expect(tokenizer.take(text, count)).toEqual({ end: text.length, count });
      }),
    );
  });

  test("a cut of an ordinary text is what the library's first tokens say", () => {
    fc.assert(
      fc.property(ordinaryText, fc.nat(200), (text, most) => {
        const { end, count } = tokenizer.take(text, most);
        const tokens = LIBRARY[name].encode(text, PLAIN).slice(0, count);
        expect(LIBRARY[name].decode(tokens)).toBe(text.slice(0, end));
        expect(count).toBeLessThanOrEqual(most);
      }),
    );
  });

  test("any text can be cut anywhere: between characters, further with more tokens, at its end with all", () => {
    fc.assert(
      fc.property(anyText, fc.nat(400), (text, most) => {
        const total = tokenizer.count(text);
        expect(tokenizer.take(text, total)).toEqual({ end: text.length, count: total });
        const cut = tokenizer.take(text, most);
        expect(cut.count).toBeLessThanOrEqual(most);
        expect(isBoundary(text, cut.end)).toBe(true);
        expect(tokenizer.take(text, cut.count)).toEqual(cut);
        expect(tokenizer.take(text, most + 1).end).toBeGreaterThanOrEqual(cut.end);
        expect(cut.end === text.length).toBe(total <= most);
      }),
    );
  });
});
