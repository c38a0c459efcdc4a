import type * as z from "zod";
import { INTEGER_EXPECTED } from "../../schemas/chat.js";

/**
 * What the model server says about a refused value (I-4.2): zod's findings in the words of
 * pydantic v2, and values the way Python prints them.
 */

/** Longest rendering of one value or one field path, characters; our own choice. */
const MAX_TEXT = 200;
/** Deepest nesting that is rendered; our own choice, and what keeps the recursion bounded. */
const MAX_DEPTH = 8;
/** Most errors in one message; our own choice. */
export const MAX_REPORTED_ERRORS = 20;

/** One refused value: where it is, what it is (for a missing field: the object that lacks it), and why. */
export interface FieldError {
  readonly path: readonly PropertyKey[];
  readonly value: unknown;
  readonly text: string;
}

/** `Invalid request: ['<path> (<value>): <text>', ...]`, the form that was observed (I-4.2). */
export function invalidRequest(errors: readonly FieldError[]): string {
  const lines = errors.slice(0, MAX_REPORTED_ERRORS).map(({ path, value, text }) => {
    return `${cut(path.map(String).join("."))} (${pythonStr(value)}): ${text}`;
  });
  return `Invalid request: [${lines.map(quote).join(", ")}]`;
}

/** A field that the schema does not know (I-1.1, X-10). */
export function extraField(body: unknown, path: readonly PropertyKey[]): FieldError {
  return { path, value: valueAt(body, path), text: "Extra inputs are not permitted" };
}

/**
 * Translates zod's findings about `body`, in order.
 *
 * Of a union, the alternatives whose type fits are reported; if none fits, all are, as pydantic does. The
 * name of the alternative, which pydantic puts into the path, is left out: it is the name of a server-side
 * class, and nobody has seen those.
 */
export function fieldErrors(issues: readonly z.core.$ZodIssue[], body: unknown): FieldError[] {
  const errors: FieldError[] = [];
  for (const issue of issues) {
    if (errors.length >= MAX_REPORTED_ERRORS) break;
    addErrors(errors, issue, issue.path, body);
  }
  return errors;
}

function addErrors(
  errors: FieldError[],
  issue: z.core.$ZodIssue,
  path: readonly PropertyKey[],
  body: unknown,
): void {
  if (issue.code === "invalid_union" && issue.discriminator !== undefined) {
    const owner = path.slice(0, -1);
    errors.push({ path: owner, value: valueAt(body, owner), text: tagText(issue, valueAt(body, path)) });
    return;
  }
  const value = valueAt(body, path);
  if (value === undefined) {
    errors.push({ path, value: valueAt(body, path.slice(0, -1)), text: "Field required" });
    return;
  }
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys.slice(0, MAX_REPORTED_ERRORS)) {
      errors.push(extraField(body, [...path, key]));
    }
    return;
  }
  if (issue.code === "invalid_union") {
    const fitting = issue.errors.filter((alternative) => !alternative.some(isMismatch));
    for (const found of (fitting.length > 0 ? fitting : issue.errors).flat()) {
      addErrors(errors, found, [...path, ...found.path], body);
    }
    return;
  }
  errors.push({ path, value, text: reason(issue, value) });
}

/** The value as a whole is not of this alternative's kind. */
function isMismatch(issue: z.core.$ZodIssue): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
}

/** Wording of pydantic v2 for one finding about a value that is present. */
function reason(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      return typeText(issue, value);
    case "invalid_value":
      return `Input should be ${alternatives(issue.values.map(pythonRepr))}`;
    case "too_small":
      return boundText(issue.origin, "least", Number(issue.minimum), issue.inclusive === true, value);
    case "too_big":
      return boundText(issue.origin, "most", Number(issue.maximum), issue.inclusive === true, value);
    default:
      return issue.message;
  }
}

function typeText(issue: z.core.$ZodIssueInvalidType, value: unknown): string {
  switch (issue.expected) {
    case "number":
      if (typeof value === "number") return "Input should be a finite number";
      // The schema's integers bring their own wording; zod's word for the type is the same.
      return issue.message === INTEGER_EXPECTED ? INTEGER_EXPECTED : "Input should be a valid number";
    case "array":
      return "Input should be a valid list";
    case "object":
    case "record":
      return "Input should be a valid dictionary";
    default:
      return `Input should be a valid ${issue.expected}`;
  }
}

function boundText(
  origin: string,
  side: "least" | "most",
  bound: number,
  inclusive: boolean,
  value: unknown,
): string {
  const plural = bound === 1 ? "" : "s";
  if (origin === "string") return `String should have at ${side} ${bound} character${plural}`;
  if (origin === "array") {
    const length = Array.isArray(value) ? value.length : 0;
    return `List should have at ${side} ${bound} item${plural} after validation, not ${length}`;
  }
  return `Input should be ${side === "least" ? "greater" : "less"} than ${inclusive ? "or equal to " : ""}${bound}`;
}

function tagText(issue: z.core.$ZodIssueInvalidUnion, tag: unknown): string {
  const by = pythonRepr(issue.discriminator);
  if (tag === undefined) return `Unable to extract tag using discriminator ${by}`;
  const tags = "options" in issue ? (issue.options ?? []) : [];
  const expected = tags.map(pythonRepr).join(", ");
  return `Input tag ${quote(pythonStr(tag))} found using ${by} does not match any of the expected tags: ${expected}`;
}

/** `'a', 'b' or 'c'`. */
function alternatives(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} or ${last}`;
}

/** The value that `path` leads to in parsed JSON; undefined if there is none. */
export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** Python's `str()` of a JSON value, shortened: text as it is, anything else as `repr()`. */
export function pythonStr(value: unknown): string {
  return cut(typeof value === "string" ? value : pythonRepr(value));
}

/** Python's `repr()` of a JSON value: `None`, `True`, `'text'`, `[1, 2]`, `{'a': 1}`; shortened. */
export function pythonRepr(value: unknown): string {
  return cut(repr(value, MAX_DEPTH));
}

function repr(value: unknown, depth: number): string {
  if (typeof value === "string") return quote(cut(value));
  if (typeof value === "number") return numberRepr(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object" || value === null) return "None";
  if (depth === 0) return "...";
  return Array.isArray(value)
    ? `[${joinUpTo(value, (item) => repr(item, depth - 1))}]`
    : `{${joinUpTo(Object.entries(value), ([key, item]) => `${repr(key, 0)}: ${repr(item, depth - 1)}`)}}`;
}

/** Renders no more items than the cut will leave, so that a huge value costs little. */
function joinUpTo<T>(items: readonly T[], render: (item: T) => string): string {
  let joined = "";
  for (const item of items) {
    if (joined.length > MAX_TEXT) break;
    joined += `${joined === "" ? "" : ", "}${render(item)}`;
  }
  return joined;
}

/** Python writes exponents below 1e-4, with at least two digits. */
function numberRepr(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const digits = value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential() : String(value);
  return digits.replace(/e([+-])(\d)$/, "e$10$2");
}

function cut(rendered: string): string {
  return rendered.length > MAX_TEXT ? `${rendered.slice(0, MAX_TEXT)}...` : rendered;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\\", "\\\\"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/** `repr()` of a string: double quotes only if that spares escaping single ones; unprintables escaped. */
function quote(content: string): string {
  const mark = content.includes("'") && !content.includes('"') ? '"' : "'";
  const escaped = content.replace(/[\\'\p{C}\p{Z}]/gu, (char) => {
    if (char === " ") return char;
    if (char === "'") return mark === "'" ? "\\'" : char;
    return ESCAPES.get(char) ?? codePointEscape(char);
  });
  return `${mark}${escaped}${mark}`;
}

function codePointEscape(char: string): string {
  const hex = (char.codePointAt(0) ?? 0).toString(16);
  if (hex.length <= 2) return `\\x${hex.padStart(2, "0")}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
