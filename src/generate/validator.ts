/** The full validator. It is slow to load: import this module only when a value must be checked. */

import { Ajv, type Options } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { MULTIPLE_PRECISION } from "./accepts.js";
import { compilePattern, isObject, type Schema } from "./schema.js";

/** What is wrong with a value, in the validator's words; null when nothing is. */
export type Validate = (value: unknown) => string | null;

const OPTIONS: Options = {
  strict: false,
  logger: false,
  inlineRefs: false,
  multipleOfPrecision: MULTIPLE_PRECISION,
  // Compiling the meta-schema takes ten times as long as compiling a usual schema. Keywords check their own
  // values at compilation.
  meta: false,
  validateSchema: false,
  code: { regExp: Object.assign((pattern: string) => compilePattern(pattern), { code: "compilePattern" }) },
};

/**
 * Compiles a normalized schema with the rules of its draft: 2020-12, or those before 2019-09.
 * @throws when the schema is wrong, or refers to something outside itself
 */
export function compileSchema(schema: Schema, isOldDraft: boolean): Validate {
  const ajv = isOldDraft ? new Ajv(OPTIONS) : new Ajv2020(OPTIONS);
  formats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? null : ajv.errorsText(validate.errors, { dataVar: "value" }));
}

/** Whether a schema says that it is, or by its tuples can only be, of a draft before 2019-09. */
export function isOldDraft(schema: unknown): boolean {
  if (!isObject(schema)) return false;
  if (typeof schema.$schema === "string") return /draft-0\d/.test(schema.$schema);
  return hasTupleItems(schema);
}

/** A list in `items` is how tuples were written before `prefixItems`. */
function hasTupleItems(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(hasTupleItems);
  if (!isObject(node)) return false;
  return Array.isArray(node.items) || Object.values(node).some(hasTupleItems);
}
