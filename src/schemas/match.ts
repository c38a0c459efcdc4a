import * as z from "zod";
import { checkPattern } from "../domain/completion/text-match.js";

/** A plain string must be equal; otherwise `{ contains }` or `{ regex }`. */
export const textMatchSchema = z.union(
  [
    z.string(),
    z.strictObject({ contains: z.string() }),
    z.strictObject({
      regex: z.string().superRefine((source, context) => {
        const problem = checkPattern(source);
        if (problem) context.addIssue({ code: "custom", message: problem });
      }),
    }),
  ],
  { error: "expected a text, { contains: text } or { regex: pattern }" },
);

/**
 * A record with user-defined names. Rejects `__proto__`, which zod's record drops silently: a match would lose its
 * condition and match everything.
 */
export function namedValues<V extends z.ZodType>(names: z.ZodString, values: V) {
  return z.preprocess(
    (given: Record<string, z.input<V>>, context) => {
      if (typeof given === "object" && given !== null && Object.hasOwn(given, "__proto__")) {
        context.addIssue({
          code: "custom",
          message: '"__proto__" is not usable as a name; leave it out',
          path: ["__proto__"],
        });
      }
      return given;
    },
    z.record(names, values),
  );
}

/** The conditions of a completion rule or a fault. */
export const matchSchema = z
  .strictObject({
    model: textMatchSchema,
    group: textMatchSchema.describe("External entity id, or id, of the key's group"),
    key: textMatchSchema.describe("Name or prefix of the key"),
    last_message: textMatchSchema.describe("The last user message"),
    system: textMatchSchema,
    turn: z.int().min(0).describe("Number of user messages"),
    has_tool_result: z.boolean().describe("Whether a tool result follows the last user message"),
    tool_called: textMatchSchema.describe("Name of a tool that the assistant has called"),
    response_format: textMatchSchema.describe("text, json_object, json_schema, grammar or structural_tag"),
    stream: z.boolean(),
    metadata: namedValues(z.string(), textMatchSchema),
    headers: namedValues(z.string(), textMatchSchema),
  })
  .partial()
  .meta({ id: "Match", description: "{} matches everything; several keys must all match" });
