import type { Writable } from "node:stream";
import type { LogFormat } from "./formats.js";
import { jsonLog } from "./json.js";
import { Lines } from "./lines.js";
import type { Log, Reach } from "./log.js";
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

/** On standard error: standard output stays silent but for the URL (Y-63). */
function warn({ warning, newToken }: Reach): void {
  console.error(`gateway-emulator: ${warning}`);
  if (newToken !== null) console.error(`GATEWAY_EMULATOR_CONTROL_TOKEN=${newToken}`);
}

/** Logs only the URL: with `--port 0` there is no other way to learn the port. */
function silentLog(stream: Writable): Log {
  const lines = new Lines(stream, () => "");
  return {
    listening: ({ url, reach }) => {
      lines.write(`gateway-emulator listens on ${url}`);
      if (reach) warn(reach);
    },
    request: () => {},
    notice: () => {},
    flush: () => lines.flush(),
  };
}
