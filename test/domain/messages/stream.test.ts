import type { RawContentBlockDelta, RawMessageStreamEvent } from "@anthropic-ai/sdk/resources/messages";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Reply } from "../../../src/domain/chat.js";
import type { Chunking } from "../../../src/domain/completion/deltas.js";
import { joinFrames } from "../../../src/domain/completion/stream.js";
import { iterateMessageFrames } from "../../../src/domain/messages/stream.js";
import { reply } from "../completion/support.js";
import { META } from "./support.js";

const DEFAULT_CHUNKING: Chunking = { tokensPerChunk: 1, toolDeltas: { style: "whole" } };

const START =
  'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_0123456789abcdef0123456789abcdef","type":"message","role":"assistant","content":[],"model":"acme/llama","stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,"output_tokens":0}}}\n\n';
const STOP = 'event: message_stop\ndata: {"type":"message_stop"}\n\n';
const FRAGMENTS: Chunking = { tokensPerChunk: 5, toolDeltas: { style: "fragments" } };

function blockStart(index: number, block: string): string {
  return `event: content_block_start\ndata: {"type":"content_block_start","index":${index},"content_block":${block}}\n\n`;
}
function blockDelta(index: number, delta: string): string {
  return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":${delta}}\n\n`;
}
function blockStop(index: number): string {
  return `event: content_block_stop\ndata: {"type":"content_block_stop","index":${index}}\n\n`;
}
function messageDelta(stop: string, usage: string): string {
  return `event: message_delta\ndata: {"type":"message_delta","delta":{${stop}},"usage":${usage}}\n\n`;
}

function stream(said: Reply, chunking = DEFAULT_CHUNKING): string[] {
  return [...iterateMessageFrames(META, said, chunking)].map(({ data }) => data);
}

const HELLO = reply({
  content: "Hello, world",
  usage: { prompt: 10, completion: 3, cached: 4, reasoning: 0 },
});

describe("I-3: the events of a streamed message", () => {
  test("text: start without cache fields, one block, the whole usage at the end", () => {
    expect(stream(HELLO)).toEqual([
      START,
      blockStart(0, '{"type":"text","text":""}'),
      blockDelta(0, '{"type":"text_delta","text":"Hello"}'),
      blockDelta(0, '{"type":"text_delta","text":","}'),
      blockDelta(0, '{"type":"text_delta","text":" world"}'),
      blockStop(0),
      messageDelta(
        '"stop_reason":"end_turn","stop_sequence":null',
        '{"input_tokens":10,"output_tokens":3,"cache_read_input_tokens":4}',
      ),
      STOP,
    ]);
  });

  test("thinking, text and a tool call are blocks 0, 1 and 2", () => {
    const said = reply({
      reasoning: "Hm",
      content: "Yes",
      toolCalls: [{ id: "call-1", name: "root", arguments: '{"n":4}' }],
      finishReason: "tool_calls",
      usage: { prompt: 10, completion: 10, cached: 0, reasoning: 1 },
    });
    expect(stream(said)).toEqual([
      START,
      blockStart(0, '{"type":"thinking","thinking":"","signature":""}'),
      blockDelta(0, '{"type":"thinking_delta","thinking":"Hm"}'),
      blockStop(0),
      blockStart(1, '{"type":"text","text":""}'),
      blockDelta(1, '{"type":"text_delta","text":"Yes"}'),
      blockStop(1),
      blockStart(2, '{"type":"tool_use","id":"call-1","name":"root","input":{}}'),
      blockDelta(2, '{"type":"input_json_delta","partial_json":"{\\"n\\":4}"}'),
      blockStop(2),
      messageDelta(
        '"stop_reason":"tool_use","stop_sequence":null',
        '{"input_tokens":10,"output_tokens":10,"cache_read_input_tokens":0}',
      ),
      STOP,
    ]);
  });

  test("arguments in fragments; each call has a block of its own", () => {
    const said = reply({
      toolCalls: [
        { id: "call-1", name: "root", arguments: '{"n":4}' },
        { id: "call-2", name: "now", arguments: "" },
      ],
    });
    expect(stream(said, FRAGMENTS).slice(1, 7)).toEqual([
      blockStart(0, '{"type":"tool_use","id":"call-1","name":"root","input":{}}'),
      blockDelta(0, '{"type":"input_json_delta","partial_json":"{\\"n\\":"}'),
      blockDelta(0, '{"type":"input_json_delta","partial_json":"4}"}'),
      blockStop(0),
      blockStart(1, '{"type":"tool_use","id":"call-2","name":"now","input":{}}'),
      blockStop(1),
    ]);
  });

  test("a stop sequence is named at the end", () => {
    expect(stream({ ...HELLO, stopSequence: "END" }).at(-2)).toContain(
      '"delta":{"stop_reason":"stop_sequence","stop_sequence":"END"}',
    );
  });

  test("an empty answer has no blocks", () => {
    expect(stream(reply({ content: "" }))).toEqual([
      START,
      messageDelta(
        '"stop_reason":"end_turn","stop_sequence":null',
        '{"input_tokens":10,"output_tokens":0,"cache_read_input_tokens":0}',
      ),
      STOP,
    ]);
  });
});

describe("L-4: what a cut stream is charged", () => {
  const tokens = (said: Reply, chunking = DEFAULT_CHUNKING) =>
    [...iterateMessageFrames(META, said, chunking)].map(({ completionTokens }) => completionTokens);

  test("tokens grow with the text", () => {
    expect(tokens(HELLO)).toEqual([0, 0, 1, 2, 3, 3, 3, 3]);
  });

  test("a tool's name counts with the start of its block", () => {
    const said = reply({
      toolCalls: [{ id: "t", name: "root", arguments: '{"n":4}' }],
      usage: { prompt: 10, completion: 8, cached: 0, reasoning: 0 },
    });
    expect(tokens(said)).toEqual([0, 1, 8, 8, 8, 8]);
  });

  test("X-14: a rule's count is reached step by step", () => {
    expect(tokens({ ...HELLO, usage: { ...HELLO.usage, completion: 100 } })).toEqual([
      0, 0, 33, 66, 100, 100, 100, 100,
    ]);
  });
});

describe("any reply", () => {
  const text = fc.oneof(fc.constant(null), fc.string({ unit: "grapheme" }));
  const replies = fc
    .record({
      content: text,
      reasoning: text,
      toolCalls: fc.array(fc.record({ id: fc.string(), name: fc.string(), arguments: fc.json() }), {
        maxLength: 3,
      }),
      completion: fc.nat(1000),
    })
    .map(({ completion, ...said }) =>
      reply({ ...said, usage: { prompt: 1, completion, cached: 0, reasoning: 0 } }),
    );
  const chunkings = fc.record({
    tokensPerChunk: fc.integer({ min: 1, max: 5 }),
    charactersPerChunk: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    toolDeltas: fc.constantFrom<Chunking["toolDeltas"]>({ style: "whole" }, { style: "fragments" }),
  });

  test("put together, the blocks say what the reply says; tokens never fall and end at its usage", () => {
    fc.assert(
      fc.property(replies, chunkings, (said, chunking) => {
        const frames = [...iterateMessageFrames(META, said, chunking)];
        expect(assemble(joinFrames(frames))).toEqual([
          ...(said.reasoning ? [`thinking ${said.reasoning}`] : []),
          ...(said.content ? [`text ${said.content}`] : []),
          ...said.toolCalls.map((call) => `tool_use ${call.id} ${call.name} ${call.arguments}`),
        ]);
        const tokens = frames.map(({ completionTokens }) => completionTokens);
        expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
        expect(tokens.at(-1)).toBe(said.usage.completion);
      }),
    );
  });
});

/** A reference reader: what each block says, checking that events come in the order of the protocol. */
function assemble(body: string): string[] {
  const blocks: string[] = [];
  let open = false;
  for (const part of body.split("\n\n").slice(0, -1)) {
    const [, name, json] = /^event: (\w+)\ndata: ([^\n]*)$/.exec(part) ?? [];
    const event: RawMessageStreamEvent = JSON.parse(json ?? "");
    expect(event.type).toBe(name);
    switch (event.type) {
      case "content_block_start": {
        const { content_block: block } = event;
        expect([open, event.index]).toEqual([false, blocks.length]);
        open = true;
        blocks.push(block.type === "tool_use" ? `tool_use ${block.id} ${block.name} ` : `${block.type} `);
        break;
      }
      case "content_block_delta":
        expect([open, event.index]).toEqual([true, blocks.length - 1]);
        blocks.push(`${blocks.pop()}${pieceOf(event.delta)}`);
        break;
      case "content_block_stop":
        expect([open, event.index]).toEqual([true, blocks.length - 1]);
        open = false;
        break;
    }
  }
  expect(open).toBe(false);
  return blocks;
}

function pieceOf(delta: RawContentBlockDelta): string {
  switch (delta.type) {
    case "text_delta":
      return delta.text;
    case "thinking_delta":
      return delta.thinking;
    case "input_json_delta":
      return delta.partial_json;
    default:
      throw new Error(`unexpected ${delta.type}`);
  }
}
