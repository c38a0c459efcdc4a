import type { Command } from "commander";

/** `gateway-emulator validate <file...>`: checks seed files without starting a server. */
export function defineValidate(program: Command): void {
  program
    .command("validate")
    .summary("check seed files without starting a server")
    .description(
      "Checks seed files the way a start reads them: as one seed. Finds schema errors, and limits, keys and groups " +
        "that contradict each other. Prints every problem with its file and line.",
    )
    .argument("<file...>", "seed files (.yaml, .yml or .json), or folders of them")
    .addHelpText("after", HELP)
    .action(validate);
}

const HELP = `
Example:
  $ gateway-emulator validate base.yaml customers.yaml

Exit code: 0 when all files are valid, otherwise 1.`;

async function validate(paths: readonly string[]): Promise<void> {
  const { runValidate } = await import("./run.js");
  await runValidate(paths);
}
