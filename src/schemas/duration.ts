import * as z from "zod";
import { DURATION_FORM, parseDuration } from "../domain/duration.js";

/** Milliseconds, or a text such as `250ms`, `61s`, `2m`, `1h`. */
export const durationSchema = z
  .union([z.number(), z.string()])
  .refine((value) => parseDuration(value) !== null, { error: DURATION_FORM })
  .describe('Milliseconds, or a text such as "250ms", "61s", "2m", "1h"');
