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
    .showHelpAfterError("(gateway-emulator --help shows what there is)")
    // An option behind a command is that command's, also where `start` has one of the same name.
    .enablePositionalOptions()
    .exitOverride();
  defineStart(program);
  for (const define of [defineExec, defineValidate, defineEnv, defineWebhooks]) define(program);
  return program;
}
