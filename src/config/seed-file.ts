import { readFile } from "node:fs/promises";
import type { Seed } from "../schemas/seed.js";
import { checkSeed } from "./check-seed.js";
import { InvalidSeed, type SeedProblem } from "./problems.js";
import { parseSeedText } from "./seed-text.js";

/** By its ending. */
export function isSeedFile(name: string): boolean {
  return /\.(ya?ml|json)$/i.test(name);
}

/**
 * Reads one seed file, YAML or JSON by its ending.
 * @throws InvalidSeed with every problem, its line and path
 */
export async function readSeedFile(file: string): Promise<Seed> {
  const text = await readText(file);
  if (!isSeedFile(file)) {
    throw problem(file, "expected a file that ends in .yaml, .yml or .json");
  }
  if (file.toLowerCase().endsWith(".json")) {
    // YAML contains JSON, but its parser is slow to load: only a file with problems needs its line numbers.
    const checked = tryJson(text);
    if (checked) return checked;
  }
  return readYaml(file, text);
}

/** @throws InvalidSeed */
export function checkSeedValue(value: unknown): Seed {
  const checked = checkSeed(value);
  if ("seed" in checked) return checked.seed;
  throw new InvalidSeed(
    checked.problems.map(({ path, message }) => ({
      file: null,
      line: null,
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
    throw problem(file, code === "ENOENT" ? "no such file" : `cannot be read: ${String(cause)}`);
  }
}

function tryJson(text: string): Seed | null {
  try {
    const checked = checkSeed(JSON.parse(text));
    return "seed" in checked ? checked.seed : null;
  } catch {
    return null;
  }
}

async function readYaml(file: string, text: string): Promise<Seed> {
  const { value, errors, lineOf } = await parseSeedText(text);
  if (errors.length > 0) {
    throw new InvalidSeed(errors.map(({ line, message }) => ({ file, line, path: "", message })));
  }
  const checked = checkSeed(value);
  if ("seed" in checked) return checked.seed;
  throw new InvalidSeed(
    checked.problems.map(({ path, message }) => ({
      file,
      line: lineOf(path),
      path: path.map(String).join("."),
      message,
    })),
  );
}

function problem(file: string, message: string): InvalidSeed {
  const one: SeedProblem = { file, line: null, path: "", message };
  return new InvalidSeed([one]);
}
