import { describe, expect, test } from "vitest";
import type { RuleMatch } from "../../../src/domain/completion/match.js";
import { type CompletionRule, compileRule } from "../../../src/domain/completion/rules.js";
import { lastMessageText, type MatchSubject } from "../../../src/domain/completion/subject.js";
import { checkPattern } from "../../../src/domain/completion/text-match.js";
import { firstMatch as firstCompiled } from "../../../src/domain/scripted.js";
import { Patterns } from "../../../src/services/patterns.js";

/** A request that says little; tests fill in what they match on. */
function subject(given: Partial<MatchSubject>): MatchSubject {
  return {
    model: "acme/llama",
    group: ["org"],
    key: ["acme-prod"],
    lastMessage: "",
    system: "",
    turn: 1,
    hasToolResult: false,
    toolsCalled: [],
    responseFormat: "text",
    stream: false,
    metadata: {},
    header: () => undefined,
    ...given,
  };
}

const { compile } = new Patterns();
const compileRules = (rules: readonly CompletionRule[]) => rules.map((rule) => compileRule(rule, 0, compile));
const firstMatch = (rules: ReturnType<typeof compileRules>, given: Partial<MatchSubject>) =>
  firstCompiled(rules, subject(given));

function rule(id: string, match: RuleMatch): CompletionRule {
  return { id, match, reply: { content: id } };
}

function matches(match: RuleMatch, lastMessage: string, model = "acme/llama"): boolean {
  return firstMatch(compileRules([rule("only", match)]), { model, lastMessage }) !== null;
}

describe("matching strings", () => {
  test("a plain string means equal", () => {
    expect(matches({ model: "acme/llama" }, "")).toBe(true);
    expect(matches({ model: "acme" }, "")).toBe(false);
    expect(matches({ last_message: "hi" }, "hi!")).toBe(false);
    expect(matches({ last_message: "" }, "")).toBe(true);
  });

  test("contains looks anywhere in the text", () => {
    expect(matches({ last_message: { contains: "refund" } }, "a refund, please")).toBe(true);
    expect(matches({ last_message: { contains: "refund" } }, "a Refund, please")).toBe(false);
  });

  test("regex is searched for, not anchored", () => {
    expect(matches({ last_message: { regex: "re+fund" } }, "a reefund, please")).toBe(true);
    expect(matches({ last_message: { regex: "^refund" } }, "a refund")).toBe(false);
  });

  test.each([
    ["(?i)refund", "My REFUND", true],
    ["refund", "My REFUND", false],
    ["(?s)a.b", "a\nb", true],
    ["a.b", "a\nb", false],
    ["(?m)^b$", "a\nb", true],
    ["^b$", "a\nb", false],
    ["(?ims)^A.C$", "x\na\nc", true],
    ["(?i)(?s)A.b", "a\nB", true],
    ["(?:i)x", "ix", true],
    ["(?=x)x", "x", true],
    ["^.$", "😀", true],
  ])("inline flags: %s on %j is %s", (regex, text, expected) => {
    expect(matches({ last_message: { regex } }, text)).toBe(expected);
  });

  test("a pattern gives the same answer each time", () => {
    const rules = compileRules([rule("a", { last_message: { regex: "a" } })]);
    const given = { model: "m", lastMessage: "aaa" };
    expect([1, 2, 3].map(() => firstMatch(rules, given) !== null)).toEqual([true, true, true]);
  });
});

describe("rules", () => {
  test("the first match wins", () => {
    const rules = compileRules([
      rule("refund", { model: "acme/llama", last_message: { contains: "refund" } }),
      rule("llama", { model: "acme/llama" }),
      rule("all", {}),
    ]);
    const winner = (model: string, lastMessage: string) => firstMatch(rules, { model, lastMessage })?.rule.id;
    expect(winner("acme/llama", "refund")).toBe("refund");
    expect(winner("acme/llama", "hello")).toBe("llama");
    expect(winner("acme/other", "refund")).toBe("all");
  });

  test("all given keys must match; a key left undefined is not given", () => {
    expect(matches({ model: "acme/llama", last_message: "hi" }, "hi")).toBe(true);
    expect(matches({ model: "acme/llama", last_message: "hi" }, "no")).toBe(false);
    expect(matches({ model: "acme/other", last_message: "hi" }, "hi")).toBe(false);
    expect(matches({ model: undefined }, "hi")).toBe(true);
  });

  test("no rule matches: null", () => {
    expect(firstMatch([], { model: "m", lastMessage: "" })).toBeNull();
    expect(firstMatch(compileRules([rule("a", { model: "x" })]), { model: "m", lastMessage: "" })).toBeNull();
  });
});

describe("checkPattern reports what cannot be compiled", () => {
  test.each(["", "(?i)refund", "(?i)", "\\p{L}+", "[a-z]{2,3}"])("%j is fine", (source) => {
    expect(checkPattern(source)).toBeNull();
  });

  test.each(["(", "[a", "(?i)*", "\\Z", "a{", "(?P<name>x)"])("%j is not", (source) => {
    expect(checkPattern(source)).toMatch(/^Invalid regular expression/);
    expect(() => compileRules([rule("bad", { last_message: { regex: source } })])).toThrow(SyntaxError);
  });

  test("an inline flag that JavaScript has no like for is named", () => {
    expect(checkPattern("(?ix)a")).toContain('"x"');
  });
});

describe("lastMessageText", () => {
  test("is the last user message, past later messages of other roles", () => {
    expect(
      lastMessageText([
        { role: "user", content: "first" },
        { role: "user", content: "second" },
        { role: "assistant", content: "answer" },
        { role: "tool", content: "result", tool_call_id: "call-1" },
      ]),
    ).toBe("second");
  });

  test("joins text parts and skips the others", () => {
    expect(
      lastMessageText([
        {
          role: "user",
          content: [
            { type: "text", text: "What is " },
            { type: "image_url", image_url: { url: "https://example.com/a.png" } },
            { type: "text", text: "this?" },
          ],
        },
      ]),
    ).toBe("What is this?");
  });

  test("is empty without a user message or without content", () => {
    expect(lastMessageText([])).toBe("");
    expect(lastMessageText([{ role: "system", content: "be kind" }])).toBe("");
    expect(lastMessageText([{ role: "user", content: null }])).toBe("");
  });
});
