import { dependencies } from "./accepts.js";
import { GenerationFailure } from "./failure.js";
import {
  compilePattern,
  isObject,
  isSameJson,
  JSON_TYPES,
  type JsonType,
  numberAt,
  type Schema,
  type SchemaObject,
  schemaAt,
  schemaList,
  textAt,
  textsAt,
  typeNames,
} from "./schema.js";

/** More references on one spot than this are a reference to itself. */
const MOST_REFS_IN_A_ROW = 64;

/** What a value must satisfy, after references are followed and one alternative of each choice is taken. */
export class Constraints {
  /** Null: any type. */
  types: readonly JsonType[] | null = null;
  integer = false;
  /** The values of `enum` and `const`; null when there is no such keyword. */
  values: readonly unknown[] | null = null;
  /** `examples`, `example` and `default`, for as long as nothing forbids them. */
  examples: readonly unknown[] = [];
  low = Number.NEGATIVE_INFINITY;
  lowIsOpen = false;
  high = Number.POSITIVE_INFINITY;
  highIsOpen = false;
  multiples: readonly number[] = [];
  minLength = 0;
  maxLength = Number.POSITIVE_INFINITY;
  patterns: readonly string[] = [];
  format: string | null = null;
  minItems = 0;
  maxItems = Number.POSITIVE_INFINITY;
  uniqueItems = false;
  minProperties = 0;
  maxProperties = Number.POSITIVE_INFINITY;
  required: readonly string[] = [];
  /** All schema objects that apply: each says its own about properties and items. */
  parts: readonly SchemaObject[] = [];
  /** What `$ref`s on this spot lead to. */
  targets: readonly Schema[] = [];
  /** Whether a value made from the rest may still be wrong, and so must be checked. */
  isGuarded = false;

  copy(): Constraints {
    return Object.assign(new Constraints(), this);
  }
}

/** Alternatives of which one must hold: `anyOf`, `oneOf`, `if`, dependencies. */
export type Alternatives = readonly Schema[];

export interface Collector {
  resolve(ref: string): Schema;
  /** Counts a step. */
  spend(): void;
  /** The alternatives in the order in which to try them. */
  order(branches: Alternatives, constraints: Constraints): Alternatives;
}

/**
 * The constraints of a value that must satisfy all of `schemas`.
 * @param seen is told the number of alternatives of each choice, also when this fails
 * @throws GenerationFailure when they contradict each other
 */
export function collectConstraints(
  schemas: readonly Schema[],
  collector: Collector,
  seen: (alternatives: number, guarded: boolean) => void,
): Constraints {
  let constraints = new Constraints();
  let choices: Alternatives[] = [];
  for (const schema of schemas) add(schema, constraints, choices, collector);
  for (let at = 0; at < choices.length; at++) {
    const branches = choices[at] ?? [];
    seen(branches.length, constraints.isGuarded);
    let failure: unknown = new GenerationFailure("none of the alternatives is possible");
    let isSettled = false;
    for (const branch of collector.order(branches, constraints)) {
      const [attempt, more] = [constraints.copy(), [...choices]];
      try {
        add(branch, attempt, more, collector);
      } catch (error) {
        if (!(error instanceof GenerationFailure) || error.final) throw error;
        failure = error;
        continue;
      }
      [constraints, choices, isSettled] = [attempt, more, true];
      break;
    }
    if (!isSettled) throw failure;
  }
  seen(1, constraints.isGuarded);
  return constraints;
}

function add(schema: Schema, into: Constraints, choices: Alternatives[], collector: Collector): void {
  collector.spend();
  if (schema === true) return;
  if (schema === false) throw new GenerationFailure("the schema is false: it allows no value");
  addTypes(schema, into);
  addValues(schema, into);
  addNumbers(schema, into);
  addSizes(schema, into);
  into.parts = [...into.parts, schema];
  for (const keyword of ["$ref", "$dynamicRef"]) {
    const ref = textAt(schema, keyword);
    if (ref === undefined) continue;
    const target = collector.resolve(ref);
    into.targets = [...into.targets, target];
    if (into.targets.length > MOST_REFS_IN_A_ROW) {
      throw new GenerationFailure("the schema refers to itself without end", { final: true });
    }
    add(target, into, choices, collector);
  }
  for (const part of schemaList(schema, "allOf")) add(part, into, choices, collector);
  for (const keyword of ["anyOf", "oneOf"]) {
    const branches = schemaList(schema, keyword);
    if (branches.length > 0) choices.push(branches);
  }
  const condition = schemaAt(schema, "if");
  if (condition !== undefined) {
    const held = { allOf: [condition, schemaAt(schema, "then") ?? true] };
    choices.push([held, schemaAt(schema, "else") ?? true]);
  }
  for (const [name, part] of dependencies(schema)) {
    choices.push([part, { properties: { [name]: false } }]);
  }
  if ("oneOf" in schema || "not" in schema || "contains" in schema || condition !== undefined) {
    into.isGuarded = true;
  }
}

function addTypes(schema: SchemaObject, into: Constraints): void {
  const names = typeNames(schema);
  if (names) {
    narrowTypes(into, (type) => names.includes(type) || (type === "number" && names.includes("integer")));
    into.integer ||= names.includes("integer") && !names.includes("number");
  }
  // Tries would find this too, but seldom at once.
  const { not } = schema;
  const forbidden = isObject(not) && Object.keys(not).length === 1 ? typeNames(not) : undefined;
  if (forbidden) narrowTypes(into, (type) => !forbidden.includes(type));
}

function narrowTypes(into: Constraints, isAllowed: (type: JsonType) => boolean): void {
  into.types = (into.types ?? JSON_TYPES).filter(isAllowed);
  if (into.types.length === 0) throw new GenerationFailure("no type is allowed by all parts of the schema");
}

function addValues(schema: SchemaObject, into: Constraints): void {
  const lists: (readonly unknown[])[] = Array.isArray(schema.enum) ? [schema.enum] : [];
  if ("const" in schema) lists.push([schema.const]);
  for (const list of lists) {
    const { values } = into;
    into.values = values ? values.filter((value) => list.some((item) => isSameJson(item, value))) : list;
    if (into.values.length === 0)
      throw new GenerationFailure("no value is in all of the schema's enum and const");
  }
  const examples = Array.isArray(schema.examples) ? [...schema.examples] : [];
  if ("example" in schema) examples.push(schema.example);
  if (examples.length === 0 && isTelling(schema.default)) examples.push(schema.default);
  into.examples = [...into.examples, ...examples];
}

/** A default such as null, false, 0, "" or [] means "nothing given"; an answer should rather show something. */
function isTelling(value: unknown): boolean {
  return (typeof value === "string" || typeof value === "number") && Boolean(value);
}

function addNumbers(schema: SchemaObject, into: Constraints): void {
  const raise = (bound: number | undefined, isOpen: boolean) => {
    if (bound === undefined || bound < into.low || (bound === into.low && !isOpen)) return;
    [into.low, into.lowIsOpen] = [bound, isOpen];
  };
  const lower = (bound: number | undefined, isOpen: boolean) => {
    if (bound === undefined || bound > into.high || (bound === into.high && !isOpen)) return;
    [into.high, into.highIsOpen] = [bound, isOpen];
  };
  raise(numberAt(schema, "minimum"), false);
  raise(numberAt(schema, "exclusiveMinimum"), true);
  lower(numberAt(schema, "maximum"), false);
  lower(numberAt(schema, "exclusiveMaximum"), true);
  const multiple = numberAt(schema, "multipleOf");
  if (multiple !== undefined && multiple > 0) into.multiples = [...into.multiples, multiple];
}

function addSizes(schema: SchemaObject, into: Constraints): void {
  const most = (keyword: "minLength" | "minItems" | "minProperties") => {
    into[keyword] = Math.max(into[keyword], numberAt(schema, keyword) ?? 0);
  };
  const least = (keyword: "maxLength" | "maxItems" | "maxProperties") => {
    into[keyword] = Math.min(into[keyword], numberAt(schema, keyword) ?? Number.POSITIVE_INFINITY);
  };
  most("minLength");
  most("minItems");
  most("minProperties");
  least("maxLength");
  least("maxItems");
  least("maxProperties");
  into.uniqueItems ||= schema.uniqueItems === true;
  into.required = [...new Set([...into.required, ...textsAt(schema, "required")])];
  const pattern = textAt(schema, "pattern");
  if (pattern !== undefined) {
    compilePattern(pattern);
    into.patterns = [...into.patterns, pattern];
  }
  into.format = textAt(schema, "format") ?? into.format;
}
