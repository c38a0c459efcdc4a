import { readFile } from "node:fs/promises";
import { problemLine } from "./problems.js";
import { parseSeedText } from "./seed-text.js";

/**
 * What valid seed files say that may surprise: patterns that are matched within a budget of time (Y-66).
 * @param files valid seed files
 * @param needsBudget whether a pattern is one of these
 * @returns lines with file and line
 */
export async function patternWarnings(
  files: readonly string[],
  needsBudget: (pattern: string) => boolean,
): Promise<string[]> {
  const warnings: string[] = [];
  for (const file of files) {
    const text = await parseSeedText(await readFile(file, "utf8"));
    for (const { path, pattern } of patternsIn(text.value)) {
      if (!needsBudget(pattern)) continue;
      const message = `/${pattern}/ has a part that cannot be matched in linear time; a request whose text takes longer than 50 ms does not match`;
      warnings.push(problemLine({ file, line: text.lineOf(path), path: path.join("."), message }));
    }
  }
  return warnings;
}

interface FoundPattern {
  readonly path: readonly (string | number)[];
  readonly pattern: string;
}

/** Every `regex` below a `match`, in rules and faults of all kinds. */
function patternsIn(value: unknown, path: readonly (string | number)[] = []): FoundPattern[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    if (key === "regex" && typeof child === "string" && path.includes("match")) {
      return [{ path: at, pattern: child }];
    }
    return patternsIn(child, at);
  });
}
