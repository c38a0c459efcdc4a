#!/usr/bin/env node
import { createProgram } from "./program.js";
import { report } from "./report.js";

process.on("uncaughtException", (cause) => process.exit(report(cause)));
// Whoever reads our output may stop, as `| head` does; that is no error of ours.
process.stdout.on("error", (cause: NodeJS.ErrnoException) => process.exit(cause.code === "EPIPE" ? 0 : 1));

try {
  await createProgram().parseAsync();
} catch (cause) {
  process.exitCode = report(cause);
}
