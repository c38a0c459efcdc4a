import type { Random } from "../runtime/random.js";
import type { Budget } from "./failure.js";
import type { RegexNode } from "./regex-parse.js";
import { PRINTABLE, type Range } from "./regex-ranges.js";

const LETTERS: readonly Range[] = [
  [97, 122],
  [97, 122],
  [65, 90],
  [48, 57],
];

/**
 * Generates a text from the tree of a pattern. It ignores anchors, look-arounds and word boundaries, so the caller
 * must check the text.
 * @param maxExtra maximum repetitions beyond the minimum of a quantifier
 */
export function generateFromRegex(node: RegexNode, random: Random, budget: Budget, maxExtra: number): string {
  const captured = new Map<string, string>();
  const walk = (part: RegexNode): string => {
    budget.spend();
    switch (part.kind) {
      case "nothing":
        return "";
      case "character":
        return characterIn(part.ranges, random);
      case "sequence":
        return part.parts.map(walk).join("");
      case "choice": {
        const option = part.options[random.int(part.options.length)];
        return option ? walk(option) : "";
      }
      case "repeat": {
        const count = part.min + random.int(Math.min(part.max - part.min, maxExtra) + 1);
        budget.spend(count);
        let text = "";
        for (let at = 0; at < count; at++) text += walk(part.node);
        return text;
      }
      case "group": {
        const text = walk(part.node);
        for (const name of part.names) captured.set(name, text);
        return text;
      }
      case "backreference": {
        const text = captured.get(part.name) ?? "";
        budget.spend(text.length);
        return text;
      }
    }
  };
  return walk(node);
}

function characterIn(ranges: readonly Range[], random: Random): string {
  const readable = within(ranges, PRINTABLE);
  // If nearly every character is allowed, use letters and digits.
  const letters = LETTERS.flatMap((range) => within(ranges, range));
  const useful = size(readable) > 60 && letters.length > 0 ? letters : readable;
  const from = useful.length > 0 ? useful : ranges;
  let at = random.int(Math.max(1, size(from)));
  for (const [low, high] of from) {
    if (at <= high - low) return String.fromCodePoint(low + at);
    at -= high - low + 1;
  }
  return "";
}

function within(ranges: readonly Range[], [first, last]: Range): Range[] {
  return ranges.flatMap(([low, high]): Range[] => {
    const range: Range = [Math.max(low, first), Math.min(high, last)];
    return range[0] <= range[1] ? [range] : [];
  });
}

function size(ranges: readonly Range[]): number {
  return ranges.reduce((sum, [low, high]) => sum + high - low + 1, 0);
}
