import { GenerationFailure } from "./failure.js";
import { formatText } from "./formats.js";
import { type Generation, type GenerationAttempt, pick, pointerOf } from "./generation.js";
import { hintedText } from "./hints.js";
import { generateFromRegex, parseRegex } from "./regex.js";
import { codePoints } from "./schema.js";
import { WORDS } from "./words.js";

/** Attempts with a text for the format or the property name, before one from the pattern. */
const MAX_READABLE_ATTEMPTS = 8;
/** Attempts for each pattern. */
const MAX_PATTERN_ATTEMPTS = 60;
/** Repetitions beyond a quantifier's minimum if the length is open, for a realistic text. */
const EXTRA_REPETITIONS = 6;

/** Generates a text of an allowed length: for the format, else for the property name, else from the pattern. */
export function generateString(current: GenerationAttempt, generation: Generation): string {
  const { constraints, location } = current;
  const { minLength, maxLength, patterns, format } = constraints;
  if (minLength > maxLength) {
    throw new GenerationFailure(`${pointerOf(location)}: minLength is above maxLength`);
  }
  generation.budget.spend(minLength);
  const fits = (text: string) => {
    const length = codePoints(text);
    return (
      length >= minLength &&
      length <= maxLength &&
      patterns.every((pattern) => generation.acceptance.matches(pattern, text))
    );
  };
  for (let attempt = 0; attempt < MAX_READABLE_ATTEMPTS; attempt++) {
    const text =
      formatText(format, generation.random, { minLength, maxLength }) ??
      sized(hintedText(location.hint, generation.random), current, generation);
    if (fits(text)) return text;
  }
  for (const pattern of patterns) {
    const text = followPattern(pattern, { minLength, maxLength, fits }, generation);
    if (text !== undefined) return text;
  }
  const expected = patterns.length > 0 ? `the pattern ${patterns.join(" and ")}` : `the format ${format}`;
  throw new GenerationFailure(`${pointerOf(location)}: found no text of an allowed length for ${expected}`);
}

/** Generates a text that matches the pattern, for property names; undefined when none was found. */
export function generateFromPattern(pattern: string, generation: Generation): string | undefined {
  const fits = (text: string) => generation.acceptance.matches(pattern, text);
  return followPattern(pattern, { minLength: 1, maxLength: Number.POSITIVE_INFINITY, fits }, generation);
}

interface TextConstraints {
  readonly minLength: number;
  readonly maxLength: number;
  readonly fits: (text: string) => boolean;
}

function followPattern(
  pattern: string,
  constraints: TextConstraints,
  { random, budget }: Generation,
): string | undefined {
  let tree: ReturnType<typeof parseRegex>;
  try {
    tree = parseRegex(pattern);
  } catch (error) {
    if (!(error instanceof GenerationFailure) || error.final) throw error;
    return WORDS.find(constraints.fits);
  }
  let extra = EXTRA_REPETITIONS;
  for (let attempt = 0; attempt < MAX_PATTERN_ATTEMPTS; attempt++) {
    const text = generateFromRegex(tree, random, budget, extra);
    if (constraints.fits(text)) return text;
    const length = codePoints(text);
    if (length > constraints.maxLength) {
      extra = Math.max(0, Math.floor(extra * (attempt % 3 === 0 ? 1 : 0.6)));
    } else if (length < constraints.minLength) {
      extra = Math.ceil(extra * 1.5) + 1;
      // A pattern without a final $ allows further text.
      const padded = text + "x".repeat(constraints.minLength - length);
      if (!pattern.endsWith("$") && constraints.fits(padded)) return padded;
    }
  }
  return undefined;
}

/** Fits a free text to the allowed length: adds words or cuts it. */
function sized(text: string, { constraints }: GenerationAttempt, { random, budget }: Generation): string {
  const { minLength, maxLength } = constraints;
  let long = text;
  while (long.length < minLength) {
    budget.spend();
    long += ` ${pick(random, WORDS) ?? "and"}`;
  }
  if (codePoints(long) <= maxLength) return long;
  const cut = Array.from(long).slice(0, maxLength).join("").trimEnd();
  return cut.padEnd(minLength, "s");
}
