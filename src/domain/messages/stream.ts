import type { Reply, ToolCall } from "../chat.js";
import { type Chunking, producedTokens, textDeltas } from "../completion/deltas.js";
import type { StreamFrame } from "../completion/stream.js";
import { countTokens, takeTokens } from "../completion/tokens.js";
import {
  type MessageMeta,
  messageUsageJson,
  stopKeys,
  textBlockJson,
  thinkingBlockJson,
  toolUseBlockJson,
} from "./message.js";

/** One event, and the tokens of its text. */
interface Step {
  readonly event: string;
  readonly json: string;
  readonly tokens: number;
}

/** Usage of `message_start`: not known yet, and without cache fields (I-3f). */
const NO_USAGE = '{"input_tokens":0,"output_tokens":0}';

function started(index: number, blockJson: string, tokens = 0): Step {
  const json = `{"type":"content_block_start","index":${index},"content_block":${blockJson}}`;
  return { event: "content_block_start", json, tokens };
}

function stopped(index: number): Step {
  return { event: "content_block_stop", json: `{"type":"content_block_stop","index":${index}}`, tokens: 0 };
}

function delta(index: number, type: string, key: string, pieceJson: string, tokens: number): Step {
  const json = `{"type":"content_block_delta","index":${index},"delta":{"type":"${type}","${key}":${pieceJson}}}`;
  return { event: "content_block_delta", json, tokens };
}

/** The start of the block has the name; the arguments follow as pieces of JSON text. */
function* toolSteps(call: ToolCall, index: number, perDelta: number): Generator<Step> {
  yield started(index, toolUseBlockJson(call, "{}"), countTokens(call.name));
  for (let at = 0; at < call.arguments.length; ) {
    const { end, count } = takeTokens(call.arguments, perDelta, at);
    const pieceJson = JSON.stringify(call.arguments.slice(at, end));
    yield delta(index, "input_json_delta", "partial_json", pieceJson, count);
    at = end;
  }
  yield stopped(index);
}

/** One block each for thinking, text and tool calls; empty parts have none. */
function* contentSteps(reply: Reply, chunking: Chunking): Generator<Step> {
  let index = 0;
  if (reply.reasoning) {
    yield started(index, thinkingBlockJson(""));
    for (const { json, tokens } of textDeltas("reasoning", reply.reasoning, chunking)) {
      yield delta(index, "thinking_delta", "thinking", json, tokens);
    }
    yield stopped(index);
    index += 1;
  }
  if (reply.content) {
    yield started(index, textBlockJson(""));
    for (const { json, tokens } of textDeltas("content", reply.content, chunking)) {
      yield delta(index, "text_delta", "text", json, tokens);
    }
    yield stopped(index);
    index += 1;
  }
  // Only the start of a block has an id, so all styles except `whole` are the same here.
  const whole = chunking.toolDeltas.style === "whole";
  const perDelta = whole ? Number.POSITIVE_INFINITY : Math.max(1, chunking.tokensPerChunk);
  for (const call of reply.toolCalls) {
    yield* toolSteps(call, index, perDelta);
    index += 1;
  }
}

/**
 * The server-sent events of a streamed answer (I-3e): `message_start`, the content blocks, `message_delta` with the stop
 * reason and the usage, `message_stop`. `completionTokens` grows with the text and ends at the reply's usage.
 */
export function* iterateMessageFrames(
  meta: MessageMeta,
  reply: Reply,
  chunking: Chunking,
): Generator<StreamFrame, void, undefined> {
  const { completion } = reply.usage;
  const { total } = producedTokens(reply);
  const message =
    `{"id":${JSON.stringify(meta.id)},"type":"message","role":"assistant","content":[]` +
    `,"model":${JSON.stringify(meta.model)},"stop_reason":null,"stop_sequence":null,"usage":${NO_USAGE}}`;
  yield frame("message_start", `{"type":"message_start","message":${message}}`, 0);

  let sent = 0;
  for (const { event, json, tokens } of contentSteps(reply, chunking)) {
    sent += tokens;
    yield frame(event, json, sent >= total ? completion : Math.floor((sent * completion) / total));
  }

  const usage = messageUsageJson(reply.usage);
  yield frame(
    "message_delta",
    `{"type":"message_delta","delta":{${stopKeys(reply)}},"usage":${usage}}`,
    completion,
  );
  yield frame("message_stop", '{"type":"message_stop"}', completion);
}

function frame(event: string, json: string, completionTokens: number): StreamFrame {
  return { data: `event: ${event}\ndata: ${json}\n\n`, completionTokens };
}
