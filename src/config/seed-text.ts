import { errorMessage } from "../domain/error-message.js";
import { parseJson } from "../domain/parse-json.js";
import { YamlPlaces } from "./yaml-places.js";

interface TextError {
  /** 1-based. */
  readonly line: number | null;
  readonly message: string;
}

/** A parsed seed file that can map paths to lines. */
export interface SeedText {
  readonly value: unknown;
  /** Syntax errors. If there are any, `value` is meaningless. */
  readonly errors: readonly TextError[];
  /** The 1-based line of a path, or of its nearest existing parent. */
  lineOf(path: readonly PropertyKey[]): number | null;
}

/** Whether a file name ends in `.yaml`, `.yml` or `.json`. */
export function isSeedFile(name: string): boolean {
  return /\.(ya?ml|json)$/i.test(name);
}

/** A string of a JSON text, and the colon that follows a key. */
const JSON_STRING = /"(?:[^"\\]|\\.)*"\s*(:?)/g;

/** The value of a JSON text; undefined when it is not JSON, or has a key twice, of which only the last would count. */
export function parseStrictJson(text: string): unknown {
  const value = parseJson(text);
  if (value === undefined) return undefined;
  let keys = 0;
  for (const [, colon] of text.matchAll(JSON_STRING)) if (colon) keys++;
  return keys === keysIn(value) ? value : undefined;
}

/** How many keys all objects of a value have. */
function keysIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const children: unknown[] = Object.values(value);
  const own = Array.isArray(value) ? 0 : children.length;
  return children.reduce<number>((sum, child) => sum + keysIn(child), own);
}

/**
 * Parses YAML, which includes JSON; merge keys (`<<`) are part of it. Imports the parser on first use, because it loads
 * slowly.
 */
export async function parseSeedText(text: string): Promise<SeedText> {
  const yaml = await import("yaml");
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const errors: TextError[] = document.errors.map(({ code, message, pos: [at] }) => ({
    line: lines.linePos(at).line,
    message: inOurWords(code, text.slice(at)) ?? message,
  }));
  let value: unknown = null;
  try {
    if (errors.length === 0) value = document.toJS();
    if (holdsItself(value)) errors.push({ line: null, message: "an alias stands inside its own anchor" });
  } catch (cause) {
    // An alias without its anchor is only found here, without a line.
    errors.push({ line: null, message: errorMessage(cause) });
  }
  const places = new YamlPlaces(yaml, document);
  const lineOf = (path: readonly PropertyKey[]): number | null => {
    const offset = places.offsetOf(path);
    return offset === null ? null : lines.linePos(offset).line;
  };
  return { value, errors, lineOf };
}

/** What to do about an error whose message speaks of YAML's own terms; null for others. */
function inOurWords(code: string, text: string): string | null {
  switch (code) {
    case "DUPLICATE_KEY": {
      const [key = ""] = /^(?:"(?:[^"\\\n]|\\.)*"|[^\s:]+)/.exec(text) ?? [];
      return `the key ${key} stands here a second time: expected each key once`;
    }
    case "MULTIPLE_DOCS":
      return "a second document begins here: expected one. Put each into a file of its own; several seed files add up";
    default:
      return null;
  }
}

function holdsItself(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return false;
  } catch {
    return true;
  }
}
