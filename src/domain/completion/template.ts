import type { MatchSubject } from "./subject.js";

const NAMES: Readonly<Record<string, (subject: MatchSubject) => string>> = {
  last_message: (subject) => subject.lastMessage,
  model: (subject) => subject.model,
  key: (subject) => subject.key[0] ?? "",
  group: (subject) => subject.group[0] ?? "",
  turn: (subject) => String(subject.turn),
};

/** Replaces `{{name}}` by what the request says; a name that is not known stays as it stands. */
export function fillTemplate(text: string, subject: MatchSubject): string {
  if (!text.includes("{{")) return text;
  return text.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) =>
    Object.hasOwn(NAMES, name) ? (NAMES[name]?.(subject) ?? whole) : whole,
  );
}
