import type { Writable } from "node:stream";
import type { LogFormat } from "./formats.js";
import { jsonLog } from "./json.js";
import type { Log } from "./log.js";
import { painter } from "./paint.js";
import { prettyLog } from "./pretty.js";
import { silentLog } from "./silent.js";

/** The log of a start, in the format that was chosen. */
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
