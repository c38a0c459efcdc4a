import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { ChatRequest } from "../../src/domain/chat.js";
import { parseEnvelope } from "../../src/http/inference/chat-request.js";
import { parseMessagesRequest } from "../../src/http/inference/messages-request.js";
import { messagesRequestSchema } from "../../src/schemas/messages.js";
import { HELLO_MESSAGE } from "../support/messages.js";

/** Parses `HELLO_MESSAGE` with `fields` on top, the way a request would arrive. */
function parse(fields: object) {
  const envelope = parseEnvelope(JSON.stringify({ ...HELLO_MESSAGE, ...fields }));
  if (!envelope.ok) throw new Error("the envelope was refused");
  return parseMessagesRequest(envelope, { unknownFields: "ignore" });
}

function accepted(fields: object): ChatRequest {
  const result = parse(fields);
  if (!result.ok) throw new Error(result.message);
  return result.request;
}

const conversation = (messages: readonly object[]) => accepted({ messages }).messages;
const user = (...content: readonly object[]) => ({ role: "user", content });
const assistant = (...content: readonly object[]) => ({ role: "assistant", content });
const TEXT = { type: "text", text: "Hi" };
const WEATHER = { name: "weather", input_schema: { type: "object" } };

describe("what the pipeline is asked for (I-3)", () => {
  test("the least body", () => {
    expect(accepted({})).toEqual({
      model: "acme/llama",
      messages: [{ role: "user", content: "Hello, world!" }],
      stream: false,
      includeUsage: true,
      continuousUsage: false,
      maxTokens: 1024,
      stop: [],
      includeStop: false,
      logprobs: false,
      topLogprobs: 0,
      responseFormat: { type: "text" },
      tools: [],
      toolChoice: "none",
      metadata: null,
      unknownFields: [],
    });
  });

  test("every field", () => {
    const request = accepted({
      stream: true,
      stop_sequences: ["a", "b"],
      temperature: 1,
      top_p: 1,
      top_k: 0,
      metadata: { user_id: "u-1", plan: "free" },
      thinking: { type: "enabled", budget_tokens: 1024 },
      tools: [{ ...WEATHER, description: "Looks" }],
    });
    expect(request).toMatchObject({
      stream: true,
      stop: ["a", "b"],
      metadata: { user_id: "u-1", plan: "free" },
      tools: [{ name: "weather", description: "Looks", parameters: { type: "object" } }],
      toolChoice: "auto",
      unknownFields: [],
    });
  });

  test.each([
    [{ type: "auto", disable_parallel_tool_use: true }, "auto"],
    [{ type: "any" }, "required"],
    [{ type: "tool", name: "weather" }, { name: "weather" }],
    [{ type: "none" }, "none"],
  ])("tool_choice %j", (tool_choice, expected) => {
    expect(accepted({ tools: [WEATHER], tool_choice }).toolChoice).toEqual(expected);
  });
});

describe("the conversation (I-3)", () => {
  test.each([["Be kind."], [[TEXT, { ...TEXT, cache_control: { type: "ephemeral" } }]]])(
    "the system prompt is the first message: %j",
    (system) => {
      const [first, ...others] = accepted({ system }).messages;
      expect(first).toEqual({
        role: "system",
        content: typeof system === "string" ? system : [TEXT, TEXT],
      });
      expect(others).toHaveLength(1);
    },
  );

  test("images, embedded and linked", () => {
    const embedded = { type: "base64", media_type: "image/png", data: "iVBO" };
    const linked = { type: "url", url: "https://example.com/a.png" };
    const images = [embedded, linked].map((source) => ({ type: "image", source }));
    expect(conversation([user(TEXT, ...images)])).toEqual([
      {
        role: "user",
        content: [
          TEXT,
          { type: "image_url", image_url: { url: "data:image/png;base64,iVBO" } },
          { type: "image_url", image_url: { url: "https://example.com/a.png" } },
        ],
      },
    ]);
  });

  test("what the assistant thought, said and called", () => {
    const thinking = { type: "thinking", thinking: "A city.", signature: "" };
    const call = { type: "tool_use", id: "call-1", name: "weather", input: { city: "Bonn" } };
    expect(conversation([assistant(thinking, TEXT, call), assistant(call)])).toEqual([
      {
        role: "assistant",
        content: [TEXT],
        reasoning_content: "A city.",
        tool_calls: [{ id: "call-1", function: { name: "weather", arguments: { city: "Bonn" } } }],
      },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "call-1", function: { name: "weather", arguments: { city: "Bonn" } } }],
      },
    ]);
  });

  test("tool results are messages of their own, before what the user adds", () => {
    const result = (id: string, content?: unknown) => ({ type: "tool_result", tool_use_id: id, content });
    expect(conversation([user(TEXT, result("a", "Rain"), result("b", [TEXT]), result("c"))])).toEqual([
      { role: "tool", tool_call_id: "a", content: "Rain" },
      { role: "tool", tool_call_id: "b", content: [TEXT] },
      { role: "tool", tool_call_id: "c", content: "" },
      { role: "user", content: [TEXT] },
    ]);
    expect(conversation([user(result("a", "Rain"))])).toEqual([
      { role: "tool", tool_call_id: "a", content: "Rain" },
    ]);
  });
});

test("the schema has a JSON Schema, with the required fields of the description", () => {
  const schema = z.toJSONSchema(messagesRequestSchema, { io: "input" });
  expect(schema.required).toEqual(["model", "messages", "max_tokens"]);
  expect(schema.properties?.max_tokens).toMatchObject({ type: "integer", minimum: 1 });
});
