/** Matching of requests, for completion rules and faults alike. */

import type { CompiledMatch as CompiledMatchOf } from "../scripted.js";
import type { MatchSubject } from "./subject.js";
import { describeTextMatch, type TextMatch, textTest } from "./text-match.js";

/** Every key that can be matched on, with the type of the value wanted for it. */
export interface MatchKeys {
  readonly model: TextMatch;
  /** External entity id or id of the key's group. */
  readonly group: TextMatch;
  /** Name or prefix of the key. */
  readonly key: TextMatch;
  readonly last_message: TextMatch;
  readonly system: TextMatch;
  /** How many user messages there are. */
  readonly turn: number;
  readonly has_tool_result: boolean;
  /** The assistant called a tool of this name before. */
  readonly tool_called: TextMatch;
  readonly response_format: TextMatch;
  readonly stream: boolean;
  /** Every named entry of the request's `metadata` matches. */
  readonly metadata: Readonly<Record<string, TextMatch>>;
  /** Every named header matches. */
  readonly headers: Readonly<Record<string, TextMatch>>;
}

/** All given keys must match; `{}` matches every request. */
export type RuleMatch = { readonly [Key in keyof MatchKeys]?: MatchKeys[Key] | undefined };

/** A match ready for requests: patterns compiled. */
export type CompiledMatch = CompiledMatchOf<MatchSubject>;

type Test = (subject: MatchSubject) => boolean;
interface Matcher<Wanted> {
  test(wanted: Wanted): Test;
  describe(wanted: Wanted): string;
}

const text = (of: (subject: MatchSubject) => string): Matcher<TextMatch> => ({
  test: (wanted) => {
    const fits = textTest(wanted);
    return (subject) => fits(of(subject));
  },
  describe: describeTextMatch,
});

const anyText = (of: (subject: MatchSubject) => readonly string[]): Matcher<TextMatch> => ({
  test: (wanted) => {
    const fits = textTest(wanted);
    return (subject) => of(subject).some(fits);
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
      tests.every(([name, fits]) => {
        const value = of(subject, name);
        return value !== undefined && fits(value);
      });
  },
  describe: (wanted) =>
    Object.entries(wanted)
      .map(([name, value]) => `${name} ${describeTextMatch(value)}`)
      .join(", "),
});

/** A new key needs a row here, an entry in MatchKeys and, for new facts, a property of MatchSubject. */
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
  metadata: entries((subject, name) => scalarText(subject.metadata, name)),
  headers: entries((subject, name) => subject.header(name.toLowerCase())),
};

/** @throws SyntaxError for a pattern that `checkPattern` reports; check before */
export function compileMatch(match: RuleMatch): CompiledMatch {
  const tests = Object.keys(MATCHERS)
    .filter(isMatchKey)
    .map((key) => compileKey(match, key))
    .filter((test) => test !== null);
  return {
    matches: (subject) => tests.every(({ test }) => test(subject)),
    misses: (subject) => tests.filter(({ test }) => !test(subject)).map(({ wish }) => wish),
  };
}

function isMatchKey(key: string): key is keyof MatchKeys {
  return Object.hasOwn(MATCHERS, key);
}

function compileKey<Key extends keyof MatchKeys>(
  match: RuleMatch,
  key: Key,
): { test: Test; wish: string } | null {
  const wanted = match[key];
  if (wanted === undefined) return null;
  return { test: MATCHERS[key].test(wanted), wish: `${key} ${MATCHERS[key].describe(wanted)}` };
}

/** Numbers and booleans match by their text. */
function scalarText(values: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}
