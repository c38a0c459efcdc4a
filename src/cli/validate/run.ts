import { seedFiles } from "../../config/load-seeds.js";
import { patternWarnings } from "../../config/pattern-warnings.js";
import { problemLine } from "../../config/problems.js";
import { needsBudget } from "../../emulator/start.js";
import { count } from "../count.js";
import { seedProblems } from "../seed-problems.js";
import { UserError } from "../user-error.js";

/** Checks seed files and prints the result, with warnings on stderr. @throws UserError with every problem */
export async function runValidate(paths: readonly string[]): Promise<void> {
  const problems = await seedProblems(paths);
  const files = await filesIn(paths);
  if (problems.length > 0) {
    const total = `${count(problems.length, "problem")} in ${count(files.length, "file")}`;
    const conflict = (await validAlone(files))
      ? "; each file is valid alone, but together they conflict"
      : "";
    throw new UserError(total + conflict, problems.map(problemLine));
  }
  for (const warning of await patternWarnings(files, needsBudget)) console.error(`warning: ${warning}`);
  console.log(`${count(files.length, "file")} valid`);
}

/** The seed files in these paths. A folder without seed files counts as one file: it is one of the problems. */
async function filesIn(paths: readonly string[]): Promise<string[]> {
  return (await Promise.all(paths.map((path) => seedFiles([path]).catch(() => [path])))).flat();
}

/** Whether several files conflict only with each other, as alternative seeds do. */
async function validAlone(files: readonly string[]): Promise<boolean> {
  if (files.length < 2) return false;
  for (const file of files) if ((await seedProblems([file])).length > 0) return false;
  return true;
}
