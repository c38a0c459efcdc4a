/** Log probabilities of an answer's tokens (I-1.3f). The numbers are made up. */

import type { ScoredToken, TokenLogprob } from "../chat.js";
import { splitTokens } from "./tokens.js";

/** Alternatives: one more than the maximum of `top_logprobs`, because the token itself may be among them. */
const ALTERNATIVES =
  " the, a, and, to, of, in, is, that, it, for, with, on, as, this, be, are, by, or, an, at, not".split(",");
/** The chosen token is always the likeliest, as at temperature 0. */
const LEAST_PROBABILITY = 0.5;
/** Each alternative has this share of the remaining probability. */
const SHARE = 0.5;
const DECIMALS = 1e6;

/**
 * The log probabilities of each token of a content. Each token draws one random number, so that the numbers do not
 * depend on the number of alternatives.
 * @param top alternatives per token, 0 to 20
 * @param float numbers in [0, 1)
 */
export function tokenLogprobs(content: string, top: number, float: () => number): TokenLogprob[] {
  return splitTokens(content).map((token) => {
    const draw = float();
    const probability = LEAST_PROBABILITY + (1 - LEAST_PROBABILITY) * draw;
    const chosen = scored(token, probability);
    if (top === 0) return { ...chosen, top_logprobs: [] };
    return { ...chosen, top_logprobs: [chosen, ...alternatives(token, 1 - probability, draw, top - 1)] };
  });
}

/** @param rest their total probability */
function alternatives(token: string, rest: number, draw: number, count: number): ScoredToken[] {
  const words = ALTERNATIVES.filter((word) => word !== token);
  const from = Math.floor(draw * words.length);
  return Array.from({ length: count }, (_, index) =>
    scored(words[(from + index) % words.length] ?? "", rest * SHARE ** (index + 1)),
  );
}

function scored(token: string, probability: number): ScoredToken {
  const logprob = Math.round(Math.log(probability) * DECIMALS) / DECIMALS;
  return { token, logprob, bytes: [...new TextEncoder().encode(token)] };
}

/** The `logprobs` object of a choice. */
export function logprobsJson(content: readonly TokenLogprob[]): string {
  return `{"content":${JSON.stringify(content)}}`;
}

/**
 * The log probabilities of a content, piece by piece. A token belongs to the piece in which it ends.
 * @returns a function of the next piece's length in UTF-16 units
 */
export function logprobsPieces(content: readonly TokenLogprob[]): (length: number) => string {
  let at = 0;
  let next = 0;
  let end = content[0]?.token.length ?? 0;
  return (length) => {
    at += length;
    const from = next;
    while (next < content.length && end <= at) {
      next += 1;
      end += content[next]?.token.length ?? 0;
    }
    return logprobsJson(content.slice(from, next));
  };
}
