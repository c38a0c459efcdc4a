import { join } from "node:path";
import { startServer } from "./child.mjs";
import { startBefore, startColumns, startNow } from "./emulators.mjs";
import { bodyOf, Connection } from "./load.mjs";
import { compare, count, microseconds } from "./report.mjs";
import { chatRequest, SEED, withFolder } from "./seed.mjs";
import { versus } from "./versus.mjs";

const CHUNKS = 50;

/**
 * An unpaced stream of 50 events, against a bare server that writes the same events with one write each, and Hono with
 * all of them in one body.
 */
export const streams = ({ quick, columns, before }) =>
  withFolder(async (folder) => {
    const options = (name) => ({ state: join(folder, `${name}.db`), seed: SEED });
    const now = await startNow(options("now"));
    const { request, events } = await streamOf(now.port, CHUNKS);
    const type = "text/event-stream";
    const servers = {
      ...(await startColumns(columns, {
        bare: () => startServer("servers/bare.mjs", { type, writes: events }),
        hono: () => startServer("servers/hono.mjs", { type, body: events.join("") }),
        before: () => startBefore(before, options("before")),
      })),
      now,
    };
    const name = `stream of ${events.length} chunks`;
    const { perSecond, cpu } = await versus(name, servers, {
      request,
      seconds: quick ? 0.7 : 2,
      rounds: quick ? 3 : 5,
    });
    await Promise.all(Object.values(servers).map((server) => server.stop()));
    return [
      compare(`${name}, per second`, count, perSecond, { target: ">= 0.9 of before; goal 0.50 of bare" }),
      compare("  the same, server's CPU time", microseconds, cpu),
    ];
  });

/** The default reply echoes the message, so the length of the message determines the number of events. */
async function streamOf(port, wanted) {
  const connection = await Connection.open(port);
  try {
    for (let words = wanted; words > 0; words--) {
      const request = chatRequest({
        content: "word ".repeat(words).trim(),
        stream: true,
      });
      const events = bodyOf(await connection.ask(request)).match(/data: .*\n\n/g) ?? [];
      if (events.length <= wanted) return { request, events };
    }
    throw new Error(`no message gives a stream of ${wanted} events`);
  } finally {
    connection.close();
  }
}
