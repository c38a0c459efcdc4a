import { takeTokens } from "../domain/completion/tokens.js";
import type { Random } from "../runtime/random.js";
import { pick } from "./generation.js";

/** Length of an answer without a requested length: one paragraph. */
const DEFAULT_LOREM_TOKENS = 64;

/**
 * Placeholder prose of exactly `tokens` tokens, as counted by X-14. It takes only the word list from faker: faker's
 * generator has global state, which tests that use faker would share. Faker is loaded on first use.
 * @param tokens at least 0; the last sentence may be cut
 */
export async function lorem(random: Random, tokens = DEFAULT_LOREM_TOKENS): Promise<string> {
  const { faker } = await import("@faker-js/faker/locale/en");
  const words = faker.rawDefinitions.lorem?.word ?? ["lorem", "ipsum"];
  const parts: string[] = [];
  // Every word is at least one token, so `tokens` words are enough.
  for (let count = 0; count < tokens; ) {
    const paragraphEnd = count > 0 && random.int(5) === 0;
    const { text, length } = sentence(words, random);
    parts.push(count === 0 ? "" : paragraphEnd ? "\n\n" : " ", text);
    count += length;
  }
  const prose = parts.join("");
  return prose.slice(0, takeTokens(prose, tokens).end);
}

function sentence(words: readonly string[], random: Random): { text: string; length: number } {
  const length = 5 + random.int(9);
  const chosen = Array.from({ length }, () => pick(random, words) ?? "lorem");
  const text = chosen.join(" ");
  return { text: `${text.charAt(0).toUpperCase()}${text.slice(1)}.`, length };
}
