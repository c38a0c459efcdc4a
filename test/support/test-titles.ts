/** Looks for tests by their titles, so that tables which name tests stay true. */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Shown } from "./coverage.js";

const TESTS = new URL("../", import.meta.url);

/** Whether the file has a running test of this title; `test.skip` and `test.todo` are none. */
export function hasTest(text: string, title: string): boolean {
  const quoted = [JSON.stringify(title), `'${title.replaceAll("'", "\\'")}'`].map((literal) =>
    literal.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"),
  );
  return new RegExp(`\\b(?:test|it)\\(\\s*(?:${quoted.join("|")})\\s*,`).test(text);
}

/** The rows whose test is not there. */
export function unfounded(table: Readonly<Record<string, Shown>>): string[] {
  const texts = new Map<string, string>();
  return Object.entries(table)
    .filter(([, { file, test }]) => {
      const text = texts.get(file) ?? textOf(file);
      texts.set(file, text);
      return !hasTest(text, test);
    })
    .map(([what, { file, test }]) => `${what}: no test "${test}" in test/${file}`);
}

function textOf(file: string): string {
  const path = fileURLToPath(new URL(file, TESTS));
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
