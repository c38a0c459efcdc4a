/** Canned answers: which rule speaks for a request, and what it says. */

import type { FinishReason } from "../chat.js";
import { type CompiledMatch, compileMatch, type RuleMatch } from "./match.js";
import type { StreamStyle } from "./style.js";
import type { MatchSubject } from "./subject.js";

/** Where the words come from when a reply does not give them. */
export const REPLY_MODES = ["echo", "lorem", "schema"] as const;
export type ReplyMode = (typeof REPLY_MODES)[number];

/** What the model says. Without any content of its own it does what its `mode` says, `echo` by default. */
export interface RuleReply {
  /** echo repeats the last message; lorem is seeded prose; schema fits `response_format` or the chosen tool. */
  readonly mode?: ReplyMode | undefined;
  /** May hold `{{last_message}}`, `{{model}}`, `{{key}}`, `{{group}}` and `{{turn}}`. */
  readonly content?: string | undefined;
  readonly reasoning_content?: string | undefined;
  readonly tool_calls?:
    | readonly {
        readonly name: string;
        /** JSON text, sent as it stands, or an object, sent as compact JSON. */
        readonly arguments: string | Readonly<Record<string, unknown>>;
        readonly id?: string | undefined;
      }[]
    | undefined;
  /** How the answer ends unless `stop` or `max_tokens` cuts it; null leaves `finish_reason` out (§1.3). */
  readonly finish_reason?: FinishReason | null | undefined;
  /** Exact token counts in place of the approximate ones. */
  readonly usage?:
    | {
        readonly prompt_tokens?: number | undefined;
        readonly completion_tokens?: number | undefined;
        readonly cached_tokens?: number | undefined;
        readonly reasoning_tokens?: number | undefined;
      }
    | undefined;
  /** Ask a real OpenAI-compatible server instead: its base URL, such as `http://127.0.0.1:11434/v1`. */
  readonly forward?:
    | {
        readonly url: string;
        /** The model name sent there; the slug when absent. */
        readonly model?: string | undefined;
        readonly headers?: Readonly<Record<string, string>> | undefined;
      }
    | undefined;
  /** How the answer arrives; over the world's `stream` settings. */
  readonly stream?: StreamStyle | undefined;
}

export interface CompletionRule {
  readonly id: string;
  readonly match: RuleMatch;
  /** How often it answers; unlimited when absent. */
  readonly times?: number | undefined;
  readonly reply?: RuleReply | undefined;
  /** One reply per use, in order; the last one stays. In place of `reply`. */
  readonly sequence?: readonly RuleReply[] | undefined;
}

/** A rule ready for requests, with how often it was used. */
export interface CompiledRule {
  readonly rule: CompletionRule;
  readonly match: CompiledMatch;
  used: number;
}

/** What a rule says at its next use. */
export function nextReply({ rule, used }: CompiledRule): RuleReply {
  const { sequence } = rule;
  if (!sequence || sequence.length === 0) return rule.reply ?? {};
  return sequence[Math.min(used, sequence.length - 1)] ?? {};
}

/** Whether it matters how often a rule was used. */
export function countsUses(rule: CompletionRule): boolean {
  return rule.times !== undefined || rule.sequence !== undefined;
}

/**
 * Compiles a rule once, so that a request only tests.
 * @throws SyntaxError for a pattern that `checkPattern` reports; check before
 */
export function compileRule(rule: CompletionRule, used = 0): CompiledRule {
  return { rule, match: compileMatch(rule.match), used };
}

/** The first rule, in the order given, that has uses left and whose keys all match; null when none does. */
export function firstMatch(rules: readonly CompiledRule[], subject: MatchSubject): CompiledRule | null {
  for (const compiled of rules) {
    if (!spent(compiled) && compiled.match.matches(subject)) return compiled;
  }
  return null;
}

/** Why no rule answered: the rules that missed by the fewest keys, each with what it wanted. */
export function closestMisses(rules: readonly CompiledRule[], subject: MatchSubject, most = 3): string[] {
  if (rules.length === 0) return [];
  return rules
    .map((compiled) => ({ compiled, misses: compiled.match.misses(subject) }))
    .sort((one, other) => one.misses.length - other.misses.length)
    .slice(0, most)
    .map(({ compiled, misses }) =>
      misses.length === 0
        ? `${compiled.rule.id}: all ${compiled.rule.times} uses are spent`
        : `${compiled.rule.id}: wanted ${misses.join("; ")}`,
    );
}

function spent({ rule, used }: CompiledRule): boolean {
  return rule.times !== undefined && used >= rule.times;
}
