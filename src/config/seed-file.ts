import { readFile } from "node:fs/promises";
import { parseJson } from "../domain/parse-json.js";
import { problemsOf } from "../schemas/problems.js";
import { type Seed, seedSchema } from "../schemas/seed.js";
import { InvalidSeed, seedFileError } from "./problems.js";
import { isSeedFile, parseSeedText, type SeedText } from "./seed-text.js";

/** Most seeds are checked once. Without this zod compiles a function for each object of the schema, which takes longer. */
const ONCE = { jitless: true };

/**
 * Reads one seed file, as YAML or JSON according to its ending.
 * @throws InvalidSeed with all problems and their lines
 */
export async function readSeedFile(file: string): Promise<Seed> {
  const text = await readText(file);
  if (!isSeedFile(file)) throw seedFileError(file, "expected a file that ends in .yaml, .yml or .json");
  if (file.toLowerCase().endsWith(".json")) {
    // JSON is also YAML, but the YAML parser loads slowly: only a file with problems needs its line numbers.
    const { data } = seedSchema.safeParse(parseJson(text), ONCE);
    if (data) return data;
  }
  const { value, errors, lineOf } = await parseSeedText(text);
  if (errors.length > 0) {
    throw new InvalidSeed(errors.map(({ line, message }) => ({ file, line, path: "", message })));
  }
  return checkSeed(value, file, lineOf);
}

/** Checks a seed that is not from a file. @throws InvalidSeed with all problems */
export function checkSeedValue(value: unknown): Seed {
  return checkSeed(value, null, () => null);
}

function checkSeed(value: unknown, file: string | null, lineOf: SeedText["lineOf"]): Seed {
  const parsed = seedSchema.safeParse(value, ONCE);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => problemsOf(seedSchema, issue));
  throw new InvalidSeed(
    problems.map(({ path, message }) => ({
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
