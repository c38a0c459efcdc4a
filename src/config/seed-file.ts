import { readFile } from "node:fs/promises";
import type { Seed } from "../schemas/seed.js";
import { checkSeed, type RawProblem } from "./check-seed.js";
import { InvalidSeed, type SeedProblem } from "./problems.js";

/**
 * Reads one seed file, YAML or JSON by its ending.
 * @throws InvalidSeed with every problem, its line and path
 */
export async function readSeedFile(file: string): Promise<Seed> {
  const text = await readText(file);
  if (!/\.(ya?ml|json)$/i.test(file)) {
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
  const { isNode, LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new InvalidSeed(
      document.errors.map((error) => ({
        file,
        line: lines.linePos(error.pos[0]).line,
        path: "",
        message: error.message,
      })),
    );
  }
  const checked = checkSeed(document.toJS() ?? {});
  if ("seed" in checked) return checked.seed;
  const lineOf = ({ path }: RawProblem): number | null => {
    // The nearest node that exists: a missing key is reported at its object.
    for (let length = path.length; length >= 0; length--) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return null;
  };
  throw new InvalidSeed(
    checked.problems.map((raw) => ({
      file,
      line: lineOf(raw),
      path: raw.path.map(String).join("."),
      message: raw.message,
    })),
  );
}

function problem(file: string, message: string): InvalidSeed {
  const one: SeedProblem = { file, line: null, path: "", message };
  return new InvalidSeed([one]);
}
