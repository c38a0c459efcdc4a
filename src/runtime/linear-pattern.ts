import type { AST, RegExpParser } from "@eslint-community/regexpp";
import type { RE2JS } from "re2js";

/** The packages that {@link linearPattern} uses, given so that each caller loads them when it needs them. */
export interface LinearEngine {
  readonly RE2JS: typeof RE2JS;
  readonly RegExpParser: typeof RegExpParser;
}

/** Whether any part of a text matches. */
export type TextTest = (text: string) => boolean;

/**
 * Compiles a JavaScript pattern in Unicode mode for an engine whose time grows only with the length of the text: RE2
 * keeps all ways through a pattern in step and never goes back. The pattern is translated piece by piece, because the
 * two differ in what `.`, `\s`, `$` and others stand for.
 * @param flags of `i`, `m`, `s` and `u`
 * @returns null when RE2 cannot express exactly this: look-arounds, back-references, `^` and `$` of single lines, and
 *   counts above 1,000
 */
export function linearPattern(source: string, flags: string, engine: LinearEngine): TextTest | null {
  try {
    const tree = new engine.RegExpParser().parsePattern(source, 0, source.length, { unicode: true });
    const translated = new Translation(flags).alternatives(tree);
    const compiled = engine.RE2JS.compile(flags.includes("i") ? `(?i:${translated})` : translated);
    return (text) => compiled.test(text);
  } catch {
    // The parser, the translation and RE2 each refuse what they do not know, and all nest deeply in deep patterns.
    return null;
  }
}

/** The pattern has something that RE2 lacks. */
class Untranslatable extends Error {}

const SPACE =
  "\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}";
const NO_SPACE =
  "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}" +
  "\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}";
const LINE_END = "\\x{a}\\x{d}\\x{2028}\\x{2029}";
const ANY = "\\x{0}-\\x{10ffff}";

/** The members of classes, as RE2 writes them between brackets. */
const SETS = {
  digit: { is: "0-9", not: "\\x{0}-\\x{2f}\\x{3a}-\\x{10ffff}" },
  word: { is: "0-9A-Za-z_", not: "\\x{0}-\\x{2f}\\x{3a}-\\x{40}\\x{5b}-\\x{5e}\\x{60}\\x{7b}-\\x{10ffff}" },
  space: { is: SPACE, not: NO_SPACE },
};

/** Writes a syntax tree in RE2's words. Groups need no numbers: only whether a text matches is asked. */
class Translation {
  readonly #ignoresCase: boolean;
  readonly #isMultiline: boolean;
  readonly #dotIsAny: boolean;

  constructor(flags: string) {
    this.#ignoresCase = flags.includes("i");
    this.#isMultiline = flags.includes("m");
    this.#dotIsAny = flags.includes("s");
  }

  alternatives({ alternatives }: { readonly alternatives: readonly AST.Alternative[] }): string {
    return alternatives.map(({ elements }) => elements.map((part) => this.#element(part)).join("")).join("|");
  }

  #element(part: AST.Element): string {
    switch (part.type) {
      case "Character":
        return codePoint(part.value);
      case "CharacterSet":
        return `[${this.#set(part)}]`;
      case "CharacterClass":
        return this.#class(part);
      case "Group":
        if (part.modifiers) throw new Untranslatable();
        return `(?:${this.alternatives(part)})`;
      case "CapturingGroup":
        return `(?:${this.alternatives(part)})`;
      case "Quantifier":
        return `${this.#element(part.element)}{${part.min},${Number.isFinite(part.max) ? part.max : ""}}`;
      case "Assertion":
        return this.#assertion(part);
      default:
        throw new Untranslatable();
    }
  }

  #assertion(part: AST.Assertion): string {
    // Where case is ignored, JavaScript counts two letters more as parts of words (U+017F, U+212A): not worth a refusal.
    if (part.kind === "word") return part.negate ? "\\B" : "\\b";
    if (part.kind === "lookahead" || part.kind === "lookbehind" || this.#isMultiline) {
      throw new Untranslatable();
    }
    return part.kind === "start" ? "\\A" : "\\z";
  }

  #class({ elements, negate }: AST.CharacterClass): string {
    if (elements.length === 0) return negate ? `[${ANY}]` : `[^${ANY}]`;
    return `[${negate ? "^" : ""}${elements.map((part) => this.#member(part)).join("")}]`;
  }

  #member(part: AST.CharacterClassElement): string {
    switch (part.type) {
      case "Character":
        return codePoint(part.value);
      case "CharacterClassRange":
        return `${codePoint(part.min.value)}-${codePoint(part.max.value)}`;
      case "CharacterSet":
        return this.#set(part);
      default:
        throw new Untranslatable();
    }
  }

  /** The members of a set such as `.`, `\d` or `\p{L}`. */
  #set(set: AST.CharacterSet): string {
    if (set.kind === "any") return this.#dotIsAny ? ANY : `^${LINE_END}`;
    if (set.kind === "property") return this.#property(set);
    // The two disagree about which letters are the same as one that is not in a word.
    if (set.kind === "word" && set.negate && this.#ignoresCase) throw new Untranslatable();
    return set.negate ? SETS[set.kind].not : SETS[set.kind].is;
  }

  /** General categories by their short names, and scripts. */
  #property({ key, value, negate }: AST.UnicodePropertyCharacterSet): string {
    const isKnown = ["General_Category", "gc", "Script", "sc"].includes(key);
    if (this.#ignoresCase || !isKnown) throw new Untranslatable();
    return `\\${negate ? "P" : "p"}{${value}}`;
  }
}

function codePoint(value: number): string {
  return `\\x{${value.toString(16)}}`;
}
