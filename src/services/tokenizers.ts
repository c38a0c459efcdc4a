import { createRequire } from "node:module";
import { APPROXIMATE, type Tokenizer } from "../domain/completion/tokens.js";
import type { Settings } from "../domain/settings.js";
import { SeedError } from "./seeding.js";

/** The used part of gpt-tokenizer, an optional package. Its `decode` is not used: it delays split characters. */
interface Encoding {
  /** The tokens of a text in groups, such as those of one word. */
  encodeGenerator(text: string, options: { disallowedSpecial: Set<string> }): Iterable<readonly number[]>;
}

/** Text or bytes of each token; bytes when it ends inside a character. */
type Vocabulary = readonly (string | readonly number[])[];

/** Special tokens in a text are counted as ordinary text. */
const NO_SPECIAL_TOKENS = { disallowedSpecial: new Set<string>([]) };

/**
 * Maximum length of a run of letters, symbols or blanks. The library's time grows with the square of a run's length.
 * Ordinary texts have no longer runs, so their counts are the library's.
 */
const MAX_RUN = 512;

/**
 * The runs that the library does not split, up to {@link MAX_RUN} characters: line breaks and slashes (which end a run
 * of symbols), letters, symbols, blanks. The library splits numbers after three digits.
 */
const RUNS = new RegExp(
  [String.raw`[\r\n/]`, String.raw`[\p{L}\p{M}]`, String.raw`[^\s\p{L}\p{N}]`, String.raw`\s`]
    .map((kind) => `${kind}{1,${MAX_RUN}}`)
    .join("|"),
  "gu",
);

/** The tokenizer of a world's settings. @throws SeedError with the command that installs its package */
export function tokenizerNamed(name: Settings["tokenizer"]): Tokenizer {
  if (name === "approximate") return APPROXIMATE;
  const require = createRequire(import.meta.url);
  try {
    const encoding: Encoding = require(`gpt-tokenizer/cjs/encoding/${name}`);
    const vocabulary: Vocabulary = require(`gpt-tokenizer/cjs/bpeRanks/${name}`).default;
    return tokenizerOf(encoding, vocabulary);
  } catch {
    throw new SeedError(
      ["settings", "tokenizer"],
      `The tokenizer ${name} needs the package gpt-tokenizer. Run: npm i -D gpt-tokenizer@3`,
    );
  }
}

/** The text in pieces that end after each run of maximum length; usually one piece. */
function* pieces(text: string): Generator<string> {
  let start = 0;
  for (const { 0: run, index } of text.matchAll(RUNS)) {
    if (run.length < MAX_RUN) continue;
    yield text.slice(start, index + run.length);
    start = index + run.length;
  }
  yield text.slice(start);
}

/** Bytes of a code point in UTF-8. A lone surrogate is written as U+FFFD. */
function utf8Length(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

function tokenizerOf({ encodeGenerator }: Encoding, vocabulary: Vocabulary): Tokenizer {
  function* tokensOf(text: string): Generator<number> {
    for (const piece of pieces(text)) {
      for (const tokens of encodeGenerator(piece, NO_SPECIAL_TOKENS)) yield* tokens;
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
    take(text, max) {
      let whole = { end: 0, count: 0 };
      let count = 0;
      let at = 0;
      let missing = 0; // bytes of the tokens so far after the characters before `at`
      for (const token of tokensOf(text)) {
        if (count >= max) return whole;
        count += 1;
        missing += bytesOf(token);
        while (missing > 0 && at < text.length) {
          const code = text.codePointAt(at) ?? 0;
          missing -= utf8Length(code);
          at += code > 0xffff ? 2 : 1;
        }
        // A token may end inside a character; only the end of a whole character is a cut.
        if (missing === 0) whole = { end: at, count };
      }
      return { end: text.length, count };
    },
  };
}
