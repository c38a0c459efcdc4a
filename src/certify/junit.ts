import type { CaseResult } from "./case-result.js";

/** Results as JUnit XML, for CI systems. @param suite name of the test suite */
export function junitXml(suite: string, results: readonly CaseResult[]): string {
  const failures = results.filter(({ passed }) => !passed).length;
  const seconds = (ms: number): string => (ms / 1000).toFixed(3);
  const total = results.reduce((sum, { ms }) => sum + ms, 0);
  const cases = results.map(({ name, passed, did, should, ms }) => {
    const head = `    <testcase name="${escaped(name)}" classname="${escaped(suite)}" time="${seconds(ms)}"`;
    if (passed) return `${head}/>`;
    const failure = `<failure message="${escaped(`receiver: ${did}`)}">should: ${escaped(should)}</failure>`;
    return `${head}>\n      ${failure}\n    </testcase>`;
  });
  const counts = `tests="${results.length}" failures="${failures}" time="${seconds(total)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escaped(suite)}" ${counts}>`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Escapes text for XML, and replaces control characters, which XML cannot contain. */
function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it replaces
  return text.replace(/[\u0000-\u001f]/g, " ").replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
