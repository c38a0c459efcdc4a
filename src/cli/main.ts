#!/usr/bin/env node
import { createProgram } from "./program.js";
import { report } from "./report.js";

process.on("uncaughtException", (cause) => process.exit(report(cause)));

try {
  await createProgram().parseAsync();
} catch (cause) {
  process.exitCode = report(cause);
}
