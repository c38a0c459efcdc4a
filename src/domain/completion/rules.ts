/** Completion rules: which rule answers a chat request, and its reply. */

import type { FinishReason } from "../chat.js";
import type { Compiled, ScriptedRule } from "../scripted.js";
import { compileMatch, type RuleMatch } from "./match.js";
import type { StreamStyle } from "./style.js";
import type { MatchSubject } from "./subject.js";
import type { PatternCompiler } from "./text-match.js";

/** Sources of the content when a reply has none of its own. */
export const REPLY_MODES = ["echo", "lorem", "schema"] as const;
type ReplyMode = (typeof REPLY_MODES)[number];

/** The model's reply. Without content of its own, `mode` decides; the default is `echo`. */
export interface RuleReply {
  /** echo: the last message; lorem: seeded prose; schema: JSON for `response_format` or the chosen tool. */
  readonly mode?: ReplyMode | undefined;
  /** May contain `{{last_message}}`, `{{model}}`, `{{key}}`, `{{group}}` and `{{turn}}`. */
  readonly content?: string | undefined;
  readonly reasoning_content?: string | undefined;
  readonly tool_calls?:
    | readonly {
        readonly name: string;
        /** JSON text, sent as it is, or an object, sent as compact JSON. Both may contain `{{names}}`. */
        readonly arguments: string | Readonly<Record<string, unknown>>;
        readonly id?: string | undefined;
      }[]
    | undefined;
  /** Unless `stop` or `max_tokens` cuts the answer; null: no `finish_reason` (I-1.3d). */
  readonly finish_reason?: FinishReason | null | undefined;
  /** Exact token counts; replace the counted ones. */
  readonly usage?:
    | {
        readonly prompt_tokens?: number | undefined;
        readonly completion_tokens?: number | undefined;
        readonly cached_tokens?: number | undefined;
        readonly reasoning_tokens?: number | undefined;
      }
    | undefined;
  /** Forwards the request to a real OpenAI-compatible server (Y-51). */
  readonly forward?:
    | {
        /** Base URL, such as `http://127.0.0.1:11434/v1`. */
        readonly url: string;
        /** The model name sent there; default: the slug. */
        readonly model?: string | undefined;
        readonly headers?: Readonly<Record<string, string>> | undefined;
      }
    | undefined;
  /** Pace and form of the answer; overrides the world's `stream` settings. */
  readonly stream?: StreamStyle | undefined;
}

export interface CompletionRule extends ScriptedRule<RuleReply> {
  readonly match: RuleMatch;
}

export function compileRule(
  rule: CompletionRule,
  used: number,
  compile: PatternCompiler,
): Compiled<CompletionRule, MatchSubject> {
  return { rule, match: compileMatch(rule.match, compile), used };
}
