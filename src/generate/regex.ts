/** Generates text that matches a regular expression, from its syntax tree. */

import { type AST, RegExpParser } from "@eslint-community/regexpp";
import type { Random } from "../runtime/random.js";
import { type Budget, GenerationFailure } from "./failure.js";
import {
  characterIn,
  complement,
  DIGITS,
  PRINTABLE,
  type Range,
  SPACE,
  sampled,
  WORD,
} from "./regex-ranges.js";

/** @throws GenerationFailure for a pattern that cannot be parsed */
export function parseRegex(pattern: string): AST.Pattern {
  // Without Unicode mode `\p{Nope}` would stand for its letters, which its author did not mean.
  const modes = /\\p\{/i.test(pattern) ? [true] : [true, false];
  for (const unicode of modes) {
    try {
      return new RegExpParser().parsePattern(pattern, 0, pattern.length, { unicode });
    } catch {}
  }
  throw new GenerationFailure(`the pattern ${JSON.stringify(pattern)} is not supported`);
}

/**
 * Generates a text from the tree of a pattern. It ignores anchors, look-arounds and word boundaries, so the caller
 * must check the text.
 * @param maxExtra maximum repetitions beyond the minimum of a quantifier
 */
export function generateFromRegex(
  pattern: AST.Pattern,
  random: Random,
  budget: Budget,
  maxExtra: number,
): string {
  const captured = new Map<AST.CapturingGroup, string>();
  const oneOf = ({ alternatives }: { readonly alternatives: readonly AST.Alternative[] }): string => {
    budget.spend();
    const index = alternatives.length > 1 ? random.int(alternatives.length) : 0;
    return alternatives[index]?.elements.map(walk).join("") ?? "";
  };
  const walk = (element: AST.Element): string => {
    budget.spend();
    switch (element.type) {
      case "Assertion":
        return "";
      case "Group":
        return oneOf(element);
      case "CapturingGroup": {
        const text = oneOf(element);
        captured.set(element, text);
        return text;
      }
      case "Backreference": {
        const groups = [element.resolved].flat();
        const text = groups.map((group) => captured.get(group) ?? "").join("");
        budget.spend(text.length);
        return text;
      }
      case "Quantifier": {
        const count = element.min + random.int(Math.min(element.max - element.min, maxExtra) + 1);
        budget.spend(count);
        let text = "";
        for (let at = 0; at < count; at++) text += walk(element.element);
        return text;
      }
      default:
        return characterIn(rangesOf(element), random);
    }
  };
  return oneOf(pattern);
}

/** The characters that a part of a pattern stands for. */
function rangesOf(part: AST.CharacterClassElement | AST.CharacterSet | AST.CharacterClass): readonly Range[] {
  switch (part.type) {
    case "Character":
      return [[part.value, part.value]];
    case "CharacterClassRange":
      return [[part.min.value, part.max.value]];
    case "CharacterClass": {
      const ranges = part.elements.flatMap(rangesOf);
      return part.negate ? complement(ranges) : ranges;
    }
    case "CharacterSet":
      return setRanges(part);
    default:
      throw new GenerationFailure(`the pattern's ${part.raw} is not supported`);
  }
}

function setRanges(set: AST.CharacterSet): readonly Range[] {
  switch (set.kind) {
    case "any":
      return [PRINTABLE];
    case "property":
      return sampled(set.raw);
    default: {
      const ranges = { digit: DIGITS, word: WORD, space: SPACE }[set.kind];
      return set.negate ? complement(ranges) : ranges;
    }
  }
}
