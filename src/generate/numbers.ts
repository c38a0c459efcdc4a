import { isMultipleOf } from "./accepts.js";
import type { Constraints } from "./constraints.js";
import { GenerationFailure } from "./failure.js";
import { type Generation, type GenerationAttempt, pointerOf } from "./generation.js";
import { type NumberHint, numberHint } from "./hints.js";

const TRIES = 50;
/** Decimals of a number that the schema leaves free. */
const DECIMALS = 2;

/** A number within its bounds and on its grid; from the range that its name suggests, if that is allowed. */
export function generateNumber({ constraints, site }: GenerationAttempt, { random }: Generation): number {
  const { integer, multiples } = constraints;
  const hint = numberHint(site.hint);
  const step = multiples.reduce(commonMultiple, integer ? 1 : 0);
  let imprecise: number | null = null;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    // Half of the tries ignore the hint; it may leave no number on the grid.
    const [low, high] = range(constraints, attempt < TRIES / 2 ? hint : null);
    const value =
      step > 0 ? onGrid(low, high, step, random.float()) : between(low, high, hint, attempt, random.float());
    if (!fits(value, constraints)) continue;
    // Some validators divide without rounding; a number that also satisfies them is better.
    if (multiples.every((multiple) => Number.isInteger(value / multiple))) return value;
    imprecise ??= value;
  }
  if (imprecise !== null) return imprecise;
  for (const edge of [constraints.low, constraints.high, 0]) {
    if (fits(edge, constraints)) return edge;
  }
  throw new GenerationFailure(`${pointerOf(site)}: found no number that its bounds and multipleOf allow`);
}

function fits(value: number, constraints: Constraints): boolean {
  const { low, high, lowIsOpen, highIsOpen, integer, multiples } = constraints;
  return (
    Number.isFinite(value) &&
    (lowIsOpen ? value > low : value >= low) &&
    (highIsOpen ? value < high : value <= high) &&
    (!integer || Number.isInteger(value)) &&
    multiples.every((multiple) => isMultipleOf(value, multiple))
  );
}

/** The bounds to choose from: finite, and within the hint's where the two overlap. */
function range({ low, high }: Constraints, hint: NumberHint | null): [number, number] {
  const usual = hint ?? { low: 0, high: 100, decimals: DECIMALS };
  if (usual.high >= low && usual.low <= high) {
    const within: [number, number] = [Math.max(low, usual.low), Math.min(high, usual.high)];
    if (hint || within[0] < within[1]) return within;
  }
  if (Number.isFinite(low)) return [low, Number.isFinite(high) ? high : low + Math.max(100, Math.abs(low))];
  return Number.isFinite(high) ? [high - Math.max(100, Math.abs(high)), high] : [0, 100];
}

function onGrid(low: number, high: number, step: number, chance: number): number {
  const [first, last] = [Math.ceil(low / step), Math.floor(high / step)];
  if (last < first) return first * step;
  const value = (first + Math.floor(chance * (last - first + 1))) * step;
  // 3 * 0.1 is 0.30000000000000004; 0.3 is meant.
  return round(value, Math.min(20, decimalsOf(step)));
}

function between(
  low: number,
  high: number,
  hint: NumberHint | null,
  attempt: number,
  chance: number,
): number {
  const value = low + chance * (high - low);
  // A narrow range may have no number with few decimals.
  return attempt < 10 ? round(value, hint?.decimals ?? DECIMALS) : value;
}

function round(value: number, decimals: number): number {
  return Math.abs(value) < 1e15 ? Number(value.toFixed(decimals)) + 0 : value;
}

function decimalsOf(value: number): number {
  const text = String(value);
  const exponent = /e-(\d+)$/.exec(text)?.[1];
  const fraction = /\.(\d+)/.exec(text)?.[1]?.length ?? 0;
  return fraction + Number(exponent ?? 0);
}

/** The least common multiple of two steps, 0 meaning any number; for decimals, of their scaled values. */
function commonMultiple(a: number, b: number): number {
  if (a === 0 || b === 0) return a || b;
  const scale = 10 ** Math.min(15, Math.max(decimalsOf(a), decimalsOf(b)));
  let [x, y] = [Math.round(a * scale), Math.round(b * scale)];
  if (!Number.isSafeInteger(x) || !Number.isSafeInteger(y)) return Math.max(a, b);
  const product = x * y;
  while (y !== 0) [x, y] = [y, x % y];
  return product / x / scale;
}
