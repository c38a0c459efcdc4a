import type { Command } from "commander";
import { LOG_FORMATS } from "../log/log.js";
import { UserError } from "../user-error.js";
import { DEFAULT_HOST, DEFAULT_PORT, DEFAULT_STATE, type StartFlags, startOptions } from "./options.js";

/** `gateway-emulator [start]`: what happens when no command is named, so its options are the program's. */
export function defineStart(program: Command): void {
  program
    .usage("[start] [options]\n       gateway-emulator <command> [options]")
    .description(
      "Starts a local stand-in for Baseten's Frontier Gateway: its management API, OpenAI-compatible chat, " +
        "federated keys and limits, on one port and without the network. All state is kept in one file, so " +
        "that it goes on where it stopped; a seed file says what a new state begins with.",
    )
    .argument("[start]", "the command that is meant when none is named")
    // So that a misspelt command with arguments of its own is told what it is.
    .allowExcessArguments()
    .option("--port <n>", `port to listen on; 0 picks a free one (default: ${DEFAULT_PORT})`)
    .option("--host <address>", `address to listen on (default: ${DEFAULT_HOST})`)
    .option("--state <file>", `state file, or :memory: (default: ${DEFAULT_STATE})`)
    .option(
      "--seed <file>",
      "seed file, .yaml, .yml or .json, or a folder of them; repeat it for several, which add up",
      append,
    )
    .option("--reset", "start from the seed even if the state has data")
    .option("--watch", "when a seed file changes, start over from it")
    .option("--accept-bearer", "also take federated keys as Authorization: Bearer")
    .option(
      "--no-management-rate-limit",
      "do not limit management requests to 100 a second per key and route",
    )
    .option(
      "--exit-with-stdin",
      "stop when standard input ends, as it does when whoever started this is gone",
    )
    .option("--log <format>", `${LOG_FORMATS.join(", ")} (default: pretty)`)
    .addHelpText("after", HELP)
    .action(start);
}

const HELP = `
Examples:
  $ gateway-emulator --seed fixtures/quickstart.yaml
  $ gateway-emulator --port 0 --state :memory: --log json
  $ gateway-emulator --seed gateway.yaml --reset --watch

Environment:
  GATEWAY_EMULATOR_<NAME>  any option above, such as GATEWAY_EMULATOR_PORT=4200,
                           GATEWAY_EMULATOR_ACCEPT_BEARER=1, GATEWAY_EMULATOR_MANAGEMENT_RATE_LIMIT=0;
                           GATEWAY_EMULATOR_SEED takes several files, separated as in PATH or by commas.
                           An option on the command line wins.
  BASETEN_API_KEY          becomes the workspace key; without it there is a fixed development key
  NO_COLOR                 no colours
  DEBUG                    the stack of unexpected errors

Documentation: README.md and docs/ in the package; of the APIs, /v1/spec and /_emulator/openapi.json of a
running emulator; of seed files, dist/seed.schema.json.`;

function append(file: string, files: readonly string[] = []): string[] {
  return [...files, file];
}

async function start(_word: unknown, flags: StartFlags, program: Command): Promise<void> {
  const [word = "start", ...excess] = program.args;
  if (word !== "start") throw await unknownCommand(word, program);
  if (excess.length > 0) throw new UserError(`start takes no arguments, got ${excess.join(" ")}`);
  const options = startOptions(flags, process.env);
  const { runStart } = await import("./run.js");
  await runStart(options);
}

async function unknownCommand(word: string, program: Command): Promise<UserError> {
  const { nearestKey } = await import("../../config/nearest-key.js");
  const nearest = nearestKey(word, ["start", "help", ...program.commands.map((command) => command.name())]);
  const hint = nearest ? `did you mean "${nearest}"?` : "gateway-emulator --help lists the commands.";
  return new UserError(`unknown command ${JSON.stringify(word)}; ${hint}`);
}
