import { describe, expect, test } from "vitest";
import type { FinishReason } from "../../../src/domain/chat.js";
import { encodeMessage } from "../../../src/domain/messages/message.js";
import { reply } from "../completion/support.js";
import { META } from "./support.js";

const CALL = {
  id: "chatcmpl-tool-00000000000000000000000000000001",
  name: "square_root",
  arguments: '{"number": 4}',
};

/** The content of an encoded message, as its JSON text. */
function contentOf(said: Parameters<typeof reply>[0]): string | undefined {
  return /"content":(.*),"model":"acme\/llama"/.exec(encodeMessage(META, reply(said)))?.[1];
}

describe("I-3: the bytes of a whole message", () => {
  test("thinking, text and the usage quirk: input_tokens includes the cached ones", () => {
    const said = reply({
      content: "4\n",
      reasoning: "2+2",
      usage: { prompt: 112, completion: 74, cached: 16, reasoning: 3 },
    });
    expect(encodeMessage(META, said)).toBe(
      '{"id":"msg_0123456789abcdef0123456789abcdef","type":"message","role":"assistant","content":[{"type":"thinking","thinking":"2+2","signature":""},{"type":"text","text":"4\\n"}],"model":"acme/llama","stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":112,"output_tokens":74,"cache_read_input_tokens":16}}',
    );
  });

  test("tool calls are blocks with their arguments as an object", () => {
    expect(contentOf({ content: "Let me see.", toolCalls: [CALL], finishReason: "tool_calls" })).toBe(
      '[{"type":"text","text":"Let me see."},{"type":"tool_use","id":"chatcmpl-tool-00000000000000000000000000000001","name":"square_root","input":{"number":4}}]',
    );
  });

  test.each([['{"number": '], ["[1]"], ["null"], ["4"], [""]])("arguments %j are no object: {}", (args) => {
    expect(contentOf({ toolCalls: [{ ...CALL, arguments: args }] })).toContain('"input":{}}]');
  });

  test("an empty answer has no blocks", () => {
    expect(contentOf({ content: "" })).toBe("[]");
    expect(contentOf({ content: null })).toBe("[]");
  });

  test("model and text may contain anything", () => {
    const content = '"\\\u2028\n\0\ud800😀</script>';
    const body: unknown = JSON.parse(encodeMessage({ ...META, model: 'a"\\\nb' }, reply({ content })));
    expect(body).toMatchObject({ model: 'a"\\\nb', content: [{ type: "text", text: content }] });
  });
});

describe("I-3: stop_reason", () => {
  test.each<[FinishReason | null, string | null]>([
    ["stop", "end_turn"],
    ["length", "max_tokens"],
    ["tool_calls", "tool_use"],
    [null, null],
  ])("%s is %s", (finishReason, expected) => {
    expect(JSON.parse(encodeMessage(META, reply({ finishReason }))).stop_reason).toBe(expected);
  });

  test("a stop sequence is named", () => {
    const said = reply({ content: "a", finishReason: "stop", stopSequence: 'X"' });
    expect(encodeMessage(META, said)).toContain('"stop_reason":"stop_sequence","stop_sequence":"X\\""');
  });

  test("an answer that ended otherwise names none", () => {
    const said = reply({ content: "a", finishReason: "length", stopSequence: "X" });
    expect(encodeMessage(META, said)).toContain('"stop_reason":"max_tokens","stop_sequence":null');
  });
});
