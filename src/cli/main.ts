#!/usr/bin/env node
import nodeModule from "node:module";
import { VERSION } from "../version.js";

// Node 22 and later: compiled code is kept on disk, so later starts load faster. Only covers what is imported after.
if ("enableCompileCache" in nodeModule && typeof nodeModule.enableCompileCache === "function") {
  nodeModule.enableCompileCache();
}
// A reader that stops early, such as `| head`, is not an error. A start thinks otherwise, and replaces this.
process.stdout.on("error", (cause: NodeJS.ErrnoException) => process.exit(cause.code === "EPIPE" ? 0 : 1));

const [first, ...rest] = process.argv.slice(2);
if (rest.length === 0 && (first === "--version" || first === "-V")) {
  console.log(VERSION);
} else {
  const { runCommandLine } = await import("./command-line.js");
  await runCommandLine();
}
