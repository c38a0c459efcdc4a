import type { Command } from "commander";
import { collect } from "../collect.js";
import { addGuardOptions } from "../start/guard-options.js";
import { type ExecFlags, execOptions } from "./options.js";

/** `gateway-emulator exec -- <command...>`: runs a command with a fresh emulator. */
export function defineExec(program: Command): void {
  const command = program
    .command("exec")
    .summary("run a command with a fresh emulator")
    .description(
      "Starts an emulator on a free port with its state in memory, runs a command whose environment points to it, " +
        "stops the emulator, and exits with the command's exit code. If the command fails, prints the requests that " +
        "the emulator received.",
    )
    .usage("[options] -- <command...>")
    .argument("<command...>", "the command and its arguments")
    .option(
      "--seed <file>",
      "seed file (.yaml, .yml or .json), or a folder of them; repeatable, seeds are merged",
      collect,
    )
    .option("--accept-bearer", "also accept federated keys as Authorization: Bearer")
    .option("--no-management-rate-limit", "do not limit management requests to 100 per second")
    .option(
      "--min-error-coverage <percent>",
      "print which of the gateway's errors the command provoked and how to provoke the others; exit with 1 if " +
        "the command succeeds but provoked less than this percentage",
    )
    .option("--verbose", "print every request as it arrives")
    .passThroughOptions();
  addGuardOptions(command).addHelpText("after", HELP).action(exec);
}

const HELP = `
The command's environment has GATEWAY_EMULATOR_URL, BASETEN_API_KEY, BASETEN_BASE_URL and OPENAI_BASE_URL, and
OPENAI_API_KEY if the seed has a federated key; with --control-token also GATEWAY_EMULATOR_CONTROL_TOKEN.

Exit code: the command's exit code; 128 plus the signal number if a signal ended it; 127 if the command does not
exist; 126 if it cannot be run; 1 if --min-error-coverage is not reached.

Examples:
  $ gateway-emulator exec --seed fixtures/quickstart.yaml -- npm test
  $ gateway-emulator exec --seed gateway.yaml --accept-bearer -- pytest -q
  $ gateway-emulator exec --seed gateway.yaml --min-error-coverage 80% -- npm test

Environment:
  GATEWAY_EMULATOR_<NAME>  sets any option above, such as GATEWAY_EMULATOR_MIN_ERROR_COVERAGE=80
  BASETEN_API_KEY          workspace key of the emulator (default: a fixed development key)`;

async function exec(command: readonly string[], flags: ExecFlags): Promise<void> {
  const options = execOptions(flags, process.env);
  const { runExec } = await import("./run.js");
  process.exitCode = await runExec(command, options);
}
