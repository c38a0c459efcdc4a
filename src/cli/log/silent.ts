import type { Writable } from "node:stream";
import { Lines } from "./lines.js";
import type { Log } from "./log.js";

/** Logs only the URL: with `--port 0` there is no other way to learn the port. */
export function silentLog(stream: Writable): Log {
  const lines = new Lines(stream, () => "");
  return {
    listening: ({ url }) => lines.write(`gateway-emulator listens on ${url}`),
    request: () => {},
    notice: () => {},
    flush: () => lines.flush(),
  };
}
