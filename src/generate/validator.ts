/** The full validator. It loads slowly. */

import { Ajv, type Options } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { MULTIPLE_PRECISION } from "./accepts.js";
import { isObject, type PatternCompiler, type Schema } from "./schema.js";

/** Checks a value. Returns the validator's message, or null for a valid value. */
export type Validate = (value: unknown) => string | null;

const OPTIONS: Options = {
  strict: false,
  logger: false,
  inlineRefs: false,
  multipleOfPrecision: MULTIPLE_PRECISION,
  // Compiling the meta-schema takes ten times as long as compiling a usual schema. Keywords check their own values
  // anyway when they are compiled.
  meta: false,
  validateSchema: false,
};

/**
 * Compiles a normalized schema by the rules of its draft: 2020-12, or drafts before 2019-09.
 * @throws when the schema is invalid or has external references
 */
export function compileSchema(schema: Schema, isOldDraft: boolean, compile: PatternCompiler): Validate {
  // The validator tells patterns apart by their texts.
  const regExp = (pattern: string) => {
    const compiled = compile(pattern);
    return { test: (text: string) => compiled.test(text), toString: () => pattern };
  };
  const options = { ...OPTIONS, code: { regExp: Object.assign(regExp, { code: "compilePattern" }) } };
  const ajv = isOldDraft ? new Ajv(options) : new Ajv2020(options);
  formats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? null : ajv.errorsText(validate.errors, { dataVar: "value" }));
}

/** Whether a schema is of a draft before 2019-09, by its `$schema` or its form of tuples. */
export function isOldDraft(schema: unknown): boolean {
  if (!isObject(schema)) return false;
  if (typeof schema.$schema === "string") return /draft-0\d/.test(schema.$schema);
  return hasTupleItems(schema);
}

/** Before `prefixItems`, tuples were lists in `items`. */
function hasTupleItems(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(hasTupleItems);
  if (!isObject(node)) return false;
  return Array.isArray(node.items) || Object.values(node).some(hasTupleItems);
}
