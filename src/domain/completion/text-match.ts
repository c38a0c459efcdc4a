/** Text matching in rules and faults: equal to a string, or `contains`, or `regex`. */

import { errorMessage } from "../error-message.js";

/** A `regex` is not anchored. */
export type TextMatch = string | { readonly contains: string } | { readonly regex: string };

/** Compiles a pattern that {@link checkPattern} accepts: whether any part of a text matches. */
export type PatternCompiler = (source: string) => (text: string) => boolean;

/** A test for texts. */
export function textTest(wanted: TextMatch, compile: PatternCompiler): (text: string) => boolean {
  if (typeof wanted === "string") return (text) => text === wanted;
  if ("contains" in wanted) return (text) => text.includes(wanted.contains);
  return compile(wanted.regex);
}

/** The match in words, for notes in the journal. */
export function describeTextMatch(wanted: TextMatch): string {
  if (typeof wanted === "string") return `equal to ${JSON.stringify(wanted)}`;
  if ("contains" in wanted) return `containing ${JSON.stringify(wanted.contains)}`;
  return `matching /${wanted.regex}/`;
}

/** The text of a string, number or boolean, as matches see it; undefined for anything else. */
export function scalarText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** Why a pattern is not valid, or null. Checked when a rule is added. */
export function checkPattern(source: string): string | null {
  try {
    const { body, flags } = readPattern(source);
    new RegExp(body, flags);
    return null;
  } catch (error) {
    return errorMessage(error);
  }
}

/**
 * Divides a pattern, which may start with inline flags such as `(?i)`, `(?s)` or `(?m)`. Always in Unicode mode, where
 * an unknown escape is an error and not a literal.
 * @throws SyntaxError when a flag is not valid
 */
export function readPattern(source: string): { readonly body: string; readonly flags: string } {
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
  return { body, flags: [...flags].join("") };
}
