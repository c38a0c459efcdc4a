import type { Writable } from "node:stream";
import type { LogFormat } from "./formats.js";
import { jsonLog } from "./json.js";
import { Lines } from "./lines.js";
import type { Log } from "./log.js";
import { painter } from "./paint.js";
import { prettyLog } from "./pretty.js";

export function createLog(
  format: LogFormat,
  stream: Writable & { isTTY?: boolean },
  env: NodeJS.ProcessEnv,
): Log {
  switch (format) {
    case "pretty":
      return prettyLog(stream, painter(stream, env));
    case "json":
      return jsonLog(stream);
    case "silent":
      return silentLog(stream);
  }
}

/** Logs only the URL: with `--port 0` there is no other way to learn the port. */
function silentLog(stream: Writable): Log {
  const lines = new Lines(stream, () => "");
  return {
    listening: ({ url }) => lines.write(`gateway-emulator listens on ${url}`),
    request: () => {},
    notice: () => {},
    flush: () => lines.flush(),
  };
}
