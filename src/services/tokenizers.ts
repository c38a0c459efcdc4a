import { createRequire } from "node:module";
import { APPROXIMATE, type Tokenizer } from "../domain/completion/tokens.js";
import type { Settings } from "../domain/settings.js";

/** What is used of gpt-tokenizer, an optional package. Not its `decode`, which keeps half characters for later. */
interface Encoding {
  /** The tokens of a text, some at a time: those of one word, or whatever else it does not split further. */
  encodeGenerator(text: string, options: { disallowedSpecial: Set<string> }): Iterable<readonly number[]>;
}

/** What each token stands for: text, or bytes that are no whole characters. */
type Vocabulary = readonly (string | readonly number[])[];

/** Text is only text here: what looks like a special token is counted like any other. */
const NOTHING_SPECIAL = { disallowedSpecial: new Set<string>([]) };

/**
 * Where a run of letters, of symbols or of blanks is cut. The library's time for one grows with the square of its
 * length; no ordinary text has one so long, so what people write is counted as the library does.
 */
export const MAX_RUN = 512;

/**
 * The runs that the library takes as one, up to {@link MAX_RUN} characters of each: line breaks and slashes (they
 * end a run of symbols), letters, symbols, blanks. Numbers are absent, being three digits at most.
 */
const RUNS = new RegExp(
  [String.raw`[\r\n/]`, String.raw`[\p{L}\p{M}]`, String.raw`[^\s\p{L}\p{N}]`, String.raw`\s`]
    .map((kind) => `${kind}{1,${MAX_RUN}}`)
    .join("|"),
  "gu",
);

/** The package that a tokenizer needs is not installed. */
export class TokenizerMissing extends Error {}

/** The tokenizers of a world; a real one is loaded when it is first wanted. */
export class Tokenizers {
  readonly #loaded = new Map<Settings["tokenizer"], Tokenizer>();

  /** @throws TokenizerMissing with the command that installs it */
  get(name: Settings["tokenizer"]): Tokenizer {
    if (name === "approximate") return APPROXIMATE;
    let tokenizer = this.#loaded.get(name);
    if (!tokenizer) {
      tokenizer = load(name);
      this.#loaded.set(name, tokenizer);
    }
    return tokenizer;
  }
}

function load(name: Exclude<Settings["tokenizer"], "approximate">): Tokenizer {
  const require = createRequire(import.meta.url);
  try {
    const encoding: Encoding = require(`gpt-tokenizer/cjs/encoding/${name}`);
    const vocabulary: Vocabulary = require(`gpt-tokenizer/cjs/bpeRanks/${name}`).default;
    return tokenizerOf(encoding, vocabulary);
  } catch (cause) {
    throw new TokenizerMissing(
      `the tokenizer ${name} needs the package gpt-tokenizer: npm i -D gpt-tokenizer@3`,
      { cause },
    );
  }
}

/** A text in pieces that end behind its overlong runs; nearly always it is one piece. */
function* pieces(text: string): Generator<string> {
  let start = 0;
  for (const { 0: run, index } of text.matchAll(RUNS)) {
    if (run.length < MAX_RUN) continue;
    yield text.slice(start, index + run.length);
    start = index + run.length;
  }
  yield text.slice(start);
}

/** Bytes of a code point in UTF-8; half a surrogate pair is written as U+FFFD. */
function utf8Length(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

function tokenizerOf({ encodeGenerator }: Encoding, vocabulary: Vocabulary): Tokenizer {
  /** The tokens of a text, made as they are asked for. */
  function* tokensOf(text: string): Generator<number> {
    for (const piece of pieces(text)) {
      for (const tokens of encodeGenerator(piece, NOTHING_SPECIAL)) yield* tokens;
    }
  }

  function bytesOf(token: number): number {
    const meaning = vocabulary[token] ?? "";
    return typeof meaning === "string" ? Buffer.byteLength(meaning) : meaning.length;
  }

  return {
    count(text) {
      let count = 0;
      for (const _ of tokensOf(text)) count += 1;
      return count;
    },
    take(text, most) {
      let whole = { end: 0, count: 0 };
      let count = 0;
      let at = 0;
      let missing = 0; // bytes of the tokens so far that the characters before `at` do not make up
      for (const token of tokensOf(text)) {
        if (count >= most) return whole;
        count += 1;
        missing += bytesOf(token);
        while (missing > 0 && at < text.length) {
          const code = text.codePointAt(at) ?? 0;
          missing -= utf8Length(code);
          at += code > 0xffff ? 2 : 1;
        }
        // A token may end inside a character; half of one is not text, so only the next whole one is a cut.
        if (missing === 0) whole = { end: at, count };
      }
      return { end: text.length, count };
    },
  };
}
