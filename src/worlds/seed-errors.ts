import { InvalidSeed } from "../config/problems.js";
import { GatewayError } from "../domain/errors.js";
import type { Seed } from "../schemas/seed.js";
import { SeedError } from "../services/seeding.js";

/**
 * Runs `work`, which applies a seed. Readable or not, a seed that cannot be applied is one kind of error.
 * @throws InvalidSeed
 */
export function orInvalidSeed<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof SeedError) throw invalidSeed(cause.path.join("."), cause.message);
    // The only thing that a world adds to its seed.
    if (cause instanceof GatewayError) throw invalidSeed("workspaceKey", cause.message);
    throw cause;
  }
}

/** The same for the control API: checks a seed and applies it. Rejects with GatewayError `validation`. */
export async function orRefusedSeed(value: unknown, apply: (seed: Seed) => void): Promise<void> {
  const { checkSeedValue } = await import("../config/seed-file.js");
  try {
    const seed = await checkSeedValue(value);
    orInvalidSeed(() => apply(seed));
  } catch (cause) {
    if (!(cause instanceof InvalidSeed)) throw cause;
    throw new GatewayError("validation", { message: cause.message });
  }
}

function invalidSeed(path: string, message: string): InvalidSeed {
  return new InvalidSeed([{ file: null, line: null, path, message }]);
}
