import { Command } from "commander";
import { VERSION } from "../version.js";
import { defineEnv } from "./env.js";
import { defineExec } from "./exec/command.js";
import { defineStart } from "./start/command.js";
import { defineValidate } from "./validate.js";
import { defineWebhooks } from "./webhooks/command.js";

/**
 * The command line: one `define…` per command, which declares it and loads its work when it runs.
 * Parsing throws CommanderError, also for `--help`, and whatever a command throws.
 */
export function createProgram(): Command {
  const program = new Command("gateway-emulator")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
    // An option behind a command is that command's, also where `start` has one of the same name.
    .enablePositionalOptions()
    .exitOverride();
  defineStart(program);
  for (const define of [defineExec, defineValidate, defineEnv, defineWebhooks]) define(program);
  return program;
}

/** Commander's message, whose suggestion is a line of its own, as one line like every other of ours. */
function oneLine(text: string): string {
  const [said = "", suggestion] = text
    .trim()
    .replace(/^error: /, "")
    .split("\n");
  const hint =
    suggestion?.replace(/^\(Did you mean (.+)\)$/, "; did you mean $1") ??
    " (gateway-emulator --help shows what there is)";
  return `gateway-emulator: ${said}${hint}\n`;
}
