/** Cuts a reply into the deltas of a stream, whatever the dialect they are written in. */

import type { Reply, ToolCall } from "../chat.js";
import type { IdSource } from "./reply.js";
import { countTokens, takeTokens, tokenEnd } from "./tokens.js";

/**
 * How tool calls are streamed (inference §1.4):
 * - `whole`: each call in one delta;
 * - `fragments`: as GLM-5.2, arguments in pieces with the same id and type, continuations without `name`, and
 *   the last piece in the chunk that carries `finish_reason`;
 * - `new-id-per-delta`: as MiniMax M2.5 and GLM-5, a new id on every delta, continuations with `"name":""`.
 */
export type ToolDeltas =
  | { readonly style: "whole" }
  | { readonly style: "fragments" }
  | { readonly style: "new-id-per-delta"; readonly ids: IdSource };

export interface Chunking {
  /** Tokens of text, or of arguments, per delta; at least 1. */
  readonly tokensPerChunk: number;
  /** Characters of text per delta, in place of tokens. */
  readonly charactersPerChunk?: number | undefined;
  /** The pieces of the content, as far as they agree with it; what is left is cut by tokens. */
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
  /** Whether `finish_reason` goes into this delta's chunk instead of one of its own. */
  readonly carriesFinish: boolean;
}

/** Walks along the tokens of a text, so that pieces of any size together have as many tokens as the whole. */
class TokenWalk {
  readonly #text: string;
  /** End of the token under way; infinity after the last. */
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#step();
  }

  /** End of the next `most` tokens. Also from within one, whose rest counts as one. */
  endOf(most: number): number {
    let end = this.#next;
    for (let taken = 1; taken < most && end < this.#text.length; taken++) end = tokenEnd(this.#text, end);
    return end;
  }

  /** How many tokens have ended since the last call, up to and with `end`. */
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

function* textDeltas(kind: "reasoning" | "content", text: string, chunking: Chunking): Generator<Delta> {
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
  // A surrogate pair is one character: half of one is not text.
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
 * The deltas of a reply: reasoning, then content, then tool calls (inference §1.4). An answer that says nothing
 * still has one, with empty content.
 */
export function* replyDeltas(reply: Reply, chunking: Chunking): Generator<Delta> {
  if (reply.reasoning) yield* textDeltas("reasoning", reply.reasoning, chunking);
  if (reply.content) yield* textDeltas("content", reply.content, chunking);
  const last = reply.toolCalls.length - 1;
  for (const [index, call] of reply.toolCalls.entries()) {
    yield* toolDeltas(call, index, index === last, chunking);
  }
  if (!reply.reasoning && !reply.content && last < 0) {
    yield textDelta("content", "", 0);
  }
}

/** All tokens of a reply's text and tool calls: what the deltas' tokens add up to. */
export function producedTokens(reply: Reply): { readonly reasoning: number; readonly total: number } {
  const reasoning = countTokens(reply.reasoning ?? "");
  let total = reasoning + countTokens(reply.content ?? "");
  for (const call of reply.toolCalls) total += countTokens(call.name) + countTokens(call.arguments);
  return { reasoning, total };
}
