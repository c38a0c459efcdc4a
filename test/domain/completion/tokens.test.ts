import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countTokens, promptTokens, splitTokens, takeTokens } from "../../../src/domain/completion/tokens.js";

const anyText = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc
    .array(fc.constantFrom(" ", "\n", "\t", "a", "é", "e\u0301", "7", ",", "漢", "👩‍👧", "\u200d"))
    .map((p) => p.join("")),
);

describe("X-14: the documented sample", () => {
  test("the conversation has 10 prompt tokens", () => {
    expect(promptTokens([{ role: "user", content: "Hello, world!" }], [])).toBe(10);
  });

  test("the answer has 9 completion tokens", () => {
    expect(countTokens("Hello! How can I help you today?")).toBe(9);
  });
});

describe("X-14: pieces of a text", () => {
  test.each([
    ["words with their space", "Hello, world!", ["Hello", ",", " world", "!"]],
    ["up to three digits", "in 20261 years", ["in", " 202", "61", " years"]],
    ["long words in parts", "internationalization", ["internationa", "lization"]],
    ["each CJK character", "日本 語", ["日", "本", " 語"]],
    ["words of other scripts", "Привет, мир", ["Привет", ",", " мир"]],
    ["line breaks apart from indentation", "a\n\n    b", ["a", "\n\n", "   ", " b"]],
    ["trailing blanks", "a  ", ["a", "  "]],
    ["combining marks with their letter", "cafe\u0301 e\u0301", ["cafe\u0301", " e\u0301"]],
    ["joined emoji", "👩‍👩‍👧👍🏽!", ["👩‍👩‍👧", "👍🏽", "!"]],
    ["nothing", "", []],
  ])("%s", (_, text, pieces) => {
    expect(splitTokens(text)).toEqual(pieces);
  });

  test("a letter at the end of a full piece keeps its combining mark", () => {
    expect(splitTokens(`${"a".repeat(12)}\u0301b`)).toEqual([`${"a".repeat(12)}\u0301`, "b"]);
  });

  test("a flood of combining marks is not one token", () => {
    expect(countTokens(`e${"\u0301".repeat(160)}`)).toBeGreaterThan(5);
  });

  test("joined, they are the text, and none is empty", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const pieces = splitTokens(text);
        expect(pieces.join("")).toBe(text);
        expect(pieces).not.toContain("");
      }),
    );
  });

  test("no piece starts or ends inside a surrogate pair", () => {
    const wellFormed = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(wellFormed, (text) => {
        for (const piece of splitTokens(text)) {
          expect(piece).not.toMatch(/^[\udc00-\udfff]|[\ud800-\udbff]$/);
        }
      }),
    );
  });

  test("counting and taking agree with splitting", () => {
    fc.assert(
      fc.property(anyText, fc.nat({ max: 20 }), (text, most) => {
        const pieces = splitTokens(text);
        expect(countTokens(text)).toBe(pieces.length);
        const taken = pieces.slice(0, most);
        expect(takeTokens(text, most)).toEqual({ end: taken.join("").length, count: taken.length });
      }),
    );
  });

  test.each(["a", " ", "\n", "\u0301", "漢", "😀\u200d", "1", "a b"])(
    "a megabyte of %j is counted",
    (unit) => {
      expect(countTokens(unit.repeat(1_000_000 / unit.length))).toBeGreaterThan(1_000_000 / 64);
    },
  );
});

describe("X-14: what a prompt counts", () => {
  const empty = promptTokens([{ role: "user", content: "" }], []);

  test("images and audio cost a fixed number, whatever their size", () => {
    const url = `data:image/png;base64,${"A".repeat(5000)}`;
    expect(
      promptTokens(
        [
          {
            role: "user",
            content: [
              { type: "text", text: "Look, listen" },
              { type: "image_url", image_url: { url } },
              { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } },
            ],
          },
        ],
        [],
      ),
    ).toBe(empty + 3 + 85 + 85);
  });

  test("tool definitions count their JSON text", () => {
    const tool = { name: "square_root", description: null, parameters: { type: "object" } };
    expect(promptTokens([{ role: "user", content: "" }], [tool])).toBe(
      empty + countTokens(JSON.stringify(tool)),
    );
  });

  test("tool calls, names and reasoning that are sent back count", () => {
    const call = { id: "call-1", function: { name: "square_root", arguments: '{"number": 4}' } };
    expect(
      promptTokens(
        [
          {
            role: "assistant",
            content: null,
            name: "Ada",
            reasoning_content: "Let me see",
            tool_calls: [call],
          },
        ],
        [],
      ),
    ).toBe(empty + 1 + 3 + countTokens(JSON.stringify(call.function)));
  });
});
