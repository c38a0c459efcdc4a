import * as z from "zod";

/** The bodies of control requests, in a file that the first body loads, because zod loads slowly. */

export { completionRuleSchema } from "../../schemas/completions.js";
export { faultRuleSchema } from "../../schemas/faults.js";
export { predictionRuleSchema } from "../../schemas/predictions.js";
export { checked } from "../../schemas/problems.js";

export const clockSchema = z.union(
  [
    z.strictObject({ freeze: z.literal(true) }),
    z.strictObject({ real: z.literal(true) }),
    z.strictObject({ set: z.string() }),
  ],
  { error: 'expected {"freeze":true}, {"set":"<time>"} or {"real":true}' },
);

export const advanceSchema = z.union(
  [z.strictObject({ by: z.union([z.number(), z.string()]) }), z.strictObject({ to: z.string() })],
  {
    error:
      'expected {"by":"61s"}, {"by":61000} or {"to":"<time>"}, where to may be next_window or next_midnight',
  },
);

/** The name is generated when absent. `from` is `seed`, the default, or the name of a world to copy. */
export const forkSchema = z.strictObject({ name: z.string().optional(), from: z.string().optional() });

/** The name is generated when absent; a snapshot of this name is replaced. */
export const snapshotSchema = z.strictObject({ name: z.string().min(1).max(255).optional() });

export const rotationSchema = z.strictObject({ workspace: z.string().optional(), secret: z.string().min(1) });
