import * as z from "zod";
import { asObject } from "../domain/parse-json.js";
import type { Seed } from "./seed.js";
import { seedBasics } from "./seed-basics.js";

/** The schema of each part of a seed, in the order of the whole schema. Those of few seeds are loaded when one has them. */
const PARTS: { readonly [Part in keyof Required<Seed>]: () => z.ZodType | Promise<z.ZodType> } = {
  $schema: () => seedBasics.$schema,
  clock: () => seedBasics.clock,
  random_seed: () => seedBasics.random_seed,
  settings: async () => (await import("./seed-settings.js")).settingsSchema,
  workspaces: () => seedBasics.workspaces,
  completions: async () => z.array((await import("./completions.js")).completionRuleSchema),
  predictions: async () => z.array((await import("./predictions.js")).predictionRuleSchema),
  faults: async () => z.array((await import("./faults.js")).faultRuleSchema),
  cloudflare: async () => (await import("./cloudflare.js")).cloudflareSchema,
};

/**
 * Checks a seed with the schemas of the parts that it has. To load the whole schema takes several times as long; only
 * that knows what is wrong.
 * @returns what `seedSchema` returns, or null if the seed is invalid
 */
export async function validSeed(value: unknown): Promise<Seed | null> {
  const seed = asObject(value) ?? {};
  const shape: Record<string, z.ZodType> = {};
  for (const [part, schemaOf] of Object.entries(PARTS)) {
    if (part in seed) shape[part] = (await schemaOf()).optional();
  }
  // Most seeds are checked once. Without `jitless`, zod compiles a function for each object, which takes longer.
  const { data } = z.strictObject(shape).safeParse(value, { jitless: true });
  return (data as Seed | undefined) ?? null;
}
