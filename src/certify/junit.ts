import type { CaseResult } from "./case-result.js";

/** JUnit XML, as CI systems read it. @param suite names what was tested */
export function junitXml(suite: string, verdicts: readonly CaseResult[]): string {
  const failures = verdicts.filter(({ passed }) => !passed).length;
  const seconds = (ms: number): string => (ms / 1000).toFixed(3);
  const total = verdicts.reduce((sum, { ms }) => sum + ms, 0);
  const cases = verdicts.map(({ name, passed, did, should, ms }) => {
    const head = `    <testcase name="${escaped(name)}" classname="${escaped(suite)}" time="${seconds(ms)}"`;
    if (passed) return `${head}/>`;
    const failure = `<failure message="${escaped(`receiver: ${did}`)}">should: ${escaped(should)}</failure>`;
    return `${head}>\n      ${failure}\n    </testcase>`;
  });
  const counts = `tests="${verdicts.length}" failures="${failures}" time="${seconds(total)}"`;
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

/** Without the control characters that XML cannot hold. */
function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  return text.replace(/[\u0000-\u001f]/g, " ").replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
