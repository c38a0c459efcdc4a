import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { ChatRequest } from "../../src/domain/chat.js";
import { parseChatRequest, parseEnvelope } from "../../src/http/inference/chat-request.js";
import { chatRequestSchema } from "../../src/schemas/chat.js";

const HELLO = { model: "acme/llama", messages: [{ role: "user", content: "hi" }] };

/** Parses `HELLO` with `fields` on top, the way a request would arrive. */
function parse(fields: object, unknownFields: "ignore" | "reject" = "ignore") {
  const envelope = parseEnvelope(JSON.stringify({ ...HELLO, ...fields }));
  if (!envelope.ok) throw new Error("the envelope was refused");
  return parseChatRequest(envelope, { unknownFields });
}

function accepted(fields: object): ChatRequest {
  const result = parse(fields);
  if (!result.ok) throw new Error(result.message);
  return result.request;
}

function refused(fields: object, unknownFields: "ignore" | "reject" = "ignore"): string {
  const result = parse(fields, unknownFields);
  return result.ok ? "accepted" : result.message;
}

const user = (content: unknown) => ({ messages: [{ role: "user", content }] });
const schemaFormat = (json_schema: object) => ({ response_format: { type: "json_schema", json_schema } });

describe("envelope (X-5)", () => {
  it.each([
    ["empty", ""],
    ["not JSON", "{"],
    ["a list", '[{"model":"m","messages":[]}]'],
    ["null", "null"],
    ["text", '"x"'],
    ["an empty object", "{}"],
    ["no messages", '{"model":"m"}'],
    ["no model", '{"messages":[]}'],
    ["model is a number", '{"model":1,"messages":[]}'],
    ["messages is an object", '{"model":"m","messages":{}}'],
    ["a byte order mark", '\uFEFF{"model":"m","messages":[]}'],
    ["model only under __proto__", '{"__proto__":{"model":"m"},"messages":[]}'],
  ])("refuses: %s", (_name, body) => {
    expect(parseEnvelope(body)).toEqual({ ok: false });
  });

  it("gives model, messages and the whole body", () => {
    const text = '{"model":"é/x","messages":[1],"foo":2}';
    const body = { model: "é/x", messages: [1], foo: 2 };
    expect(parseEnvelope(text)).toMatchObject({ ok: true, model: "é/x", messages: [1], body });
  });

  it("lets the last of repeated keys count", () => {
    expect(parseEnvelope('{"model":1,"model":"m","messages":[]}')).toMatchObject({ ok: true, model: "m" });
  });
});

describe("refused values (I-1.1, I-4.2)", () => {
  const BAD_INTEGER = "Input should be a valid integer";
  it.each<[fields: object, ...lines: string[]]>([
    [{ max_tokens: 99999999 }, "max_tokens (99999999): Input should be less than or equal to 262144"],
    [{ max_tokens: 0 }, "max_tokens (0): Input should be greater than or equal to 1"],
    [{ max_tokens: "8" }, `max_tokens (8): ${BAD_INTEGER}`],
    [{ max_tokens: 1.5 }, `max_tokens (1.5): ${BAD_INTEGER}, got a number with a fractional part`],
    [
      { max_completion_tokens: 262145 },
      "max_completion_tokens (262145): Input should be less than or equal to 262144",
    ],
    [{ max_completion_tokens: 0 }, "max_completion_tokens (0): Input should be greater than or equal to 1"],
    [
      { max_tokens: 8, max_completion_tokens: 8 },
      "max_completion_tokens (8): Extra inputs are not permitted",
    ],
    [
      { max_tokens: 8, max_completion_tokens: 0 },
      "max_completion_tokens (0): Extra inputs are not permitted",
    ],
    [{ temperature: "hot" }, "temperature (hot): Input should be a valid number"],
    [{ temperature: true }, "temperature (True): Input should be a valid number"],
    [{ top_p: 0 }, "top_p (0): Input should be greater than 0"],
    [{ top_p: 1.01 }, "top_p (1.01): Input should be less than or equal to 1"],
    [{ top_p: -0.00001 }, "top_p (-1e-05): Input should be greater than 0"],
    [{ top_k: null }, `top_k (None): ${BAD_INTEGER}`],
    [{ min_p: "a" }, "min_p (a): Input should be a valid number"],
    [{ repetition_penalty: null }, "repetition_penalty (None): Input should be a valid number"],
    [{ n: 2 }, "n (2): Input should be less than or equal to 1"],
    [{ n: 0 }, "n (0): Input should be greater than or equal to 1"],
    [{ best_of: 2 }, "best_of (2): Input should be less than or equal to 1"],
    [{ stop: "" }, "stop (): String should have at least 1 character"],
    [{ stop: ["a", ""] }, "stop.1 (): String should have at least 1 character"],
    [{ stop: "x".repeat(1001) }, `stop (${"x".repeat(200)}...): String should have at most 1000 characters`],
    [{ stop: 5 }, "stop (5): Input should be a valid string", "stop (5): Input should be a valid list"],
    [{ bad: {} }, "bad ({}): Input should be a valid string", "bad ({}): Input should be a valid list"],
    [{ bad_token_ids: [1, "x"] }, `bad_token_ids.1 (x): ${BAD_INTEGER}`],
    [{ stop_token_ids: 7 }, "stop_token_ids (7): Input should be a valid list"],
    [{ seed: "x" }, `seed (x): ${BAD_INTEGER}`],
    [
      { logit_bias: { "50256": -101 } },
      "logit_bias.50256 (-101): Input should be greater than or equal to -100",
    ],
    [{ logit_bias: { "50256": 101 } }, "logit_bias.50256 (101): Input should be less than or equal to 100"],
    [{ logit_bias: [] }, "logit_bias ([]): Input should be a valid dictionary"],
    [{ logprobs: 1 }, "logprobs (1): Input should be a valid boolean"],
    [{ logprobs: true, top_logprobs: 21 }, "top_logprobs (21): Input should be less than or equal to 20"],
    [{ logprobs: true, top_logprobs: -1 }, "top_logprobs (-1): Input should be greater than or equal to 0"],
    [{ truncate_prompt_tokens: 0 }, "truncate_prompt_tokens (0): Input should be greater than or equal to 1"],
    [{ stream: "yes" }, "stream (yes): Input should be a valid boolean"],
    [{ stream_options: true }, "stream_options (True): Input should be a valid dictionary"],
    [{ stream_options: { chunks: 3 } }, "stream_options.chunks (3): Extra inputs are not permitted"],
    [
      { stream_options: { include_usage: 1 } },
      "stream_options.include_usage (1): Input should be a valid boolean",
    ],
    [{ user: 7 }, "user (7): Input should be a valid string"],
    [{ ignore_eos: "no" }, "ignore_eos (no): Input should be a valid boolean"],
    [{ documents: ["d"] }, "documents.0 (d): Input should be a valid dictionary"],
    [{ chat_template_args: "x" }, "chat_template_args (x): Input should be a valid dictionary"],
    [{ metadata: [7] }, "metadata ([7]): Input should be a valid dictionary"],
    [{ reasoning_effort: 3 }, "reasoning_effort (3): Input should be a valid string"],
  ])("%j", (fields, ...lines) => {
    expect(refused(fields)).toBe(`Invalid request: [${lines.map((line) => `'${line}'`).join(", ")}]`);
  });

  it("tells a number too large for a double from a wrong type", () => {
    const envelope = parseEnvelope('{"model":"m","messages":[{"role":"user","content":""}],"top_p":1e999}');
    expect(envelope.ok && parseChatRequest(envelope, { unknownFields: "ignore" })).toEqual({
      ok: false,
      message: "Invalid request: ['top_p (inf): Input should be a finite number']",
    });
  });

  it.each([3, -0.5, 2.01, 4])("X-9: temperature %d, in the server's own words", (temperature) => {
    expect(refused({ temperature })).toBe(
      `Validation: Temperature must be between 0 and 2, got ${temperature}`,
    );
  });

  it("top_logprobs needs logprobs", () => {
    const message = "Validation: `top_logprobs` requires `logprobs` to be true";
    expect(refused({ top_logprobs: 1 })).toBe(message);
    expect(refused({ top_logprobs: 1, logprobs: false })).toBe(message);
    expect(accepted({ top_logprobs: 0 }).topLogprobs).toBe(0);
  });

  it("lists several findings in the order of the schema, before the server's own rules", () => {
    expect(refused({ n: 2, temperature: 3, max_tokens: 0 })).toBe(
      "Invalid request: ['max_tokens (0): Input should be greater than or equal to 1', 'n (2): Input should be less than or equal to 1']",
    );
  });

  it("stops listing after 20 findings", () => {
    const message = refused({ bad_token_ids: Array.from({ length: 50 }, () => "x") });
    expect(message.match(/bad_token_ids\.\d+/g)).toHaveLength(20);
    const unknown = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`x${i}`, i]));
    expect(refused(unknown, "reject").match(/Extra inputs/g)).toHaveLength(20);
  });

  it("shortens values, and counts the items of a list that is too long", () => {
    const message = refused({ stop: Array.from({ length: 33 }, () => 1) });
    expect(message).toBe(
      `Invalid request: ['stop ([${"1, ".repeat(32)}1]): List should have at most 32 items after validation, not 33']`,
    );
    expect(refused({ top_p: [...Array(500).keys()] })).toMatch(
      /^.{18}'top_p \(\[0, 1, .{190,200}\.\.\.\): Input/,
    );
  });

  it("quotes as Python does: double quotes around single ones, escapes where both occur", () => {
    expect(refused({ user: ["it's"] })).toBe(
      `Invalid request: ['user (["it\\'s"]): Input should be a valid string']`,
    );
    expect(refused({ top_p: "it's" })).toBe(
      `Invalid request: ["top_p (it's): Input should be a valid number"]`,
    );
    expect(refused({ top_p: "a\n\u0000é\u2028\\" })).toBe(
      `Invalid request: ['top_p (a\\n\\x00é\\u2028\\\\): Input should be a valid number']`,
    );
    expect(refused({ user: [null, true, 1e-7, { a: "b" }] })).toBe(
      `Invalid request: ["user ([None, True, 1e-07, {'a': 'b'}]): Input should be a valid string"]`,
    );
  });
});

describe("accepted values (I-1.1)", () => {
  it.each<[fields: object]>([
    [{ max_tokens: 1 }],
    [{ max_tokens: 262144 }],
    [{ max_completion_tokens: 262144 }],
    [{ temperature: 0 }],
    [{ temperature: 2 }],
    [{ top_p: 1 }],
    [{ top_p: 0.0001 }],
    [{ top_k: -1 }],
    [{ n: 1, best_of: 1 }],
    [{ stop: "x".repeat(1000) }],
    [{ stop: Array.from({ length: 32 }, () => "a") }],
    [{ logit_bias: { "1": -100, "2": 100 } }],
    [{ logprobs: true, top_logprobs: 20 }],
    [{ truncate_prompt_tokens: 1 }],
    [{ seed: 2 ** 63 }],
    [{ seed: -1 }],
    [{ documents: [{ title: "t" }], chat_template: "t", chat_template_args: { enable_thinking: true } }],
    [{ chat_template_kwargs: { enable_thinking: false }, thinking: { type: "enabled" }, reasoning: {} }],
    [{ messages: [{ role: "assistant", content: null, refusal: null, annotations: [] }] }],
    [{ messages: [{ role: "assistant" }] }],
    [{ messages: [{ role: "assistant", content: "a", reasoning_content: "r" }] }],
    [{ messages: [{ role: "tool", tool_call_id: "c1", content: "4" }] }],
    [user([{ type: "image_url", image_url: { url: "data:", detail: "low" } }])],
    [user([{ type: "input_audio", input_audio: { data: "", format: "wav" } }])],
  ])("%j", (fields) => {
    expect(parse(fields)).toMatchObject({ ok: true, request: { unknownFields: [] } });
  });

  it.each([
    ["temperature", "seed", "best_of", "logit_bias", "stream_options", "response_format", "tools"],
    ["tool_choice", "user", "truncate_prompt_tokens", "documents", "chat_template", "disaggregated_params"],
    ["max_tokens", "max_completion_tokens", "top_p", "n", "stop", "stream", "logprobs", "top_logprobs"],
    ["frequency_penalty", "presence_penalty", "reasoning_effort", "metadata"],
  ])("null counts as absent: %s, %s, %s, ...", (...names) => {
    const nulls = Object.fromEntries(names.map((name) => [name, null]));
    expect(accepted(nulls)).toEqual(accepted({}));
  });
});

describe("unknown fields (X-10)", () => {
  it("are ignored and named", () => {
    expect(accepted({ foo: 1, n: 1, store: true }).unknownFields).toEqual(["foo", "store"]);
  });

  it("are refused, each, when the setting says so", () => {
    expect(refused({ foo: 1, bar: null }, "reject")).toBe(
      "Invalid request: ['foo (1): Extra inputs are not permitted', 'bar (None): Extra inputs are not permitted']",
    );
    expect(parse({ metadata: {}, reasoning_effort: "high", thinking: 1, reasoning: 1 }, "reject").ok).toBe(
      true,
    );
  });

  it("come after the findings about known fields", () => {
    expect(refused({ foo: 1, n: 2 }, "reject")).toBe(
      "Invalid request: ['n (2): Input should be less than or equal to 1', 'foo (1): Extra inputs are not permitted']",
    );
  });
});

describe("messages (I-1.2)", () => {
  const ROLES = "Input should be 'system', 'user', 'assistant' or 'tool'";
  const PART_TAGS = "'text', 'image_url', 'input_audio'";
  it.each<[fields: object, list: string]>([
    [{ messages: [] }, "['messages ([]): List should have at least 1 item after validation, not 0']"],
    [{ messages: [5] }, "['messages.0 (5): Input should be a valid dictionary']"],
    [{ messages: [{ role: "developer", content: "x" }] }, `["messages.0.role (developer): ${ROLES}"]`],
    [{ messages: [{ content: "x" }] }, `["messages.0.role ({'content': 'x'}): Field required"]`],
    [{ messages: [{ role: "user" }] }, `["messages.0.content ({'role': 'user'}): Field required"]`],
    [user(null), "['messages.0.content (None): Input should be a valid string']"],
    [
      user(5),
      "['messages.0.content (5): Input should be a valid string', 'messages.0.content (5): Input should be a valid list']",
    ],
    [
      user([{ type: "text", text: "x", cache: 1 }]),
      "['messages.0.content.0.cache (1): Extra inputs are not permitted']",
    ],
    [
      user([{ type: "video" }]),
      `["messages.0.content.0 ({'type': 'video'}): Input tag 'video' found using 'type' does not match any of the expected tags: ${PART_TAGS}"]`,
    ],
    [
      user([{ text: "x" }]),
      `["messages.0.content.0 ({'text': 'x'}): Unable to extract tag using discriminator 'type'"]`,
    ],
    [
      user([{ type: "image_url", image_url: { url: "u", detail: "max" } }]),
      `["messages.0.content.0.image_url.detail (max): Input should be 'auto', 'low' or 'high'"]`,
    ],
    [
      user([{ type: "input_audio", input_audio: { data: "", format: "ogg" } }]),
      `["messages.0.content.0.input_audio.format (ogg): Input should be 'wav' or 'mp3'"]`,
    ],
    [
      {
        messages: [
          { role: "assistant", tool_calls: [{ id: "c", type: "function", function: { name: "f" } }] },
        ],
      },
      `["messages.0.tool_calls.0.function.arguments ({'name': 'f'}): Field required"]`,
    ],
  ])("refuses %j", (fields, list) => {
    expect(refused(fields)).toBe(`Invalid request: ${list}`);
  });

  it("keeps tool calls with text or object arguments", () => {
    const call = (args: unknown) => ({ id: "c", type: "function", function: { name: "f", arguments: args } });
    const messages = [{ role: "assistant", tool_calls: [call('{"a":1}'), call({ a: 1 })] }];
    expect(accepted({ messages }).messages).toEqual(messages);
  });
});

describe("response formats and tools (I-2)", () => {
  it.each<[fields: object, list: string]>([
    [
      { response_format: { type: "xml" } },
      `["response_format ({'type': 'xml'}): Input tag 'xml' found using 'type' does not match any of the expected tags: 'text', 'json_object', 'json_schema', 'grammar', 'structural_tag'"]`,
    ],
    [{ response_format: "json" }, "['response_format (json): Input should be a valid dictionary']"],
    [
      { response_format: { type: "text", x: 1 } },
      "['response_format.x (1): Extra inputs are not permitted']",
    ],
    [
      { response_format: { type: "grammar" } },
      `["response_format.grammar ({'type': 'grammar'}): Field required"]`,
    ],
    [schemaFormat({ name: "n" }), `["response_format.json_schema.schema ({'name': 'n'}): Field required"]`],
    [
      schemaFormat({ name: "n", schema: {}, strict: false }),
      "['response_format.json_schema.strict (False): Input should be True']",
    ],
    [
      schemaFormat({ name: "n", schema: {}, title: "t" }),
      "['response_format.json_schema.title (t): Extra inputs are not permitted']",
    ],
    [{ tools: [{ function: {} }] }, "['tools.0.function.name ({}): Field required']"],
    [
      { tools: [{ type: "web", function: { name: "f" } }] },
      `["tools.0.type (web): Input should be 'function'"]`,
    ],
    [
      { tool_choice: "any" },
      `["tool_choice (any): Input should be 'none', 'auto' or 'required'", 'tool_choice (any): Input should be a valid dictionary']`,
    ],
    [
      { tool_choice: { type: "function", function: {} } },
      "['tool_choice.function.name ({}): Field required']",
    ],
  ])("refuses %j", (fields, list) => {
    expect(refused(fields)).toBe(`Invalid request: ${list}`);
  });

  it("refuses an empty schema name in the server's own words", () => {
    expect(refused(schemaFormat({ name: "", schema: {} }))).toBe(
      "Validation: `response_format.json_schema.name` cannot be empty",
    );
  });

  it("reads every response format", () => {
    const format = (response_format: object) => accepted({ response_format }).responseFormat;
    expect(format({ type: "json_object" })).toEqual({ type: "json_object" });
    expect(format({ type: "grammar", grammar: "g" })).toEqual({ type: "grammar", grammar: "g" });
    expect(format({ type: "structural_tag", structural_tag: "s" })).toEqual({
      type: "structural_tag",
      structuralTag: "s",
    });
    expect(accepted(schemaFormat({ name: "n", schema: { type: "object" } })).responseFormat).toEqual({
      type: "json_schema",
      name: "n",
      schema: { type: "object" },
    });
  });

  it("tool_choice is auto when tools are given, none without, or what was asked", () => {
    const tools = [{ type: "function", function: { name: "f", parameters: { type: "object" } } }];
    expect(accepted({ tools }).tools).toEqual([
      { name: "f", description: null, parameters: { type: "object" } },
    ]);
    expect(accepted({ tools }).toolChoice).toBe("auto");
    expect(accepted({ tools: [] }).toolChoice).toBe("none");
    expect(accepted({ tools, tool_choice: "required" }).toolChoice).toBe("required");
    const named = { type: "function", function: { name: "f" } };
    expect(accepted({ tools, tool_choice: named }).toolChoice).toEqual({ name: "f" });
  });
});

describe("the request", () => {
  it("has the defaults of I-1.1", () => {
    expect(accepted({})).toEqual({
      ...HELLO,
      stream: false,
      includeUsage: true,
      continuousUsage: true,
      maxTokens: 4096,
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

  it("carries what was asked for", () => {
    const fields = { stream: true, stop: "END", include_stop_str_in_output: true, metadata: { team: "a" } };
    expect(accepted({ ...fields, max_completion_tokens: 8, logprobs: true, top_logprobs: 2 })).toMatchObject({
      stream: true,
      stop: ["END"],
      includeStop: true,
      maxTokens: 8,
      logprobs: true,
      topLogprobs: 2,
      metadata: { team: "a" },
    });
    expect(accepted({ stop: ["a", "b"], max_tokens: 9, max_completion_tokens: null })).toMatchObject({
      stop: ["a", "b"],
      maxTokens: 9,
    });
  });

  it("X-12: each usage option can be switched off", () => {
    const off = { include_usage: false, continuous_usage_stats: false };
    expect(accepted({ stream_options: off })).toMatchObject({ includeUsage: false, continuousUsage: false });
    expect(accepted({ stream_options: {} })).toMatchObject({ includeUsage: true, continuousUsage: true });
  });
});

describe("hostile bodies", () => {
  function parseText(text: string, unknownFields: "ignore" | "reject" = "ignore") {
    const envelope = parseEnvelope(text);
    if (!envelope.ok) throw new Error("the envelope was refused");
    return parseChatRequest(envelope, { unknownFields });
  }
  const withField = (field: string) => `{"model":"m","messages":[{"role":"user","content":"x"}],${field}}`;
  const nested = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;

  it("survives deep nesting, wherever it is", () => {
    expect(parseText(withField(`"metadata":{"a":${nested}}`)).ok).toBe(true);
    expect(parseText(withField(`"tools":[{"function":{"name":"f","parameters":{"a":${nested}}}}]`)).ok).toBe(
      true,
    );
    for (const name of ["stop", "tool_choice", "response_format", "seed", "messages", "logit_bias", "foo"]) {
      expect(parseText(withField(`"${name}":${nested}`), "reject").ok).toBe(false);
    }
  });

  it("refuses very many bad values with a short message", () => {
    const zeros = JSON.stringify(Array.from({ length: 300_000 }, () => 0));
    for (const text of [
      `{"model":"m","messages":${zeros}}`,
      `{"model":"m","messages":[{"role":"user","content":${zeros}}]}`,
      withField(`"bad":${zeros}`),
      withField(`"documents":${zeros}`),
    ]) {
      const result = parseText(text);
      expect(!result.ok && result.message.length < 500 && result.message).toMatch(/^Invalid request: \[/);
    }
  });

  it("checks long bodies as well, and names the first finding", () => {
    const long = "x".repeat(100_000);
    expect(accepted(user(long)).messages).toEqual(user(long).messages);
    expect(refused({ ...user(long), temperature: 3 })).toMatch(/^Validation: Temperature/);
    expect(refused({ ...user(long), stream: 1, user: 1 })).toBe(
      "Invalid request: ['stream (1): Input should be a valid boolean']",
    );
  });

  it("treats __proto__ as a name like any other", () => {
    const body = withField('"__proto__":{"stream":true},"metadata":{"__proto__":{"x":1}}');
    expect(parseText(body)).toMatchObject({ request: { stream: false, unknownFields: ["__proto__"] } });
    expect(parseText(body, "reject")).toEqual({
      ok: false,
      message: "Invalid request: [\"__proto__ ({'stream': True}): Extra inputs are not permitted\"]",
    });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe("any JSON", () => {
  const FIELDS = Object.keys(chatRequestSchema.shape);
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(0, 1, 3, -1, 1.5, "", "auto", "text", null, true),
  );
  const messageLike = fc.record(
    {
      role: fc.oneof(fc.constantFrom("system", "user", "assistant", "tool"), anything),
      content: fc.oneof(
        fc.string(),
        anything,
        fc.array(fc.record({ type: fc.constant("text"), text: anything })),
      ),
      tool_calls: anything,
    },
    { requiredKeys: [] },
  );
  const body = fc
    .record({
      fields: fc.dictionary(fc.oneof(fc.constantFrom(...FIELDS), fc.string()), anything, { maxKeys: 3 }),
      messages: fc.oneof(fc.constant(HELLO.messages), fc.array(fc.oneof(messageLike, anything))),
    })
    .map(({ fields, messages }) => ({ ...fields, model: "m", messages }));

  it("is an envelope or not, without throwing (X-5)", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (input) => {
        expect(typeof parseEnvelope(input).ok).toBe("boolean");
      }),
    );
  });

  it("gives a request within the bounds, or a message of a known form (X-8)", () => {
    fc.assert(
      fc.property(body, fc.constantFrom("ignore", "reject"), (fields, unknownFields) => {
        const envelope = parseEnvelope(JSON.stringify(fields));
        if (!envelope.ok) throw new Error("model and messages were given");
        const result = parseChatRequest(envelope, { unknownFields });
        if (!result.ok) {
          expect(result.message).toMatch(/^(Invalid request: \[['"].*['"]\]|Validation: .+)$/);
          return;
        }
        expect(result.request.messages).toHaveLength(envelope.messages.length);
        expect(result.request.maxTokens).toBeGreaterThanOrEqual(1);
        expect(result.request.maxTokens).toBeLessThanOrEqual(262_144);
        expect(result.request.unknownFields).toEqual(
          Object.keys(envelope.body).filter((name) => !FIELDS.includes(name)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("agrees with the bounds of max_tokens, whatever the integer", () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.integer({ min: -5, max: 262_150 })), (max_tokens) => {
        expect(parse({ max_tokens }).ok).toBe(max_tokens >= 1 && max_tokens <= 262_144);
      }),
    );
  });
});

it("the schema can be described as JSON Schema, with its bounds", () => {
  const schema = z.toJSONSchema(chatRequestSchema, { io: "input" });
  expect(schema.required).toEqual(["model", "messages"]);
  expect(schema.properties).toMatchObject({
    max_tokens: {
      anyOf: [{ type: "integer", minimum: 1, maximum: 262_144 }, { type: "null" }],
      default: 4096,
    },
    top_p: { anyOf: [{ type: "number", exclusiveMinimum: 0, maximum: 1 }, { type: "null" }] },
  });
});
