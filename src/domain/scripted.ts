/** What rules of every kind share: which one speaks, what it says this time, and why none did. */

/** A rule that answers so often, with one reply or a sequence of them. */
export interface ScriptedRule<Reply> {
  readonly id: string;
  /** How often it answers; unlimited when absent. */
  readonly times?: number | undefined;
  readonly reply?: Reply | undefined;
  /** One reply per use, in order; the last one stays. In place of `reply`. */
  readonly sequence?: readonly Reply[] | undefined;
}

/** Whether a subject fits, and which keys of it do not, in words. */
export interface CompiledMatch<Subject> {
  matches(subject: Subject): boolean;
  misses(subject: Subject): string[];
}

/** A rule ready for requests, with how often it was used. */
export interface Compiled<Rule, Subject> {
  readonly rule: Rule;
  readonly match: CompiledMatch<Subject>;
  used: number;
}

/** What a rule says at its next use; null when it has nothing to say. */
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

/** Whether it matters how often a rule was used. */
export function countsUses({ times, sequence }: ScriptedRule<unknown>): boolean {
  return times !== undefined || sequence !== undefined;
}

/** The first rule, in the order given, that has uses left and whose keys all match; null when none does. */
export function firstMatch<Rule extends ScriptedRule<unknown>, Subject>(
  rules: readonly Compiled<Rule, Subject>[],
  subject: Subject,
): Compiled<Rule, Subject> | null {
  for (const compiled of rules) {
    if (!spent(compiled) && compiled.match.matches(subject)) return compiled;
  }
  return null;
}

/** Why no rule answered: the rules that missed by the fewest keys, each with what it wanted. */
export function closestMisses<Subject>(
  rules: readonly Compiled<ScriptedRule<unknown>, Subject>[],
  subject: Subject,
  most = 3,
): string[] {
  if (rules.length === 0) return [];
  return rules
    .map(({ rule, match }) => ({ rule, misses: match.misses(subject) }))
    .sort((one, other) => one.misses.length - other.misses.length)
    .slice(0, most)
    .map(({ rule, misses }) =>
      misses.length === 0
        ? `${rule.id}: all ${rule.times} uses are spent`
        : `${rule.id}: wanted ${misses.join("; ")}`,
    );
}

function spent({ rule, used }: { readonly rule: ScriptedRule<unknown>; readonly used: number }): boolean {
  return rule.times !== undefined && used >= rule.times;
}
