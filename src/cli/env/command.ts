import type { Command } from "commander";
import { ENV_FORMATS, type EnvFormat } from "./text.js";

/** Where `start` listens unless told otherwise. */
const DEFAULT_URL = "http://127.0.0.1:4110";

/** `gateway-emulator env`: prints the environment variables that clients of a running emulator need. */
export function defineEnv(program: Command): void {
  program
    .command("env")
    .summary("print environment variables for clients of a running emulator")
    .description(
      "Asks a running emulator for its URLs, its workspace key and the first federated key of its seed, and prints " +
        "them as environment variables.",
    )
    .option("--url <url>", `URL of the emulator (default: GATEWAY_EMULATOR_URL, else ${DEFAULT_URL})`)
    .option(
      "--control-token <token>",
      "for an emulator that asks for it (default: GATEWAY_EMULATOR_CONTROL_TOKEN)",
    )
    .addOption(
      program.createOption("--format <format>", "output format").choices(ENV_FORMATS).default("shell"),
    )
    .addHelpText("after", HELP)
    .action(printEnv);
}

const HELP = `
Examples:
  $ eval "$(gateway-emulator env)"
  $ gateway-emulator env --format dotenv > .env.gateway
  $ gateway-emulator env --url http://127.0.0.1:5000 --format json`;

interface EnvFlags {
  readonly url?: string;
  readonly controlToken?: string;
  readonly format: EnvFormat;
}

async function printEnv({ url, controlToken, format }: EnvFlags): Promise<void> {
  const { runEnv } = await import("./run.js");
  const { GATEWAY_EMULATOR_URL, GATEWAY_EMULATOR_CONTROL_TOKEN } = process.env;
  const token = controlToken ?? GATEWAY_EMULATOR_CONTROL_TOKEN;
  await runEnv(url ?? (GATEWAY_EMULATOR_URL || DEFAULT_URL), token || null, format);
}
