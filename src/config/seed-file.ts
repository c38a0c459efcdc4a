import { asObject } from "../domain/parse-json.js";
import type { Seed } from "../schemas/seed.js";
import { validSeed } from "../schemas/seed-parts.js";
import { InvalidSeed, seedFileError } from "./problems.js";
import { readText } from "./read-text.js";
import { isSeedFile, parseSeedText, parseStrictJson, type SeedText } from "./seed-text.js";

/**
 * Reads one seed file, as YAML or JSON according to its ending.
 * @throws InvalidSeed with all problems and their lines
 */
export async function readSeedFile(file: string): Promise<Seed> {
  const text = await readText(file);
  if (!isSeedFile(file)) throw seedFileError(file, "expected a file that ends in .yaml, .yml or .json");
  if (file.toLowerCase().endsWith(".json")) {
    // JSON is also YAML, but the YAML parser loads slowly: only a file with problems needs its line numbers.
    const seed = await validSeed(withoutExtensions(parseStrictJson(text)));
    if (seed) return seed;
  }
  const { value, errors, lineOf } = await parseSeedText(text);
  if (errors.length > 0) {
    throw new InvalidSeed(errors.map(({ line, message }) => ({ file, line, path: "", message })));
  }
  if (value === null) {
    throw seedFileError(
      file,
      "this file is empty: expected a key such as workspaces; {} is a seed without contents",
    );
  }
  return checkSeed(value, file, lineOf);
}

/** Checks a seed that is not from a file. @throws InvalidSeed with all problems */
export function checkSeedValue(value: unknown): Promise<Seed> {
  return checkSeed(value, null, () => null);
}

async function checkSeed(whole: unknown, file: string | null, lineOf: SeedText["lineOf"]): Promise<Seed> {
  const value = withoutExtensions(whole);
  const seed = await validSeed(value);
  if (seed) return seed;
  const { seedProblems } = await import("../schemas/seed-problems.js");
  throw new InvalidSeed(
    seedProblems(value).map(({ path, message }) => ({
      file,
      line: lineOf(path),
      path: path.map(String).join("."),
      message,
    })),
  );
}

/** Without the top-level keys that begin with `x-`. They hold what the file itself refers to, such as YAML anchors. */
function withoutExtensions(value: unknown): unknown {
  const seed = asObject(value);
  if (!seed || !Object.keys(seed).some(isExtension)) return value;
  return Object.fromEntries(Object.entries(seed).filter(([key]) => !isExtension(key)));
}

function isExtension(key: string): boolean {
  return key.startsWith("x-");
}
