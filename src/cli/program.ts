import { Command } from "commander";
import { VERSION } from "../version.js";
import { defineEnv } from "./env/command.js";
import { defineExec } from "./exec/command.js";
import { defineStart } from "./start/command.js";
import { defineState } from "./state/command.js";
import { defineValidate } from "./validate/command.js";
import { defineWebhooks } from "./webhooks/command.js";

/**
 * The command line. Each `define…` declares one command and imports the code that runs it only when it runs, so
 * that `--help` stays fast. Parsing throws CommanderError (also for `--help`), or what the command throws.
 */
export function createProgram(): Command {
  const program = new Command("gateway-emulator")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
    // An option after a command belongs to that command, even if `start` has one of the same name.
    .enablePositionalOptions()
    .exitOverride();
  defineStart(program);
  for (const define of [defineExec, defineValidate, defineEnv, defineState, defineWebhooks]) define(program);
  return program;
}

/** Commander puts its suggestion on a second line; our errors have one line. */
function oneLine(text: string): string {
  const [message = "", suggestion] = text
    .trim()
    .replace(/^error: /, "")
    .split("\n");
  const hint =
    suggestion?.replace(/^\(Did you mean (.+)\)$/, "; did you mean $1") ??
    " (gateway-emulator --help lists commands and options)";
  return `gateway-emulator: ${message}${hint}\n`;
}
