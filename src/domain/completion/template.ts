import type { MatchSubject } from "./subject.js";

const NAMES: Readonly<Record<string, (subject: MatchSubject) => string>> = {
  last_message: (subject) => subject.lastMessage,
  model: (subject) => subject.model,
  key: (subject) => subject.key[0] ?? "",
  group: (subject) => subject.group[0] ?? "",
  turn: (subject) => String(subject.turn),
};

/** Replaces `{{name}}` by a property of the request. Unknown names stay. */
export function fillTemplate(text: string, subject: MatchSubject): string {
  return fill(text, subject, (value) => value);
}

/** The same in the arguments of a tool call: in all strings of an object, or escaped in JSON text. */
export function fillArguments(
  args: string | Readonly<Record<string, unknown>>,
  subject: MatchSubject,
): string | Readonly<Record<string, unknown>> {
  return typeof args === "string" ? fill(args, subject, escaped) : fillFields(args, subject);
}

function fill(text: string, subject: MatchSubject, write: (value: string) => string): string {
  if (!text.includes("{{")) return text;
  return text.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) => {
    const value = Object.hasOwn(NAMES, name) ? NAMES[name]?.(subject) : undefined;
    return value === undefined ? whole : write(value);
  });
}

/** The value escaped for a JSON string, without quotes. */
function escaped(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

function fillFields(fields: object, subject: MatchSubject): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, fillValue(value, subject)]));
}

function fillValue(value: unknown, subject: MatchSubject): unknown {
  if (typeof value === "string") return fillTemplate(value, subject);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => fillValue(item, subject));
  return fillFields(value, subject);
}
