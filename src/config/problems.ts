/** One thing wrong with a seed, for people: where it is and what to do. */
export interface SeedProblem {
  /** null when the seed was not read from a file. */
  readonly file: string | null;
  /** 1-based; null when there is no text to point into. */
  readonly line: number | null;
  /** Such as `workspaces.0.groups.1.models`. */
  readonly path: string;
  readonly message: string;
}

/** `file:line path: message`, as editors and terminals link it. */
export function problemLine({ file, line, path, message }: SeedProblem): string {
  const place = file === null ? "seed" : line === null ? file : `${file}:${line}`;
  return path === "" ? `${place}: ${message}` : `${place}: ${path}: ${message}`;
}

/** A seed that cannot be used; every problem is listed. */
export class InvalidSeed extends Error {
  readonly problems: readonly SeedProblem[];

  constructor(problems: readonly SeedProblem[]) {
    super(problems.map(problemLine).join("\n"));
    this.name = "InvalidSeed";
    this.problems = problems;
  }
}
