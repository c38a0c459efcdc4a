/** Splits a reply into the deltas of a stream, for all dialects. */

import type { Reply, ToolCall } from "../chat.js";
import type { IdSource } from "./reply.js";
import { countTokens, takeTokens, tokenEnd } from "./tokens.js";

/**
 * How tool calls are streamed (I-1.4h):
 * - `whole`: each call in one delta;
 * - `fragments`: arguments in pieces with the same id and type, continuations without `name`, and the last piece in
 *   the chunk with `finish_reason`, as GLM-5.2 does;
 * - `new-id-per-delta`: a new id on every delta, continuations with `"name":""`, as MiniMax M2.5 and GLM-5 do.
 */
type ToolDeltas =
  | { readonly style: "whole" }
  | { readonly style: "fragments" }
  | { readonly style: "new-id-per-delta"; readonly ids: IdSource };

export interface Chunking {
  /** Tokens of text or arguments per delta; at least 1. */
  readonly tokensPerChunk: number;
  /** Characters of text per delta; replaces tokens. */
  readonly charactersPerChunk?: number | undefined;
  /** Pieces of the content, used as long as they match it; the rest is split by tokens. */
  readonly pieces?: readonly string[] | undefined;
  readonly toolDeltas: ToolDeltas;
}

/** One step of a stream. */
export interface Delta {
  readonly kind: "reasoning" | "content" | "tool";
  /** The text as a JSON string, or the element of `tool_calls` as a JSON object. */
  readonly json: string;
  /** Length of the text, UTF-16 units; 0 for a tool call. */
  readonly length: number;
  readonly tokens: number;
  /** Whether `finish_reason` is in this delta's chunk and not in a chunk of its own. */
  readonly carriesFinish: boolean;
}

/** Counts the tokens of pieces so that all pieces together have as many tokens as the whole text. */
class TokenWalk {
  readonly #text: string;
  /** End of the current token; infinity after the last. */
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#step();
  }

  /** End of the next `max` tokens. The rest of a started token counts as one. */
  endOf(max: number): number {
    let end = this.#next;
    for (let taken = 1; taken < max && end < this.#text.length; taken++) end = tokenEnd(this.#text, end);
    return end;
  }

  /** Number of tokens that end after the last call's `end` and up to this one. */
  upTo(end: number): number {
    let count = 0;
    while (this.#next <= end) {
      count += 1;
      this.#step();
    }
    return count;
  }

  #step(): void {
    const more = this.#next < this.#text.length;
    this.#next = more ? tokenEnd(this.#text, this.#next) : Number.POSITIVE_INFINITY;
  }
}

/** The deltas of a text. */
export function* textDeltas(
  kind: "reasoning" | "content",
  text: string,
  chunking: Chunking,
): Generator<Delta> {
  const walk = new TokenWalk(text);
  let at = 0;
  if (kind === "content") {
    for (const piece of chunking.pieces ?? []) {
      if (!text.startsWith(piece, at)) break;
      at += piece.length;
      yield textDelta(kind, piece, walk.upTo(at));
    }
  }
  while (at < text.length) {
    const end = pieceEnd(text, at, chunking, walk);
    yield textDelta(kind, text.slice(at, end), walk.upTo(end));
    at = end;
  }
}

function textDelta(kind: "reasoning" | "content", text: string, tokens: number): Delta {
  return { kind, json: JSON.stringify(text), length: text.length, tokens, carriesFinish: false };
}

function pieceEnd(text: string, at: number, chunking: Chunking, walk: TokenWalk): number {
  const { charactersPerChunk, tokensPerChunk } = chunking;
  if (charactersPerChunk === undefined) return walk.endOf(Math.max(1, tokensPerChunk));
  const end = Math.min(text.length, at + charactersPerChunk);
  // Never split a surrogate pair.
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last <= 0xdbff && end < text.length ? end + 1 : end;
}

function toolDeltaJson(index: number, id: string, name: string | null, args: string): string {
  const nameJson = name === null ? "" : `"name":${JSON.stringify(name)},`;
  return `{"index":${index},"id":${JSON.stringify(id)},"type":"function","function":{${nameJson}"arguments":${JSON.stringify(args)}}}`;
}

function* toolDeltas(call: ToolCall, index: number, isLast: boolean, chunking: Chunking): Generator<Delta> {
  const { style } = chunking.toolDeltas;
  const perDelta = style === "whole" ? Number.POSITIVE_INFINITY : Math.max(1, chunking.tokensPerChunk);
  let at = 0;
  do {
    const { end, count } = takeTokens(call.arguments, perDelta, at);
    const args = call.arguments.slice(at, end);
    const first = at === 0;
    const id = first ? call.id : continuationId(call, chunking.toolDeltas);
    const name = first ? call.name : style === "new-id-per-delta" ? "" : null;
    yield {
      kind: "tool",
      json: toolDeltaJson(index, id, name, args),
      length: 0,
      tokens: first ? countTokens(call.name) + count : count,
      carriesFinish: style === "fragments" && isLast && end === call.arguments.length,
    };
    at = end;
  } while (at < call.arguments.length);
}

function continuationId(call: ToolCall, style: ToolDeltas): string {
  return style.style === "new-id-per-delta" ? `chatcmpl-tool-${style.ids.hex32()}` : call.id;
}

/**
 * The deltas of a reply, part by part: reasoning, content, tool calls (I-1.4d). An empty reply has one delta with empty
 * content.
 */
export function replyParts(reply: Reply, chunking: Chunking): Iterable<Delta>[] {
  const parts: Iterable<Delta>[] = [];
  if (reply.reasoning) parts.push(textDeltas("reasoning", reply.reasoning, chunking));
  if (reply.content) parts.push(textDeltas("content", reply.content, chunking));
  const last = reply.toolCalls.length - 1;
  for (const [index, call] of reply.toolCalls.entries()) {
    parts.push(toolDeltas(call, index, index === last, chunking));
  }
  return parts.length > 0 ? parts : [[textDelta("content", "", 0)]];
}

/** The tokens of a reply: the sum over its deltas. */
export function producedTokens(reply: Reply): { readonly reasoning: number; readonly total: number } {
  const reasoning = countTokens(reply.reasoning ?? "");
  let total = reasoning + countTokens(reply.content ?? "");
  for (const call of reply.toolCalls) total += countTokens(call.name) + countTokens(call.arguments);
  return { reasoning, total };
}
