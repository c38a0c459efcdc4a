/** Canned answers: which rule speaks for a request, and what it says. */

import type { ChatMessage, FinishReason } from "../chat.js";

/** A plain string means equal; a `regex` is searched for, not anchored. */
export type TextMatch = string | { readonly contains: string } | { readonly regex: string };

/** Every key a rule can match on, with the type of the value wanted for it. */
export interface MatchKeys {
  readonly model: TextMatch;
  readonly last_message: TextMatch;
}

/** All given keys must match; `{}` matches every request. */
export type RuleMatch = { readonly [Key in keyof MatchKeys]?: MatchKeys[Key] | undefined };

/** What the model says. Without `content` and `tool_calls`, and with `mode: echo`, it repeats the last message. */
export interface RuleReply {
  readonly mode?: "echo" | undefined;
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
}

export interface CompletionRule {
  readonly id: string;
  readonly match: RuleMatch;
  readonly reply: RuleReply;
}

/** What rules look at. A new match key needs a field here, a key in MatchKeys and a row in MATCHERS. */
export interface MatchSubject {
  readonly model: string;
  /** Text of the last user message, see {@link lastMessageText}. */
  readonly lastMessage: string;
}

type Test = (subject: MatchSubject) => boolean;

/** A rule ready for requests: its patterns are compiled. */
export interface CompiledRule {
  readonly rule: CompletionRule;
  readonly tests: readonly Test[];
}

const MATCHERS: { readonly [Key in keyof MatchKeys]: (wanted: MatchKeys[Key]) => Test } = {
  model: (wanted) => {
    const matches = textTest(wanted);
    return (subject) => matches(subject.model);
  },
  last_message: (wanted) => {
    const matches = textTest(wanted);
    return (subject) => matches(subject.lastMessage);
  },
};

function textTest(wanted: TextMatch): (text: string) => boolean {
  if (typeof wanted === "string") return (text) => text === wanted;
  if ("contains" in wanted) return (text) => text.includes(wanted.contains);
  const pattern = compilePattern(wanted.regex);
  return (text) => pattern.test(text);
}

/**
 * Compiles a pattern that may start with inline flags, `(?i)`, `(?s)`, `(?m)` or several, as other languages
 * write them. Always in Unicode mode, where a misspelt escape is an error instead of a silent mismatch.
 * @throws SyntaxError when the pattern or a flag is not valid
 */
function compilePattern(source: string): RegExp {
  const flags = new Set("u");
  let body = source;
  for (;;) {
    const group = /^\(\?([A-Za-z]+)\)/.exec(body);
    if (group === null) break;
    for (const flag of group[1] ?? "") {
      if (!"ism".includes(flag)) {
        throw new SyntaxError(`Invalid regular expression: inline flag "${flag}" is not one of i, s, m`);
      }
      flags.add(flag);
    }
    body = body.slice(group[0].length);
  }
  return new RegExp(body, [...flags].join(""));
}

/** Why a pattern cannot be used, or null when it can. For reporting when a rule is taken in. */
export function checkPattern(source: string): string | null {
  try {
    compilePattern(source);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isMatchKey(key: string): key is keyof MatchKeys {
  return Object.hasOwn(MATCHERS, key);
}

function compileKey<Key extends keyof MatchKeys>(match: RuleMatch, key: Key): Test | null {
  const wanted = match[key];
  return wanted === undefined ? null : MATCHERS[key](wanted);
}

/**
 * Compiles rules once, so that a request only tests.
 * @throws SyntaxError for a pattern that {@link checkPattern} reports; check before
 */
export function compileRules(rules: readonly CompletionRule[]): CompiledRule[] {
  const keys = Object.keys(MATCHERS).filter(isMatchKey);
  return rules.map((rule) => ({
    rule,
    tests: keys.map((key) => compileKey(rule.match, key)).filter((test) => test !== null),
  }));
}

/** The first rule, in the order given, whose keys all match; null when none does. */
export function firstMatch(rules: readonly CompiledRule[], subject: MatchSubject): CompiledRule | null {
  for (const compiled of rules) {
    if (compiled.tests.every((test) => test(subject))) return compiled;
  }
  return null;
}

/** Text of the last user message: the string, or its text parts joined; "" when there is none. */
export function lastMessageText(messages: readonly ChatMessage[]): string {
  const message = messages.findLast(({ role }) => role === "user");
  if (message === undefined) return "";
  if (typeof message.content === "string") return message.content;
  let text = "";
  for (const part of message.content ?? []) if (part.type === "text") text += part.text;
  return text;
}
