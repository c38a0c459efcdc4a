import { isMultipleOf } from "./accepts.js";
import type { Constraints } from "./constraints.js";
import { GenerationFailure } from "./failure.js";
import { type Generation, type GenerationAttempt, pointerOf } from "./generation.js";
import { type NumberHint, numberHint } from "./hints.js";

const MAX_ATTEMPTS = 50;
/** Decimals of a number that the schema does not restrict. */
const DECIMALS = 2;

/** Generates a number within its bounds that satisfies multipleOf; in the usual range of its name if possible. */
export function generateNumber({ constraints, location }: GenerationAttempt, { random }: Generation): number {
  const { integer, multiples } = constraints;
  const hint = numberHint(location.hint);
  const step = multiples.reduce(commonMultiple, integer ? 1 : 0);
  let imprecise: number | null = null;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    // Half of the attempts ignore the hint, because it may leave no multiple.
    const [low, high] = range(constraints, attempt < MAX_ATTEMPTS / 2 ? hint : null);
    const value =
      step > 0 ? onGrid(low, high, step, random.float()) : between(low, high, hint, attempt, random.float());
    if (!fits(value, constraints)) continue;
    // Prefer a number that also satisfies validators that divide without rounding.
    if (multiples.every((multiple) => Number.isInteger(value / multiple))) return value;
    imprecise ??= value;
  }
  if (imprecise !== null) return imprecise;
  for (const edge of [constraints.low, constraints.high, 0]) {
    if (fits(edge, constraints)) return edge;
  }
  throw new GenerationFailure(`${pointerOf(location)}: found no number that the bounds and multipleOf allow`);
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

/** Finite bounds to choose from; those of the hint where the two overlap. */
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
  // 3 * 0.1 is 0.30000000000000004, but 0.3 is intended.
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

/** The least common multiple of two steps, where 0 means any number. Scales decimals to integers. */
function commonMultiple(a: number, b: number): number {
  if (a === 0 || b === 0) return a || b;
  const scale = 10 ** Math.min(15, Math.max(decimalsOf(a), decimalsOf(b)));
  let [x, y] = [Math.round(a * scale), Math.round(b * scale)];
  if (!Number.isSafeInteger(x) || !Number.isSafeInteger(y)) return Math.max(a, b);
  const product = x * y;
  while (y !== 0) [x, y] = [y, x % y];
  return product / x / scale;
}
