import * as z from "zod";
import { FAULT_PRESETS } from "../domain/faults.js";
import { durationSchema } from "./duration.js";
import { matchSchema, namedValues } from "./match.js";

const isGiven = (value: unknown): boolean => value !== undefined;

/** Headers that control the length of an answer or its connection. */
const FRAMING_HEADERS = ["content-length", "transfer-encoding", "connection", "keep-alive", "trailer"];

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, {
    error: "expected an HTTP header name: letters, digits and !#$%&'*+-.^_`|~",
  })
  .refine((name) => !FRAMING_HEADERS.includes(name.toLowerCase()), {
    error: "the emulator sets this header itself; remove it",
  });

const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, {
  error:
    "expected a valid HTTP header value: no line breaks or other control characters, nothing above U+00FF",
});

/** Headers to set on an answer: any valid ones, except those that the emulator must set itself. */
export const answerHeadersSchema = namedValues(headerName, headerValue);

/** What a fault does. Fields can be combined, such as a delay and a status. */
export const faultSchema = z
  .strictObject({
    preset: z.enum(FAULT_PRESETS).describe("One of the gateway's own errors"),
    status: z.int().min(200).max(599),
    body: z.unknown().describe("Text is sent unchanged, any other value as JSON"),
    headers: answerHeadersSchema,
    delay: durationSchema.describe("Delay before the first byte"),
    stall: z
      .strictObject({ after_chunks: z.int().min(0), for: durationSchema.optional() })
      .describe("Pauses the answer after this many chunks, for a time or forever"),
    cut: z
      .strictObject({ after_chunks: z.int().min(0), after_bytes: z.int().min(0) })
      .partial()
      .refine((cut) => cut.after_chunks !== undefined || cut.after_bytes !== undefined, {
        error: "expected after_chunks or after_bytes",
      })
      .describe("Closes the connection after this many chunks or bytes"),
    malformed_chunk: z.int().min(1),
    truncated_json: z.boolean(),
    reset: z.boolean(),
    webhook: z
      .strictObject({
        duplicate: z.boolean(),
        out_of_order: z.boolean(),
        bad_signature: z.boolean(),
        stale_timestamp: z.boolean(),
        delay: durationSchema,
        batch: z.boolean().describe("Sent in one body with the next event"),
      })
      .partial()
      .describe("Changes the delivery of the billing event, not the answer"),
  })
  .partial()
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
  .refine(({ preset, status, reset }) => [preset, status, reset || undefined].filter(isGiven).length <= 1, {
    error: "expected only one of preset, status, reset: each replaces the answer",
  })
  .meta({ id: "Fault" });

/** A fault with its conditions, in seeds and in `POST /_emulator/faults`. */
export const faultRuleSchema = z
  .strictObject({
    match: matchSchema.default({}),
    times: z.int().min(1).optional(),
    probability: z.number().min(0).max(1).optional(),
    after: z.int().min(0).optional().describe("Number of matching requests to let pass first"),
    fault: faultSchema,
  })
  .meta({ id: "FaultRule" });
export type FaultRuleSeed = z.output<typeof faultRuleSchema>;
export type FaultSeed = z.output<typeof faultSchema>;
