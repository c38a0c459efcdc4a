import type { Command } from "commander";
import { DEFAULT_STATE, variable } from "../start/options.js";
import { UserError } from "../user-error.js";
import type { CheckFlags, ExportFlags } from "./run.js";

interface StateFlags {
  readonly state?: string;
}

/** `gateway-emulator state export|import|check`: backups of a state file. */
export function defineState(program: Command): void {
  const state = program
    .command("state")
    .summary("export, import or check a state file")
    .description(
      "Makes backups of a state file, also while an emulator uses it, and checks and restores them.",
    )
    .addHelpText("after", HELP)
    .helpCommand("help [command]", "print the help of a command");
  withState(state.command("export"))
    .summary("write a backup")
    .description(
      "Writes the state into one file, as it is after the last answer. An emulator may run on it. The file has keys " +
        "and signing secrets in it, so that only you can read it.",
    )
    .argument("<file>", "file to write")
    .option("--force", "replace the file if it exists")
    .addHelpText("after", EXPORT_HELP)
    .action((file: string, flags: StateFlags & ExportFlags) =>
      run((runs) => runs.runExport(file, stateOf(flags), flags)),
    );
  withState(state.command("import"))
    .summary("replace the state by a backup")
    .description(
      "Checks a backup and makes it the state. What the state was before is gone. Refuses while an emulator runs on it.",
    )
    .argument("<file>", "a file that `state export`, or a snapshot with a file, wrote")
    .addHelpText("after", IMPORT_HELP)
    .action((file: string, flags: StateFlags) => run((runs) => runs.runImport(file, stateOf(flags))));
  withState(state.command("check"))
    .summary("look for damage")
    .description(
      "Checks every page and index, that no row refers to a missing one, and the version of the schema. An emulator " +
        "may run on it. Changes nothing.",
    )
    .option("--json", "print the result as JSON: file, ok, version, newestVersion, problems")
    .addHelpText("after", CHECK_HELP)
    .action((flags: StateFlags & CheckFlags) => run((runs) => runs.runCheck(stateOf(flags), flags)));
}

function withState(command: Command): Command {
  return command.option(
    "--state <file>",
    `state file (default: GATEWAY_EMULATOR_STATE, else ${DEFAULT_STATE})`,
  );
}

const HELP = `
Examples:
  $ gateway-emulator state export backup.db
  $ gateway-emulator state check
  $ gateway-emulator state import backup.db`;

const EXPORT_HELP = `
Examples:
  $ gateway-emulator state export backup.db
  $ gateway-emulator state export backup.db --force --state /data/state.db

Exit code: 0 when the backup is there, otherwise 1.`;

const IMPORT_HELP = `
Example:
  $ gateway-emulator state import backup.db --state /data/state.db

Exit code: 0 when the state is replaced; otherwise 1, and it is as before.`;

const CHECK_HELP = `
Examples:
  $ gateway-emulator state check
  $ gateway-emulator state check --state backup.db --json

Exit code: 0 when nothing is wrong, otherwise 1.`;

/** @throws UserError for a state in memory */
function stateOf({ state = process.env[variable("state")] || DEFAULT_STATE }: StateFlags): string {
  if (state !== ":memory:" && state !== "") return state;
  throw new UserError(
    "--state: expected a file; a snapshot with a file saves a state in memory (docs/worlds.md)",
  );
}

async function run(work: (runs: typeof import("./run.js")) => void): Promise<void> {
  work(await import("./run.js"));
}
