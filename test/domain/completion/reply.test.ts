import { describe, expect, test } from "vitest";
import { buildReply } from "../../../src/domain/completion/reply.js";
import { countTokens } from "../../../src/domain/completion/tokens.js";
import { chatRequest, countingIds } from "./support.js";

describe("what is said", () => {
  test("without a rule: the last user message", () => {
    expect(buildReply(chatRequest("Hello, world!"), null, countingIds())).toEqual({
      content: "Hello, world!",
      reasoning: null,
      toolCalls: [],
      finishReason: "stop",
      usage: { prompt: 10, completion: 4, cached: 0, reasoning: 0 },
    });
  });

  test("mode echo, and a rule that says nothing else, echo too", () => {
    expect(buildReply(chatRequest("hi"), { mode: "echo", content: "no" }, countingIds()).content).toBe("hi");
    expect(buildReply(chatRequest("hi"), {}, countingIds()).content).toBe("hi");
  });

  test("without a user message the echo is empty, not absent", () => {
    const said = buildReply(chatRequest("", { messages: [] }), null, countingIds());
    expect(said).toMatchObject({ content: "", finishReason: "stop" });
  });

  test("I-1.3: a pure tool call has no content, ids of its own and arguments as text", () => {
    const said = buildReply(
      chatRequest("root of 4"),
      {
        tool_calls: [
          { name: "square_root", arguments: { number: 132413 } },
          { name: "square_root", arguments: '{"number": 4}', id: "functions.square_root:0" },
        ],
      },
      countingIds(),
    );
    expect(said.content).toBeNull();
    expect(said.finishReason).toBe("tool_calls");
    expect(said.toolCalls).toEqual([
      {
        id: "chatcmpl-tool-00000000000000000000000000000001",
        name: "square_root",
        arguments: '{"number":132413}',
      },
      { id: "functions.square_root:0", name: "square_root", arguments: '{"number": 4}' },
    ]);
  });

  test("I-1.3: the rule may name its finish reason, or leave it out", () => {
    expect(
      buildReply(chatRequest("x"), { content: "a", finish_reason: "length" }, countingIds()).finishReason,
    ).toBe("length");
    expect(
      buildReply(chatRequest("x"), { content: "{}", finish_reason: null }, countingIds()).finishReason,
    ).toBeNull();
  });
});

describe("I-1.1: stop", () => {
  const say = (content: string, stop: string[], overrides = {}) =>
    buildReply(chatRequest("x", { stop, ...overrides }), { content }, countingIds());

  test("cuts before the first occurrence of any sequence", () => {
    const said = say("one two three two", ["three", "two"]);
    expect(said).toMatchObject({ content: "one ", finishReason: "stop", usage: { completion: 2 } });
  });

  test("include_stop_str_in_output keeps the sequence", () => {
    expect(say("one two three", [" two"], { includeStop: true }).content).toBe("one two");
  });

  test("of sequences that start together, the shortest is the one kept", () => {
    expect(say("abc", ["abc", "ab"], { includeStop: true }).content).toBe("ab");
    expect(say("abc", ["ab", "abc"], { includeStop: true }).content).toBe("ab");
  });

  test("at the start it leaves empty content", () => {
    expect(say("one", ["one"])).toMatchObject({ content: "", usage: { completion: 0 } });
  });

  test("a sequence that does not occur, or is empty, changes nothing", () => {
    expect(say("one two", ["three", ""]).content).toBe("one two");
  });

  test("ends the answer before its tool calls", () => {
    const said = buildReply(
      chatRequest("x", { stop: ["."] }),
      { content: "I look it up.", tool_calls: [{ name: "look", arguments: {} }] },
      countingIds(),
    );
    expect(said).toMatchObject({ content: "I look it up", toolCalls: [], finishReason: "stop" });
  });
});

describe("I-1.1: max_tokens", () => {
  test("keeps the first tokens", () => {
    const said = buildReply(chatRequest("x", { maxTokens: 2 }), { content: "one two three" }, countingIds());
    expect(said).toMatchObject({ content: "one two", finishReason: "length", usage: { completion: 2 } });
  });

  test("an answer of just as many tokens is not cut", () => {
    const said = buildReply(chatRequest("x", { maxTokens: 3 }), { content: "one two three" }, countingIds());
    expect(said).toMatchObject({ content: "one two three", finishReason: "stop" });
  });

  test("with stop, the one that comes first while producing ends the answer", () => {
    const say = (maxTokens: number) =>
      buildReply(
        chatRequest("x", { maxTokens, stop: [" three four"] }),
        { content: "one two three four" },
        {
          hex32: () => "",
        },
      );
    expect(say(2)).toMatchObject({ content: "one two", finishReason: "length" });
    expect(say(3)).toMatchObject({ content: "one two three", finishReason: "length" });
    expect(say(4)).toMatchObject({ content: "one two", finishReason: "stop" });
  });

  test("reasoning draws on the same budget", () => {
    const say = (maxTokens: number) =>
      buildReply(
        chatRequest("x", { maxTokens }),
        { reasoning_content: "let me think", content: "one two" },
        countingIds(),
      );
    expect(say(2)).toMatchObject({ reasoning: "let me", content: null, finishReason: "length" });
    expect(say(3)).toMatchObject({ reasoning: "let me think", content: null, finishReason: "length" });
    expect(say(4)).toMatchObject({ content: "one", finishReason: "length" });
    expect(say(5)).toMatchObject({ content: "one two", finishReason: "stop" });
    expect(say(5).usage).toMatchObject({ completion: 5, reasoning: 3 });
  });

  test("a tool call that does not fit is left with cut arguments", () => {
    const args = '{"number":132413}';
    const budget = countTokens("root") + 3;
    const said = buildReply(
      chatRequest("x", { maxTokens: budget }),
      { tool_calls: [{ name: "root", arguments: args }] },
      countingIds(),
    );
    expect(said.finishReason).toBe("length");
    expect(said.usage.completion).toBe(budget);
    expect(args.startsWith(said.toolCalls[0]?.arguments ?? "no call")).toBe(true);
    expect(said.toolCalls[0]?.arguments).not.toBe(args);
  });

  test("a call whose name does not fit is not begun", () => {
    const said = buildReply(
      chatRequest("x", { maxTokens: 1 }),
      { content: "one", tool_calls: [{ name: "root", arguments: {} }] },
      countingIds(),
    );
    expect(said).toMatchObject({ content: "one", toolCalls: [], finishReason: "length" });
  });
});

describe("I-1.1: what calls cost that max_tokens cuts", () => {
  const first = { name: "root", arguments: '{"number":4}' };
  const price = countTokens(first.name) + countTokens(first.arguments);
  const say = (maxTokens: number, calls: object[]) =>
    buildReply(chatRequest("x", { maxTokens }), { tool_calls: calls as [typeof first] }, countingIds());

  test("a second call whose name does not fit costs nothing; the first is whole", () => {
    const long = { name: "look_up_the_weather", arguments: "{}" };
    const said = say(price + 1, [first, long]);
    expect(countTokens(long.name)).toBeGreaterThan(1);
    expect(said).toMatchObject({ toolCalls: [first], finishReason: "length" });
    expect(said.usage.completion).toBe(price);
  });

  test("a name that fits to the last token is said, with no arguments left", () => {
    const said = say(price + countTokens("root"), [first, first]);
    expect(said).toMatchObject({
      toolCalls: [first, { name: "root", arguments: "" }],
      finishReason: "length",
    });
    expect(said.usage.completion).toBe(price + countTokens("root"));
  });

  test("what fits exactly is not cut", () => {
    const said = say(2 * price, [first, first]);
    expect(said).toMatchObject({ toolCalls: [first, first], finishReason: "tool_calls" });
    expect(said.usage.completion).toBe(2 * price);
  });

  test("a second call that is cut in its arguments costs what was said of both", () => {
    const said = say(2 * price - 1, [first, first]);
    expect(said.toolCalls).toHaveLength(2);
    expect(said.finishReason).toBe("length");
    expect(said.usage.completion).toBe(2 * price - 1);
  });
});

describe("X-14, X-15: usage", () => {
  test("completion counts content, reasoning and tool calls", () => {
    const said = buildReply(
      chatRequest("x"),
      { content: "one two", reasoning_content: "hm", tool_calls: [{ name: "root", arguments: "{}" }] },
      countingIds(),
    );
    expect(said.usage).toMatchObject({ completion: 2 + 1 + 1 + 2, reasoning: 1, cached: 0 });
  });

  test("each number of the rule replaces the counted one, zero too", () => {
    const usage = { prompt_tokens: 100, completion_tokens: 0, cached_tokens: 64, reasoning_tokens: 7 };
    expect(buildReply(chatRequest("x"), { content: "one", usage }, countingIds()).usage).toEqual({
      prompt: 100,
      completion: 0,
      cached: 64,
      reasoning: 7,
    });
  });

  test("reasoning tokens alone are part of the completion", () => {
    const said = buildReply(
      chatRequest("x"),
      { content: "one two", usage: { reasoning_tokens: 50 } },
      countingIds(),
    );
    expect(said.usage).toMatchObject({ completion: 52, reasoning: 50 });
  });
});
