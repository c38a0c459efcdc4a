/** What completion and prediction rules have in common: matching, uses and sequences of replies. */

import {
  describeTextMatch,
  type PatternCompiler,
  type TextMatch,
  textTest,
} from "./completion/text-match.js";

/** A rule with one reply or a sequence of replies. */
export interface ScriptedRule<Reply> {
  readonly id: string;
  /** How many requests it answers; absent: unlimited. */
  readonly times?: number | undefined;
  readonly reply?: Reply | undefined;
  /** Replaces `reply`: one reply per use, in order; the last one repeats. */
  readonly sequence?: readonly Reply[] | undefined;
}

/** A compiled match. `misses` describes the keys that do not match. */
export interface CompiledMatch<Subject> {
  matches(subject: Subject): boolean;
  misses(subject: Subject): string[];
}

/** What one key of a match wants. */
export interface Condition<Subject> {
  readonly description: string;
  readonly matches: (subject: Subject) => boolean;
}

/** A match of conditions, which must all hold; null: a key that the match does not have. */
export function allOf<Subject>(keys: readonly (Condition<Subject> | null)[]): CompiledMatch<Subject> {
  const conditions = keys.filter((condition) => condition !== null);
  return {
    matches: (subject) => conditions.every(({ matches }) => matches(subject)),
    misses: (subject) =>
      conditions.filter(({ matches }) => !matches(subject)).map(({ description }) => description),
  };
}

/** Wants a text, or one of several. */
export function textCondition<Subject>(
  compile: PatternCompiler,
  name: string,
  wanted: TextMatch | undefined,
  textsOf: (subject: Subject) => string | readonly string[] | null | undefined,
): Condition<Subject> | null {
  if (wanted === undefined) return null;
  const test = textTest(wanted, compile);
  return {
    description: `${name} ${describeTextMatch(wanted)}`,
    matches: (subject) => {
      const texts = textsOf(subject);
      return typeof texts === "string" ? test(texts) : (texts?.some(test) ?? false);
    },
  };
}

/** A compiled rule and its number of uses. */
export interface Compiled<Rule, Subject> {
  readonly rule: Rule;
  readonly match: CompiledMatch<Subject>;
  used: number;
}

/** The reply of a rule at its next use; null: it has none. */
export function nextReply<Reply>({
  rule: { reply, sequence },
  used,
}: {
  readonly rule: ScriptedRule<Reply>;
  readonly used: number;
}): Reply | null {
  if (!sequence || sequence.length === 0) return reply ?? null;
  return sequence[Math.min(used, sequence.length - 1)] ?? null;
}

/** Whether the number of uses changes what the rule does. */
export function countsUses({ times, sequence }: ScriptedRule<unknown>): boolean {
  return times !== undefined || sequence !== undefined;
}

/** The first rule with uses left whose keys all match, or null. */
export function firstMatch<Rule extends Compiled<ScriptedRule<unknown>, Subject>, Subject>(
  rules: readonly Rule[],
  subject: Subject,
): Rule | null {
  for (const compiled of rules) {
    const { times } = compiled.rule;
    const spent = times !== undefined && compiled.used >= times;
    if (!spent && compiled.match.matches(subject)) return compiled;
  }
  return null;
}

/** How many rules an explanation names. */
const CLOSEST = 3;

/** Why no rule matched: the rules with the fewest misses, each with its misses. */
export function closestMisses<Subject>(
  rules: readonly Compiled<ScriptedRule<unknown>, Subject>[],
  subject: Subject,
): string[] {
  return rules
    .map(({ rule, match }) => ({ rule, misses: match.misses(subject) }))
    .sort((a, b) => a.misses.length - b.misses.length)
    .slice(0, CLOSEST)
    .map(({ rule, misses }) =>
      misses.length === 0
        ? `${rule.id}: all ${rule.times} uses are spent`
        : `${rule.id}: wanted ${misses.join("; ")}`,
    );
}
