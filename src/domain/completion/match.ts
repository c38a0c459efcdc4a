/** Matches requests, for completion rules and faults. */

import type { CompiledMatch } from "../scripted.js";
import type { MatchSubject } from "./subject.js";
import { describeTextMatch, scalarText, type TextMatch, textTest } from "./text-match.js";

/** The keys of a match, with the types of their values. */
interface MatchKeys {
  readonly model: TextMatch;
  /** External entity id or id of the key's group. */
  readonly group: TextMatch;
  /** Name or prefix of the key. */
  readonly key: TextMatch;
  readonly last_message: TextMatch;
  readonly system: TextMatch;
  /** Number of user messages. */
  readonly turn: number;
  readonly has_tool_result: boolean;
  /** Name of a tool that the assistant has called. */
  readonly tool_called: TextMatch;
  readonly response_format: TextMatch;
  readonly stream: boolean;
  /** All named entries of the request's `metadata` must match. */
  readonly metadata: Readonly<Record<string, TextMatch>>;
  /** All named headers must match. */
  readonly headers: Readonly<Record<string, TextMatch>>;
}

/** All given keys must match; `{}` matches every request. */
export type RuleMatch = { readonly [Key in keyof MatchKeys]?: MatchKeys[Key] | undefined };

type Test = (subject: MatchSubject) => boolean;
interface Matcher<Wanted> {
  test(wanted: Wanted): Test;
  describe(wanted: Wanted): string;
}

const text = (of: (subject: MatchSubject) => string): Matcher<TextMatch> => ({
  test: (wanted) => {
    const test = textTest(wanted);
    return (subject) => test(of(subject));
  },
  describe: describeTextMatch,
});

const anyText = (of: (subject: MatchSubject) => readonly string[]): Matcher<TextMatch> => ({
  test: (wanted) => {
    const test = textTest(wanted);
    return (subject) => of(subject).some(test);
  },
  describe: describeTextMatch,
});

const same = <T extends number | boolean>(of: (subject: MatchSubject) => T): Matcher<T> => ({
  test: (wanted) => (subject) => of(subject) === wanted,
  describe: String,
});

const entries = (
  of: (subject: MatchSubject, name: string) => string | undefined,
): Matcher<Readonly<Record<string, TextMatch>>> => ({
  test: (wanted) => {
    const tests = Object.entries(wanted).map(([name, value]) => [name, textTest(value)] as const);
    return (subject) =>
      tests.every(([name, test]) => {
        const value = of(subject, name);
        return value !== undefined && test(value);
      });
  },
  describe: (wanted) =>
    Object.entries(wanted)
      .map(([name, value]) => `${name} ${describeTextMatch(value)}`)
      .join(", "),
});

/** A new key needs a row here, a field in MatchKeys and perhaps a property in MatchSubject. */
const MATCHERS: { readonly [Key in keyof MatchKeys]: Matcher<MatchKeys[Key]> } = {
  model: text((subject) => subject.model),
  group: anyText((subject) => subject.group),
  key: anyText((subject) => subject.key),
  last_message: text((subject) => subject.lastMessage),
  system: text((subject) => subject.system),
  turn: same((subject) => subject.turn),
  has_tool_result: same((subject) => subject.hasToolResult),
  tool_called: anyText((subject) => subject.toolsCalled),
  response_format: text((subject) => subject.responseFormat),
  stream: same((subject) => subject.stream),
  metadata: entries((subject, name) =>
    scalarText(Object.hasOwn(subject.metadata, name) ? subject.metadata[name] : undefined),
  ),
  headers: entries((subject, name) => subject.header(name.toLowerCase())),
};

/** @throws SyntaxError for patterns that `checkPattern` rejects */
export function compileMatch(match: RuleMatch): CompiledMatch<MatchSubject> {
  const tests = Object.keys(MATCHERS)
    .filter(isMatchKey)
    .map((key) => compileKey(match, key))
    .filter((test) => test !== null);
  return {
    matches: (subject) => tests.every(({ test }) => test(subject)),
    misses: (subject) => tests.filter(({ test }) => !test(subject)).map(({ description }) => description),
  };
}

function isMatchKey(key: string): key is keyof MatchKeys {
  return Object.hasOwn(MATCHERS, key);
}

function compileKey<Key extends keyof MatchKeys>(
  match: RuleMatch,
  key: Key,
): { test: Test; description: string } | null {
  const wanted = match[key];
  if (wanted === undefined) return null;
  return { test: MATCHERS[key].test(wanted), description: `${key} ${MATCHERS[key].describe(wanted)}` };
}
