import type { Command } from "commander";
import { seedFiles } from "../config/load-seeds.js";
import { problemLine } from "../config/problems.js";
import { count } from "./count.js";
import { seedProblems } from "./seed-problems.js";
import { UserError } from "./user-error.js";

/** `gateway-emulator validate <file...>`: checks seed files without starting a server. */
export function defineValidate(program: Command): void {
  program
    .command("validate")
    .summary("check seed files without starting")
    .description(
      "Checks seed files as a start would use them, together: their form, and whether the limits, keys and " +
        "groups in them go together. Prints every problem with its file and line.",
    )
    .argument("<file...>", "seed files, .yaml, .yml or .json, or folders of them")
    .addHelpText("after", HELP)
    .action(validate);
}

const HELP = `
Example:
  $ gateway-emulator validate base.yaml customers.yaml

Exit code: 0 when all files are valid, 1 when there is any problem.`;

async function validate(paths: readonly string[]): Promise<void> {
  const problems = await seedProblems(paths);
  const files = await filesIn(paths);
  if (problems.length > 0) {
    const total = `${count(problems.length, "problem")} in ${count(files.length, "file")}`;
    const alone = (await validAlone(files)) ? "; each file is valid by itself, only not with the others" : "";
    throw new UserError(total + alone, problems.map(problemLine));
  }
  console.log(`${count(files.length, "file")} valid`);
}

/** A folder stands for its files; one that has none is among the problems, and counts as one. */
async function filesIn(paths: readonly string[]): Promise<string[]> {
  return (await Promise.all(paths.map((path) => seedFiles([path]).catch(() => [path])))).flat();
}

/** Files that are alternatives to each other clash when they are checked as one seed. */
async function validAlone(files: readonly string[]): Promise<boolean> {
  if (files.length < 2) return false;
  for (const file of files) if ((await seedProblems([file])).length > 0) return false;
  return true;
}
