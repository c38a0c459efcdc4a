import { createRequire } from "node:module";
import { APPROXIMATE, type Tokenizer } from "../domain/completion/tokens.js";
import type { Settings } from "../domain/settings.js";

/** What is used of gpt-tokenizer, an optional package. */
interface Encoding {
  encode(text: string, options: { disallowedSpecial: Set<string> }): number[];
  decode(tokens: readonly number[]): string;
}

/** Text is only text here: what looks like a special token is counted like any other. */
const NOTHING_SPECIAL = { disallowedSpecial: new Set<string>([]) };

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
      tokenizer = byEncoding(load(name));
      this.#loaded.set(name, tokenizer);
    }
    return tokenizer;
  }
}

function load(name: Exclude<Settings["tokenizer"], "approximate">): Encoding {
  const require = createRequire(import.meta.url);
  try {
    return require(`gpt-tokenizer/cjs/encoding/${name}`);
  } catch (cause) {
    throw new TokenizerMissing(
      `the tokenizer ${name} needs the package gpt-tokenizer: npm i -D gpt-tokenizer@3`,
      { cause },
    );
  }
}

function byEncoding({ encode, decode }: Encoding): Tokenizer {
  return {
    count: (text) => encode(text, NOTHING_SPECIAL).length,
    take(text, most) {
      const tokens = encode(text, NOTHING_SPECIAL);
      if (tokens.length <= most) return { end: text.length, count: tokens.length };
      // A token may end inside a character; half of one is not text.
      for (let count = most; count > 0; count--) {
        const start = decode(tokens.slice(0, count));
        if (text.startsWith(start)) return { end: start.length, count };
      }
      return { end: 0, count: 0 };
    },
  };
}
