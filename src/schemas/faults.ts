import * as z from "zod";
import { FAULT_PRESETS } from "../domain/faults.js";
import { durationSchema } from "./duration.js";
import { matchSchema, namedValues } from "./match.js";

const given = (value: unknown): boolean => value !== undefined;

/** Headers that say where an answer ends, or what becomes of its connection. */
const FRAMING = ["content-length", "transfer-encoding", "connection", "keep-alive", "trailer"];

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, {
    error: "expected an HTTP header name: letters, digits and !#$%&'*+-.^_`|~",
  })
  .refine((name) => !FRAMING.includes(name.toLowerCase()), {
    error: "not possible, the emulator frames the answer itself; leave this header out",
  });

const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, {
  error:
    "expected text that HTTP can carry: no line breaks or other control characters, nothing above U+00FF",
});

/** Headers that an answer is to have: all that HTTP can send, without those that the emulator sets to send it. */
export const answerHeadersSchema = namedValues(headerName, headerValue);

/** What a fault does; one or several together, such as a delay before a status. */
export const faultSchema = z
  .strictObject({
    preset: z.enum(FAULT_PRESETS).optional().meta({ description: "One of the contract's own errors" }),
    status: z.int().min(200).max(599).optional(),
    body: z.unknown().optional().meta({ description: "Text as it stands, anything else as JSON" }),
    headers: answerHeadersSchema.optional(),
    delay: durationSchema.optional().meta({ description: "Before the first byte" }),
    stall: z
      .strictObject({ after_chunks: z.int().min(0), for: durationSchema.optional() })
      .optional()
      .meta({ description: "Nothing comes after so many chunks, for a time or for ever" }),
    cut: z
      .strictObject({ after_chunks: z.int().min(0).optional(), after_bytes: z.int().min(0).optional() })
      .refine((cut) => cut.after_chunks !== undefined || cut.after_bytes !== undefined, {
        error: "expected after_chunks or after_bytes",
      })
      .optional()
      .meta({ description: "The connection ends after so many chunks or bytes" }),
    malformed_chunk: z.int().min(1).optional(),
    truncated_json: z.boolean().optional(),
    reset: z.boolean().optional(),
    webhook: z
      .strictObject({
        duplicate: z.boolean().optional(),
        out_of_order: z.boolean().optional(),
        bad_signature: z.boolean().optional(),
        stale_timestamp: z.boolean().optional(),
        delay: durationSchema.optional(),
        batch: z.boolean().optional().meta({ description: "In one body with the event that follows" }),
      })
      .optional()
      .meta({ description: "Strikes the billing event instead of the answer" }),
  })
  .refine((fault) => Object.values(fault).some((value) => value !== undefined), {
    error:
      "expected at least one of preset, status, delay, stall, cut, malformed_chunk, truncated_json, reset, webhook",
  })
  .refine((fault) => fault.body === undefined || fault.status !== undefined, {
    error: "a body needs a status",
    path: ["status"],
  })
  .refine(({ headers, preset, status }) => headers === undefined || (preset ?? status) !== undefined, {
    error: "headers need a preset or a status",
    path: ["headers"],
  })
  .refine(({ preset, status, reset }) => [preset, status, reset || undefined].filter(given).length <= 1, {
    error: "expected only one of preset, status, reset: each takes the place of the answer",
  })
  .meta({ id: "Fault" });

/** One fault as seeds and `POST /_emulator/faults` take it. */
export const faultRuleSchema = z
  .strictObject({
    match: matchSchema.default({}),
    times: z.int().min(1).optional(),
    probability: z.number().min(0).max(1).optional(),
    after: z.int().min(0).optional().meta({ description: "Lets so many matching requests pass first" }),
    fault: faultSchema,
  })
  .meta({ id: "FaultRule" });
export type FaultRuleSeed = z.output<typeof faultRuleSchema>;
export type FaultSeed = z.output<typeof faultSchema>;
