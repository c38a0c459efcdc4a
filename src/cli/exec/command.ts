import type { Command } from "commander";
import { type ExecFlags, execOptions } from "./options.js";

/** `gateway-emulator exec -- <command...>`: an emulator for as long as a command runs. */
export function defineExec(program: Command): void {
  program
    .command("exec")
    .summary("run a command beside a fresh emulator")
    .description(
      "Starts an emulator on a free port with its state in memory, runs a command with the environment that " +
        "leads there, stops, and exits with the command's code. What was asked of the emulator is printed when " +
        "the command fails.",
    )
    .usage("[options] -- <command...>")
    .argument("<command...>", "the command and its arguments")
    .option(
      "--seed <file>",
      "seed file, .yaml, .yml or .json, or a folder of them; repeat it for several, which add up",
      append,
    )
    .option("--accept-bearer", "also take federated keys as Authorization: Bearer")
    .option("--no-management-rate-limit", "do not limit management requests to 100 a second")
    .option(
      "--min-error-coverage <percent>",
      "tell which of the gateway's errors the command provoked and how to provoke the others, and exit with 1 " +
        "when it succeeds with fewer than so many percent of them",
    )
    .option("--verbose", "print every request as it comes")
    .passThroughOptions()
    .addHelpText("after", HELP)
    .action(exec);
}

const HELP = `
The command finds GATEWAY_EMULATOR_URL, BASETEN_API_KEY, BASETEN_BASE_URL and OPENAI_BASE_URL in its environment,
and OPENAI_API_KEY when the seed has a federated key.

Exit code: the command's own; 128 and the signal's number when a signal ended it; 127 when there is no such command,
126 when it cannot be run. 1 when --min-error-coverage is not reached.

Examples:
  $ gateway-emulator exec --seed fixtures/quickstart.yaml -- npm test
  $ gateway-emulator exec --seed gateway.yaml --accept-bearer -- pytest -q
  $ gateway-emulator exec --seed gateway.yaml --min-error-coverage 80% -- npm test

Environment:
  GATEWAY_EMULATOR_<NAME>  any option above, such as GATEWAY_EMULATOR_MIN_ERROR_COVERAGE=80
  BASETEN_API_KEY          becomes the workspace key; without it there is a fixed development key`;

function append(file: string, files: readonly string[] = []): string[] {
  return [...files, file];
}

async function exec(words: readonly string[], flags: ExecFlags): Promise<void> {
  const options = execOptions(flags, process.env);
  const { runExec } = await import("./run.js");
  process.exitCode = await runExec(words, options);
}
