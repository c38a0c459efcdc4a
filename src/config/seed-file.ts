import { readFile } from "node:fs/promises";
import { parseJson } from "../domain/parse-json.js";
import type { Seed } from "../schemas/seed.js";
import { validSeed } from "../schemas/seed-parts.js";
import { InvalidSeed, seedFileError } from "./problems.js";
import { isSeedFile, parseSeedText, type SeedText } from "./seed-text.js";

/**
 * Reads one seed file, as YAML or JSON according to its ending.
 * @throws InvalidSeed with all problems and their lines
 */
export async function readSeedFile(file: string): Promise<Seed> {
  const text = await readText(file);
  if (!isSeedFile(file)) throw seedFileError(file, "expected a file that ends in .yaml, .yml or .json");
  if (file.toLowerCase().endsWith(".json")) {
    // JSON is also YAML, but the YAML parser loads slowly: only a file with problems needs its line numbers.
    const seed = await validSeed(parseJson(text));
    if (seed) return seed;
  }
  const { value, errors, lineOf } = await parseSeedText(text);
  if (errors.length > 0) {
    throw new InvalidSeed(errors.map(({ line, message }) => ({ file, line, path: "", message })));
  }
  return checkSeed(value, file, lineOf);
}

/** Checks a seed that is not from a file. @throws InvalidSeed with all problems */
export function checkSeedValue(value: unknown): Promise<Seed> {
  return checkSeed(value, null, () => null);
}

async function checkSeed(value: unknown, file: string | null, lineOf: SeedText["lineOf"]): Promise<Seed> {
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

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : null;
    throw seedFileError(file, code === "ENOENT" ? "no such file" : `cannot be read: ${String(cause)}`);
  }
}
