import type { Writable } from "node:stream";
import { Lines } from "./lines.js";
import type { Log } from "./log.js";

/** One line that says where it listens, since a port of its own choice would be found nowhere else. */
export function silentLog(stream: Writable): Log {
  const lines = new Lines(stream, () => "");
  return {
    listening: ({ url }) => lines.write(`gateway-emulator listens on ${url}`),
    request: () => {},
    notice: () => {},
    flush: () => lines.flush(),
  };
}
