import { dependencies } from "./accepts.js";
import { type Budget, GenerationFailure } from "./failure.js";
import type { Resolver } from "./resolve.js";
import {
  compilePattern,
  isObject,
  isSameJson,
  JSON_TYPES,
  type JsonType,
  numberAt,
  refsOf,
  type Schema,
  type SchemaObject,
  schemaAt,
  schemaList,
  textAt,
  textsAt,
  typeNames,
} from "./schema.js";

/** What a value must satisfy, once references are followed and each choice has taken one alternative. */
export class Constraints {
  /** Null: any type. */
  types: readonly JsonType[] | null = null;
  integer = false;
  /** The values of `enum` and `const`; null when there is no such keyword. */
  values: readonly unknown[] | null = null;
  /** `examples`, `example` and `default`, which the other constraints may still forbid. */
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
  /** All schema objects that apply. Each has its own rules for properties and items. */
  parts: readonly SchemaObject[] = [];
  /** Targets of the `$ref`s that were followed here, each once. */
  refTargets: readonly Schema[] = [];
  /** Whether a value that satisfies these constraints may still be wrong and must be checked. */
  needsCheck = false;

  copy(): Constraints {
    return Object.assign(new Constraints(), this);
  }
}

/** Schemas of which at least one must hold: from `anyOf`, `oneOf`, `if` or dependencies. */
export type Alternatives = readonly Schema[];

interface Collector {
  readonly resolver: Resolver;
  readonly budget: Budget;
  /** The alternatives in the order in which to try them. */
  order(alternatives: Alternatives, constraints: Constraints): Alternatives;
}

/**
 * Collects the constraints of a value that must satisfy all of `schemas`.
 * @param onChoice called with the number of alternatives of each choice, even if collecting fails
 * @throws GenerationFailure when they contradict each other
 */
export function collectConstraints(
  schemas: readonly Schema[],
  collector: Collector,
  onChoice: (alternatives: number, needsCheck: boolean) => void,
): Constraints {
  let constraints = new Constraints();
  let choices: Alternatives[] = [];
  for (const schema of schemas) add(schema, constraints, choices, collector);
  for (let at = 0; at < choices.length; at++) {
    const alternatives = choices[at] ?? [];
    onChoice(alternatives.length, constraints.needsCheck);
    let failure: unknown = new GenerationFailure("none of the alternatives is possible");
    let isChosen = false;
    for (const alternative of collector.order(alternatives, constraints)) {
      const [attempt, more] = [constraints.copy(), [...choices]];
      try {
        add(alternative, attempt, more, collector);
      } catch (error) {
        if (!(error instanceof GenerationFailure) || error.final) throw error;
        failure = error;
        continue;
      }
      [constraints, choices, isChosen] = [attempt, more, true];
      break;
    }
    if (!isChosen) throw failure;
  }
  onChoice(1, constraints.needsCheck);
  return constraints;
}

/** @param followed targets of the references that lead to this schema */
function add(
  schema: Schema,
  into: Constraints,
  choices: Alternatives[],
  collector: Collector,
  followed: readonly Schema[] = [],
): void {
  collector.budget.spend();
  if (schema === true) return;
  if (schema === false) throw new GenerationFailure("the schema is false: it allows no value");
  addTypes(schema, into);
  addValues(schema, into);
  addNumbers(schema, into);
  addSizes(schema, into);
  into.parts = [...into.parts, schema];
  for (const ref of refsOf(schema)) {
    const target = collector.resolver.resolve(ref);
    if (followed.includes(target)) {
      throw new GenerationFailure("the schema refers to itself without end", { final: true });
    }
    // What was said already need not be said again.
    if (into.refTargets.includes(target)) continue;
    into.refTargets = [...into.refTargets, target];
    add(target, into, choices, collector, [...followed, target]);
  }
  for (const part of schemaList(schema, "allOf")) add(part, into, choices, collector, followed);
  for (const keyword of ["anyOf", "oneOf"]) {
    const alternatives = schemaList(schema, keyword);
    if (alternatives.length > 0) choices.push(alternatives);
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
    into.needsCheck = true;
  }
}

function addTypes(schema: SchemaObject, into: Constraints): void {
  const names = typeNames(schema);
  if (names) {
    narrowTypes(into, (type) => names.includes(type) || (type === "number" && names.includes("integer")));
    into.integer ||= names.includes("integer") && !names.includes("number");
  }
  // Attempts would find this too, but rarely the first.
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
  if (examples.length === 0 && isInformative(schema.default)) examples.push(schema.default);
  into.examples = [...into.examples, ...examples];
}

/** Whether a default is worth showing: null, false, 0, "" or [] usually mean "nothing given". */
function isInformative(value: unknown): boolean {
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
  for (const keyword of ["minLength", "minItems", "minProperties"] as const) {
    into[keyword] = Math.max(into[keyword], numberAt(schema, keyword) ?? 0);
  }
  for (const keyword of ["maxLength", "maxItems", "maxProperties"] as const) {
    into[keyword] = Math.min(into[keyword], numberAt(schema, keyword) ?? Number.POSITIVE_INFINITY);
  }
  into.uniqueItems ||= schema.uniqueItems === true;
  into.required = [...new Set([...into.required, ...textsAt(schema, "required")])];
  const pattern = textAt(schema, "pattern");
  if (pattern !== undefined) {
    compilePattern(pattern);
    into.patterns = [...into.patterns, pattern];
  }
  into.format = textAt(schema, "format") ?? into.format;
}
