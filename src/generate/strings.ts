import { GenerationFailure } from "./failure.js";
import { formatText } from "./formats.js";
import { type Generation, type GenerationAttempt, pick, pointerOf } from "./generation.js";
import { hintedText } from "./hints.js";
import { generateFromRegex } from "./regex-generate.js";
import { parseRegex } from "./regex-parse.js";
import { codePoints } from "./schema.js";
import { WORDS } from "./words.js";

/** Tries with a text of the format or the name, before the pattern is followed. */
const READABLE_TRIES = 8;
/** Tries for each pattern. */
const PATTERN_TRIES = 60;
/** Repetitions beyond the demanded ones, where the length is open: enough to look like something. */
const GROWTH = 6;

/** A text of the format, or about what the property's name says, or along the pattern, in the right length. */
export function generateString(current: GenerationAttempt, generation: Generation): string {
  const { constraints, site } = current;
  const { minLength, maxLength, patterns, format } = constraints;
  if (minLength > maxLength) {
    throw new GenerationFailure(`${pointerOf(site)}: minLength is above maxLength`);
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
  const known = format === null ? null : formatText(format, generation.random, { minLength, maxLength });
  for (let attempt = 0; attempt < READABLE_TRIES; attempt++) {
    const formatted =
      known !== null && format !== null && attempt > 0
        ? formatText(format, generation.random, { minLength, maxLength })
        : known;
    const text = formatted ?? sized(hintedText(site.hint, generation.random), current, generation);
    if (fits(text)) return text;
  }
  for (const pattern of patterns) {
    const text = followPattern(pattern, { minLength, maxLength, fits }, generation);
    if (text !== null) return text;
  }
  const wish = patterns.length > 0 ? `the pattern ${patterns.join(" and ")}` : `the format ${format}`;
  throw new GenerationFailure(`${pointerOf(site)}: found no text of ${wish} in the right length`);
}

/** A text that the pattern matches; undefined when none was found. Used for names of properties. */
export function generateFromPattern(pattern: string, generation: Generation): string | undefined {
  const fits = (text: string) => generation.acceptance.matches(pattern, text);
  return (
    followPattern(pattern, { minLength: 1, maxLength: Number.POSITIVE_INFINITY, fits }, generation) ??
    undefined
  );
}

interface Wanted {
  readonly minLength: number;
  readonly maxLength: number;
  readonly fits: (text: string) => boolean;
}

function followPattern(pattern: string, wanted: Wanted, { random, budget }: Generation): string | null {
  let tree: ReturnType<typeof parseRegex>;
  try {
    tree = parseRegex(pattern);
  } catch (error) {
    if (!(error instanceof GenerationFailure) || error.final) throw error;
    return WORDS.find(wanted.fits) ?? null;
  }
  let growth = GROWTH;
  for (let attempt = 0; attempt < PATTERN_TRIES; attempt++) {
    const text = generateFromRegex(tree, random, budget, growth);
    if (wanted.fits(text)) return text;
    const length = codePoints(text);
    if (length > wanted.maxLength) {
      growth = Math.max(0, Math.floor(growth * (attempt % 3 === 0 ? 1 : 0.6)));
    } else if (length < wanted.minLength) {
      growth = Math.ceil(growth * 1.5) + 1;
      // A pattern without an end leaves room behind what it asks for.
      const padded = text + "x".repeat(wanted.minLength - length);
      if (!pattern.endsWith("$") && wanted.fits(padded)) return padded;
    }
  }
  return null;
}

/** A free text brought to its length: more words when short, cut when long. */
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
