/** A problem in a seed: where it is and what to do. */
export interface SeedProblem {
  /** null if the seed is not from a file. */
  readonly file: string | null;
  /** 1-based; null if unknown. */
  readonly line: number | null;
  /** For example `workspaces.0.groups.1.models`. */
  readonly path: string;
  readonly message: string;
}

/** `file:line: path: message`, a form that editors and terminals turn into a link. */
export function problemLine({ file, line, path, message }: SeedProblem): string {
  const location = file === null ? "seed" : line === null ? file : `${file}:${line}`;
  return path === "" ? `${location}: ${message}` : `${location}: ${path}: ${message}`;
}

/** A seed that cannot be used, with all its problems. */
export class InvalidSeed extends Error {
  readonly problems: readonly SeedProblem[];

  constructor(problems: readonly SeedProblem[]) {
    super(problems.map(problemLine).join("\n"));
    this.name = "InvalidSeed";
    this.problems = problems;
  }
}

/** The error for a problem with a seed file as a whole. */
export function seedFileError(file: string, message: string): InvalidSeed {
  return new InvalidSeed([{ file, line: null, path: "", message }]);
}
