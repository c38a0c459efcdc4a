import { describe, expect, test } from "vitest";
import { encodeCompletion } from "../../../src/domain/completion/sync.js";
import { META, reply } from "./support.js";

describe("I-1.3: the bytes of a whole answer", () => {
  test("content and reasoning", () => {
    const said = reply({
      content: "4\n",
      reasoning: "2+2",
      usage: { prompt: 112, completion: 74, cached: 16, reasoning: 3 },
    });
    expect(encodeCompletion(META, said)).toBe(
      '{"id":"chatcmpl-0123456789abcdef0123456789abcdef","choices":[{"index":0,"message":{"content":"4\\n","role":"assistant","reasoning_content":"2+2"},"finish_reason":"stop"}],"created":1781697600,"model":"acme/llama","object":"chat.completion","usage":{"prompt_tokens":112,"completion_tokens":74,"total_tokens":186,"prompt_tokens_details":{"audio_tokens":0,"cached_tokens":16},"completion_tokens_details":{"accepted_prediction_tokens":0,"audio_tokens":0,"reasoning_tokens":3,"rejected_prediction_tokens":0}}}',
    );
  });

  test("a pure tool call has no content key", () => {
    const said = reply({
      toolCalls: [
        {
          id: "chatcmpl-tool-00000000000000000000000000000001",
          name: "square_root",
          arguments: '{"number": 132413}',
        },
      ],
      finishReason: "tool_calls",
    });
    expect(encodeCompletion(META, said)).toContain(
      '"choices":[{"index":0,"message":{"tool_calls":[{"id":"chatcmpl-tool-00000000000000000000000000000001","type":"function","function":{"name":"square_root","arguments":"{\\"number\\": 132413}"}}],"role":"assistant"},"finish_reason":"tool_calls"}]',
    );
  });

  test("content, tool calls, role, reasoning is the order of a message", () => {
    const said = reply({
      content: "",
      reasoning: "r",
      toolCalls: [{ id: "t", name: "n", arguments: "{}" }],
      finishReason: "length",
    });
    expect(encodeCompletion(META, said)).toContain(
      '"message":{"content":"","tool_calls":[{"id":"t","type":"function","function":{"name":"n","arguments":"{}"}}],"role":"assistant","reasoning_content":"r"},"finish_reason":"length"',
    );
  });

  test("without a finish reason the key is absent", () => {
    expect(encodeCompletion(META, reply({ content: "{}", finishReason: null }))).toContain(
      '"choices":[{"index":0,"message":{"content":"{}","role":"assistant"}}]',
    );
  });

  test("model and text may contain anything", () => {
    const content = '"\\\u2028\n\0\ud800😀</script>';
    const body: unknown = JSON.parse(encodeCompletion({ ...META, model: 'a"\\\nb' }, reply({ content })));
    expect(body).toMatchObject({ model: 'a"\\\nb', choices: [{ message: { content } }] });
  });
});
