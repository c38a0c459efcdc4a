/** What completion and prediction rules have in common: matching, uses and sequences of replies. */

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
export function firstMatch<Rule extends ScriptedRule<unknown>, Subject>(
  rules: readonly Compiled<Rule, Subject>[],
  subject: Subject,
): Compiled<Rule, Subject> | null {
  for (const compiled of rules) {
    if (!spent(compiled) && compiled.match.matches(subject)) return compiled;
  }
  return null;
}

/** Why no rule matched: the rules with the fewest misses, each with its misses. */
export function closestMisses<Subject>(
  rules: readonly Compiled<ScriptedRule<unknown>, Subject>[],
  subject: Subject,
  maximum = 3,
): string[] {
  if (rules.length === 0) return [];
  return rules
    .map(({ rule, match }) => ({ rule, misses: match.misses(subject) }))
    .sort((a, b) => a.misses.length - b.misses.length)
    .slice(0, maximum)
    .map(({ rule, misses }) =>
      misses.length === 0
        ? `${rule.id}: all ${rule.times} uses are spent`
        : `${rule.id}: wanted ${misses.join("; ")}`,
    );
}

function spent({ rule, used }: { readonly rule: ScriptedRule<unknown>; readonly used: number }): boolean {
  return rule.times !== undefined && used >= rule.times;
}
