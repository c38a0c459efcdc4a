import * as z from "zod";
import { checkPattern } from "../domain/completion/text-match.js";

/** A plain string means equal; otherwise `{ contains }` or `{ regex }`. */
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
 * Values by names of the user's own. Refuses `__proto__`, which zod's record drops in silence: a match would lose
 * its condition, and fit everything.
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

/** What a completion rule or a fault looks at. */
export const matchSchema = z
  .strictObject({
    model: textMatchSchema.optional(),
    group: textMatchSchema.optional().meta({ description: "External entity id or id of the key's group" }),
    key: textMatchSchema.optional().meta({ description: "Name or prefix of the key" }),
    last_message: textMatchSchema.optional().meta({ description: "The last user message" }),
    system: textMatchSchema.optional(),
    turn: z.int().min(0).optional().meta({ description: "How many user messages there are" }),
    has_tool_result: z
      .boolean()
      .optional()
      .meta({ description: "A tool's result came after the last user message" }),
    tool_called: textMatchSchema
      .optional()
      .meta({ description: "The assistant called a tool of this name before" }),
    response_format: textMatchSchema
      .optional()
      .meta({ description: "text, json_object, json_schema, grammar or structural_tag" }),
    stream: z.boolean().optional(),
    metadata: namedValues(z.string(), textMatchSchema).optional(),
    headers: namedValues(z.string(), textMatchSchema).optional(),
  })
  .meta({ id: "Match", description: "{} matches everything; several keys must all match" });
