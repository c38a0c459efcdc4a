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

/** Writes only the URL, to standard error: with `--port 0` there is no other way to learn the port. */
function silentLog(stderr: NodeJS.WriteStream): Log {
  const lines = new Lines(stderr, () => "");
  return {
    listening: ({ url }) => lines.write(`gateway-emulator listens on ${url}`),
    request: () => {},
    notice: () => {},
    flush: () => lines.flush(),
  };
}
