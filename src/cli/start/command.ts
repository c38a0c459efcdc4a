import type { Command } from "commander";
import { nearestKey } from "../../config/nearest-key.js";
import { DEFAULT_STOP_GRACE } from "../../emulator/stop-grace.js";
import { collect } from "../collect.js";
import { LOG_FORMATS } from "../log/formats.js";
import { UserError } from "../user-error.js";
import { addGuardOptions } from "./guard-options.js";
import { DEFAULT_HOST, DEFAULT_PORT, DEFAULT_STATE, type StartFlags, startOptions } from "./options.js";

/** `gateway-emulator [start]`: the default command, so its options are declared on the program itself. */
export function defineStart(program: Command): void {
  program
    .usage("[start] [options]\n       gateway-emulator <command> [options]")
    .description(
      "Starts a local stand-in for Baseten's Frontier Gateway: its management API, OpenAI-compatible chat, " +
        "federated keys and limits, on one port and without network access. All state is in one file, and the next " +
        "start resumes it. A seed file defines the contents of a new state.",
    )
    .argument("[start]", "the default command")
    // Lets `start` report a misspelt command that has arguments as an unknown command.
    .allowExcessArguments()
    .option("--port <n>", `port to listen on; 0 picks a free one (default: ${DEFAULT_PORT})`)
    .option("--host <address>", `address to listen on (default: ${DEFAULT_HOST})`)
    .option(
      "--forward-allow <hosts>",
      "internal hosts that rules and webhooks may call when --host is not loopback",
    )
    .option("--state <file>", `state file, or :memory: (default: ${DEFAULT_STATE})`)
    .option("--durability <what>", "what the state survives: process (default), or power, which is slower")
    .option(
      "--seed <file>",
      "seed file (.yaml, .yml or .json), or a folder of them; repeatable, seeds are merged",
      collect,
    )
    .option("--reset", "start from the seed even if the state file has data")
    .option("--watch", "reset to the seed whenever a seed file changes")
    .option("--accept-bearer", "also accept federated keys as Authorization: Bearer")
    .option(
      "--no-management-rate-limit",
      "do not limit management requests to 100 per second per key and route",
    )
    .option("--exit-with-stdin", "stop when standard input ends, which happens when the parent process dies")
    .option(
      "--stop-grace <duration>",
      `how long a stop waits for streams and deliveries under way (default: ${DEFAULT_STOP_GRACE})`,
    )
    .option("--log <format>", `log format: ${LOG_FORMATS.join(", ")} (default: pretty)`)
    .option("--open-control", "on a --host other than loopback, let /_emulator/ ask for no token");
  addGuardOptions(program).addHelpText("after", HELP).action(start);
}

const HELP = `
Examples:
  $ gateway-emulator --seed fixtures/quickstart.yaml
  $ gateway-emulator --port 0 --state :memory: --log json
  $ gateway-emulator --seed gateway.yaml --reset --watch

Environment:
  GATEWAY_EMULATOR_<NAME>  sets any option above, such as GATEWAY_EMULATOR_PORT=4200,
                           GATEWAY_EMULATOR_ACCEPT_BEARER=1 or GATEWAY_EMULATOR_MANAGEMENT_RATE_LIMIT=0.
                           GATEWAY_EMULATOR_SEED accepts several files, separated by commas or as in PATH; other
                           repeatable options accept several values, separated by commas.
                           Options on the command line take precedence.
  BASETEN_API_KEY          workspace key of the emulator (default: a fixed development key)
  NO_COLOR                 turns colours off
  DEBUG                    prints the stack trace of unexpected errors

gateway-emulator <command> --help explains a command, with examples.

Documentation: README.md and docs/ in the package; /v1/spec and /_emulator/openapi.json of a running emulator for
its APIs; dist/seed.schema.json for seed files.`;

async function start(_word: unknown, flags: StartFlags, program: Command): Promise<void> {
  const [word = "start", ...excess] = program.args;
  if (word !== "start") throw unknownCommand(word, program);
  if (excess.length > 0) throw new UserError(`start has no arguments, got ${excess.join(" ")}`);
  const options = startOptions(flags, process.env);
  const { runStart } = await import("./run.js");
  await runStart(options);
}

function unknownCommand(word: string, program: Command): UserError {
  const nearest = nearestKey(word, ["start", "help", ...program.commands.map((command) => command.name())]);
  const hint = nearest ? `did you mean "${nearest}"?` : "gateway-emulator --help lists the commands.";
  return new UserError(`unknown command ${JSON.stringify(word)}; ${hint}`);
}
