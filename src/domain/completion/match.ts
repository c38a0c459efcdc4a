/** Matches requests, for completion rules and faults. */

import { allOf, type CompiledMatch, type Condition, textCondition } from "../scripted.js";
import type { MatchSubject } from "./subject.js";
import {
  describeTextMatch,
  type PatternCompiler,
  scalarText,
  type TextMatch,
  textTest,
} from "./text-match.js";

/** All given keys must match; `{}` matches every request. */
export interface RuleMatch {
  readonly model?: TextMatch | undefined;
  /** External entity id or id of the key's group. */
  readonly group?: TextMatch | undefined;
  /** Name or prefix of the key. */
  readonly key?: TextMatch | undefined;
  readonly last_message?: TextMatch | undefined;
  readonly system?: TextMatch | undefined;
  /** Number of user messages. */
  readonly turn?: number | undefined;
  readonly has_tool_result?: boolean | undefined;
  /** Name of a tool that the assistant has called. */
  readonly tool_called?: TextMatch | undefined;
  readonly response_format?: TextMatch | undefined;
  readonly stream?: boolean | undefined;
  /** All named entries of the request's `metadata` must match. */
  readonly metadata?: Readonly<Record<string, TextMatch>> | undefined;
  /** All named headers must match. */
  readonly headers?: Readonly<Record<string, TextMatch>> | undefined;
}

/**
 * A new key needs a field in {@link RuleMatch}, a row here and perhaps a property in {@link MatchSubject}.
 */
export function compileMatch(match: RuleMatch, compile: PatternCompiler): CompiledMatch<MatchSubject> {
  return allOf<MatchSubject>([
    textCondition(compile, "model", match.model, (subject) => subject.model),
    textCondition(compile, "group", match.group, (subject) => subject.group),
    textCondition(compile, "key", match.key, (subject) => subject.key),
    textCondition(compile, "last_message", match.last_message, (subject) => subject.lastMessage),
    textCondition(compile, "system", match.system, (subject) => subject.system),
    same("turn", match.turn, (subject) => subject.turn),
    same("has_tool_result", match.has_tool_result, (subject) => subject.hasToolResult),
    textCondition(compile, "tool_called", match.tool_called, (subject) => subject.toolsCalled),
    textCondition(compile, "response_format", match.response_format, (subject) => subject.responseFormat),
    same("stream", match.stream, (subject) => subject.stream),
    entries(compile, "metadata", match.metadata, ({ metadata }, name) =>
      scalarText(Object.hasOwn(metadata, name) ? metadata[name] : undefined),
    ),
    entries(compile, "headers", match.headers, (subject, name) => subject.header(name.toLowerCase())),
  ]);
}

function same<T extends number | boolean>(
  name: string,
  wanted: T | undefined,
  read: (subject: MatchSubject) => T,
): Condition<MatchSubject> | null {
  if (wanted === undefined) return null;
  return { description: `${name} ${wanted}`, matches: (subject) => read(subject) === wanted };
}

function entries(
  compile: PatternCompiler,
  name: string,
  wanted: Readonly<Record<string, TextMatch>> | undefined,
  read: (subject: MatchSubject, entry: string) => string | undefined,
): Condition<MatchSubject> | null {
  if (wanted === undefined) return null;
  const tests = Object.entries(wanted).map(([entry, match]) => ({
    entry,
    match,
    test: textTest(match, compile),
  }));
  return {
    description: `${name} ${tests.map(({ entry, match }) => `${entry} ${describeTextMatch(match)}`).join(", ")}`,
    matches: (subject) =>
      tests.every(({ entry, test }) => {
        const value = read(subject, entry);
        return value !== undefined && test(value);
      }),
  };
}
