/** How texts are matched in rules and faults: a plain string means equal, else `contains` or `regex`. */

/** A `regex` is searched for, not anchored. */
export type TextMatch = string | { readonly contains: string } | { readonly regex: string };

/** A test for one text, its pattern compiled once. @throws SyntaxError for what {@link checkPattern} reports */
export function textTest(wanted: TextMatch): (text: string) => boolean {
  if (typeof wanted === "string") return (text) => text === wanted;
  if ("contains" in wanted) return (text) => text.includes(wanted.contains);
  const pattern = compilePattern(wanted.regex);
  return (text) => pattern.test(text);
}

/** The wish in words, for the journal's "why not". */
export function describeTextMatch(wanted: TextMatch): string {
  if (typeof wanted === "string") return `equal to ${JSON.stringify(wanted)}`;
  if ("contains" in wanted) return `containing ${JSON.stringify(wanted.contains)}`;
  return `matching /${wanted.regex}/`;
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
