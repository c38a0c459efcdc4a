/**
 * The default tokenizer: an approximation with the same result on every machine. It uses no `\p{...}` class,
 * because those depend on the Unicode version of the runtime. One pass, no backtracking.
 *
 * A piece is one of these, with one space before it:
 * - a word of up to {@link MAX_WORD_LETTERS} letters (longer words take several pieces),
 * - up to three digits,
 * - one punctuation mark, symbol, emoji or CJK character.
 * Other blanks and line breaks form runs of up to {@link MAX_BLANKS}. Combining marks, variation selectors, skin tones
 * and joined emoji belong to the character before them.
 */

import type { ChatMessage, ToolDefinition } from "../chat.js";

/** Nearly all common English words are one piece, as in byte-pair vocabularies. */
const MAX_WORD_LETTERS = 12;
/** Digits per piece, as in the common byte-pair tokenizers. */
const MAX_DIGITS = 3;
/** Blanks or line breaks per piece. */
const MAX_BLANKS = 16;
/** Combining characters per piece. Without a limit, any number of them would be one token. */
const MAX_MARKS = 16;

/** Tokens per message, and tokens that start the answer: "Hello, world!" (4) from a user makes 10. */
const MESSAGE_OVERHEAD_TOKENS = 3;
const ANSWER_PRIMER_TOKENS = 3;
/** Tokens of an image of any size: OpenAI's number for a low-detail image. */
const IMAGE_TOKENS = 85;
/** Tokens of an audio part of any length. */
const AUDIO_TOKENS = 85;

const SINGLE = 0;
const LETTER = 1;
const DIGIT = 2;
const BLANK = 3;
const LINE_BREAK = 4;
const MARK = 5;

const ASCII_KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[A-Za-z]/.test(character)) return LETTER;
  if (/[0-9]/.test(character)) return DIGIT;
  if (/[\n\r]/.test(character)) return LINE_BREAK;
  return /[ \t\v\f]/.test(character) ? BLANK : SINGLE;
});

/** Ranges of combining characters outside the Indic blocks: first, last, first, last, ... ascending. */
const MARK_RANGES: readonly number[] = [
  0x0300, 0x036f, 0x0483, 0x0489, 0x0591, 0x05bd, 0x05bf, 0x05bf, 0x05c1, 0x05c2, 0x05c4, 0x05c5, 0x0610,
  0x061a, 0x064b, 0x065f, 0x0670, 0x0670, 0x06d6, 0x06dc, 0x06df, 0x06e4, 0x06e7, 0x06e8, 0x06ea, 0x06ed,
  0x0e31, 0x0e31, 0x0e34, 0x0e3a, 0x0e47, 0x0e4e, 0x0eb1, 0x0eb1, 0x0eb4, 0x0ebc, 0x0ec8, 0x0ece, 0x1ab0,
  0x1aff, 0x1dc0, 0x1dff, 0x200c, 0x200d, 0x20d0, 0x20ff, 0x302a, 0x302f, 0x3099, 0x309a, 0xfe00, 0xfe0f,
  0xfe20, 0xfe2f, 0x1f3fb, 0x1f3ff, 0xe0020, 0xe007f, 0xe0100, 0xe01ef,
];

/** Ranges of scripts with words. A character in neither table is a piece of its own. */
const LETTER_RANGES: readonly number[] = [
  0x00aa, 0x00aa, 0x00b5, 0x00b5, 0x00ba, 0x00ba, 0x00c0, 0x00d6, 0x00d8, 0x00f6, 0x00f8, 0x02ff, 0x0370,
  0x037d, 0x037f, 0x0386, 0x0388, 0x1fff, 0x2c00, 0x2dff, 0xa4d0, 0xabff, 0xfb00, 0xfdff, 0xfe70, 0xfefc,
  0x10000, 0x1efff,
];

const ZERO_WIDTH_JOINER = 0x200d;
const SPACE = 0x20;

function inRanges(ranges: readonly number[], code: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) {
    if (code < (ranges[i] ?? 0)) return false;
    if (code <= (ranges[i + 1] ?? 0)) return true;
  }
  return false;
}

/** The blocks from Devanagari to Sinhala have one layout, so the offset in the block identifies marks. */
function isIndicMark(code: number): boolean {
  if (code < 0x0900 || code > 0x0dff) return false;
  const offset = code & 0x7f;
  return offset <= 0x03 || (offset >= 0x3a && offset <= 0x4d && offset !== 0x3d);
}

function kindOf(code: number): number {
  if (code < 128) return ASCII_KINDS[code] ?? SINGLE;
  if (code === 0x85 || code === 0x2028 || code === 0x2029) return LINE_BREAK;
  if (code === 0xa0 || code === 0x1680 || (code >= 0x2000 && code <= 0x200a)) return BLANK;
  if (code === 0x202f || code === 0x205f || code === 0x3000) return BLANK;
  if (inRanges(MARK_RANGES, code) || isIndicMark(code)) return MARK;
  return inRanges(LETTER_RANGES, code) ? LETTER : SINGLE;
}

/** The code point at `at`, or -1 after the end. A lone surrogate is its own code point. */
function codeAt(text: string, at: number): number {
  return text.codePointAt(at) ?? -1;
}

/** UTF-16 units of a code point. */
function width(code: number): number {
  return code > 0xffff ? 2 : 1;
}

/** End of the run of blanks from `at`. The space before a word belongs to the word. */
function blankRunEnd(text: string, at: number, kind: number): number {
  let end = at;
  let code = codeAt(text, end);
  let previous = code;
  while (code >= 0 && kindOf(code) === kind && end - at < MAX_BLANKS) {
    previous = code;
    end += 1; // no blank lies outside the basic plane
    code = codeAt(text, end);
  }
  if (end - at < 2 || previous !== SPACE || code < 0) return end;
  const next = kindOf(code);
  return next === BLANK || next === LINE_BREAK ? end : end - 1;
}

/** End of a run of at most `max` characters of one kind, each with its combining marks. */
function characterRunEnd(text: string, at: number, kind: number, max: number): number {
  let end = at + width(codeAt(text, at));
  let taken = 1;
  let marks = 0;
  for (;;) {
    const code = codeAt(text, end);
    if (code < 0) return end;
    const next = kindOf(code);
    if (next === MARK && marks < MAX_MARKS) {
      marks += 1;
      end += width(code);
      // A joined symbol belongs to the piece, as in a family emoji.
      const joined = code === ZERO_WIDTH_JOINER && kind === SINGLE ? codeAt(text, end) : -1;
      if (joined >= 0 && kindOf(joined) === SINGLE) end += width(joined);
    } else if (next === kind && taken < max) {
      taken += 1;
      end += width(code);
    } else {
      return end;
    }
  }
}

/**
 * End of the token that starts at UTF-16 index `start`, which must be 0 or the end of another token, and less than
 * the text's length.
 */
export function tokenEnd(text: string, start: number): number {
  let at = start;
  let kind = kindOf(codeAt(text, at));
  if (kind === LINE_BREAK) return blankRunEnd(text, at, kind);
  if (kind === BLANK) {
    const code = codeAt(text, at + 1);
    const next = code < 0 ? BLANK : kindOf(code);
    if (codeAt(text, at) !== SPACE || next === BLANK || next === LINE_BREAK) {
      return blankRunEnd(text, at, BLANK);
    }
    at += 1;
    kind = next;
  }
  switch (kind) {
    case LETTER:
      return characterRunEnd(text, at, LETTER, MAX_WORD_LETTERS);
    case DIGIT:
      return characterRunEnd(text, at, DIGIT, MAX_DIGITS);
    default:
      return characterRunEnd(text, at, SINGLE, 1);
  }
}

/** The tokens of a text. Joined they are the text; no surrogate pair is split. */
export function splitTokens(text: string): string[] {
  const tokens: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = tokenEnd(text, at);
    tokens.push(text.slice(at, end));
    at = end;
  }
  return tokens;
}

/** Number of tokens of a text: the length of {@link splitTokens}, without the pieces. */
export function countTokens(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at = tokenEnd(text, at)) count += 1;
  return count;
}

/** The end (UTF-16 index) and number of the first tokens of a text, at most `max`. */
export function takeTokens(text: string, max: number, start = 0): { end: number; count: number } {
  let end = start;
  let count = 0;
  while (count < max && end < text.length) {
    end = tokenEnd(text, end);
    count += 1;
  }
  return { end, count };
}

/** Counts and cuts texts by tokens. */
export interface Tokenizer {
  /** Number of tokens of a text. */
  count(text: string): number;
  /** The end (UTF-16 index) and number of the first tokens of a text, at most `max`. */
  take(text: string, max: number): { readonly end: number; readonly count: number };
}

/** The default tokenizer. */
export const APPROXIMATE: Tokenizer = { count: countTokens, take: takeTokens };

function messageTokens(message: ChatMessage, { count: countOf }: Tokenizer): number {
  let count = MESSAGE_OVERHEAD_TOKENS;
  if (typeof message.content === "string") {
    count += countOf(message.content);
  } else {
    for (const part of message.content ?? []) {
      switch (part.type) {
        case "text":
          count += countOf(part.text);
          break;
        case "image_url":
          count += IMAGE_TOKENS;
          break;
        case "input_audio":
          count += AUDIO_TOKENS;
          break;
      }
    }
  }
  if (message.name !== undefined) count += countOf(message.name);
  if (message.reasoning_content) count += countOf(message.reasoning_content);
  for (const call of message.tool_calls ?? []) count += countOf(JSON.stringify(call.function));
  return count;
}

/**
 * Tokens of a prompt: texts, names, reasoning and tool calls (as JSON) of the messages, a fixed number per image
 * and audio part, the tools as JSON, and the overhead per message.
 */
export function promptTokens(
  messages: readonly ChatMessage[],
  tools: readonly ToolDefinition[],
  tokenizer: Tokenizer = APPROXIMATE,
): number {
  let count = ANSWER_PRIMER_TOKENS;
  for (const message of messages) count += messageTokens(message, tokenizer);
  for (const tool of tools) count += tokenizer.count(JSON.stringify(tool));
  return count;
}
