import fc from "fast-check";
import { expect, test } from "vitest";
import { generateJson } from "../../src/generate/json-schema.js";
import { createRandom } from "../../src/runtime/random.js";

const PATTERNS = [
  "^$",
  "^.{5}$",
  "^[^a-z]+$",
  "^[\\s\\S]{3}$",
  "^[^\\x20-\\x7e]{2}$",
  "^[-a]b[a-]$",
  "^[\\]\\\\^]$",
  "^(a|b|)c??d+?$",
  "^(?<year>\\d{4})-\\k<year>$",
  "\\bword\\b",
  "^\\cA\\0\\t$",
  "^\\u{1F600}\\uD83D\\uDE00$",
  "^\\P{L}{2}$",
  "^[\\p{Lu}\\p{Nd}]{4}$",
  "^(?!0)\\d{3}$",
  "^\\w[\\w\\-]*$",
  "^https?:\\/\\/[a-z]+(\\.[a-z]+)+(\\/[^\\s]*)?$",
  "^(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}$",
  "^[0-9A-HJKMNP-TV-Z]{26}$",
  "a{2,}b{,3}",
  "^\\-x\\_$",
];

test.each(PATTERNS)("%s gives texts that it matches", (pattern) => {
  for (let seed = 0; seed < 30; seed++) {
    const value = generateJson({ type: "string", pattern }, createRandom(`${seed}`));
    expect(value).toMatch(lenient(pattern));
  }
});

test("any pattern of letters, classes, groups and quantifiers gives texts that it matches", () => {
  const atom = fc.constantFrom("a", "[a-f]", "[^x]", "\\d", "\\w", ".", "\\.", "é");
  const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { maxDepth: 4 },
      atom,
      fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => `${a}${b}`),
      fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => `(?:${a}|${b})`),
      fc
        .tuple(tie("pattern"), fc.constantFrom("?", "*", "+", "{2}", "{1,3}", "{0,}", "+?"))
        .map(([a, q]) => `(${a})${q}`),
    ),
  }));
  fc.assert(
    fc.property(pattern, fc.string(), (source, seed) => {
      const schema = { type: "string", pattern: `^${source}$` };
      expect(generateJson(schema, createRandom(seed))).toMatch(new RegExp(`^${source}$`, "u"));
    }),
    { numRuns: 500 },
  );
});

test("a pattern and a length hold together", () => {
  for (const [minLength, maxLength] of [
    [0, 3],
    [30, 32],
    [200, 300],
  ]) {
    const value = generateJson(
      { type: "string", pattern: "^[a-z]+(-[a-z]+)*$", minLength, maxLength },
      createRandom("both"),
    );
    expect(value).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(String(value).length).toSatisfy(
      (length) => length >= (minLength ?? 0) && length <= (maxLength ?? 0),
    );
  }
});

function lenient(pattern: string): RegExp {
  try {
    return new RegExp(pattern, "u");
  } catch {
    return new RegExp(pattern);
  }
}
