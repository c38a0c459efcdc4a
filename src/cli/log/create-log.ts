import type { Writable } from "node:stream";
import type { LogFormat } from "./formats.js";
import { jsonLog } from "./json.js";
import { Lines } from "./lines.js";
import type { Log } from "./log.js";
import { painter } from "./paint.js";
import { prettyLog } from "./pretty.js";

/** @param process whose standard output is the log */
export function createLog(
  format: LogFormat,
  { stdout, stderr, env }: Pick<NodeJS.Process, "stdout" | "stderr" | "env">,
): Log {
  switch (format) {
    case "pretty":
      return prettyLog(stdout, painter(stdout, env));
    case "json":
      return jsonLog(stdout);
    case "silent":
      return silentLog(stderr);
  }
}

/** Logs only the URL, and what needs attention (Y-63), to standard error: with `--port 0` nothing else tells the port. */
function silentLog(stderr: Writable): Log {
  const lines = new Lines(stderr, () => "");
  return {
    listening: ({ url, reach }) => {
      lines.write(`gateway-emulator listens on ${url}`);
      if (reach) lines.write(`gateway-emulator: ${reach.warning}`);
      if (reach?.newToken) lines.write(`GATEWAY_EMULATOR_CONTROL_TOKEN=${reach.newToken}`);
    },
    request: () => {},
    notice: () => {},
    flush: () => lines.flush(),
  };
}
