import * as z from "zod";
import { cloudflareSchema } from "./cloudflare.js";
import { completionRuleSchema } from "./completions.js";
import { faultRuleSchema } from "./faults.js";
import { predictionRuleSchema } from "./predictions.js";
import { seedBasics } from "./seed-basics.js";
import { settingsSchema } from "./seed-settings.js";

/**
 * One seed file, or several merged ones. Seed files follow the rules of the API, but are strict: an unknown key in a file
 * is an error. The JSON Schema for editors is generated from this schema.
 */
export const seedSchema = z
  .strictObject({
    $schema: seedBasics.$schema.optional(),
    clock: seedBasics.clock.optional().describe("Freezes the clock at this time; real time when absent"),
    random_seed: seedBasics.random_seed.optional(),
    settings: settingsSchema.optional(),
    workspaces: seedBasics.workspaces.optional(),
    completions: z.array(completionRuleSchema).optional(),
    predictions: z.array(predictionRuleSchema).optional(),
    faults: z.array(faultRuleSchema).optional(),
    cloudflare: cloudflareSchema.optional(),
  })
  .meta({ title: "gateway-emulator seed" });

/** A parsed seed. */
export type Seed = z.output<typeof seedSchema>;
/** A seed before parsing. */
export type SeedInput = z.input<typeof seedSchema>;
