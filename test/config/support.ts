import { InvalidSeed, type SeedInput, startGatewayEmulator } from "../../src/index.js";

/** What is wrong with a seed, as the start reports it. */
export async function problemsOf(seed: unknown) {
  try {
    await using _gateway = await startGatewayEmulator({ seed: seed as SeedInput });
  } catch (cause) {
    if (cause instanceof InvalidSeed) return cause.problems;
    throw cause;
  }
  return [];
}
