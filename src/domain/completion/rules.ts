/** Canned answers: which rule speaks for a request, and what it says. */

import type { FinishReason } from "../chat.js";
import type { Compiled, ScriptedRule } from "../scripted.js";
import { compileMatch, type RuleMatch } from "./match.js";
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
        /** JSON text, sent as it stands, or an object, sent as compact JSON; both may hold `{{names}}` as well. */
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

export interface CompletionRule extends ScriptedRule<RuleReply> {
  readonly match: RuleMatch;
}

/** A rule ready for requests. */
export type CompiledRule = Compiled<CompletionRule, MatchSubject>;

/**
 * Compiles a rule once, so that a request only tests.
 * @throws SyntaxError for a pattern that `checkPattern` reports; check before
 */
export function compileRule(rule: CompletionRule, used = 0): CompiledRule {
  return { rule, match: compileMatch(rule.match), used };
}
