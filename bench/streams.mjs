import { join } from "node:path";
import { startServer } from "./child.mjs";
import { bodyOf, Connection } from "./load.mjs";
import { chatRequest, SEED, withFolder } from "./seed.mjs";
import { versus } from "./versus.mjs";

const CHUNKS = 50;

/** An unpaced stream of 50 events, against a bare server that writes the same events with one write each. */
export const streams = ({ quick }) =>
  withFolder(async (folder) => {
    const emulator = await startServer("servers/emulator.mjs", {
      state: join(folder, "state.db"),
      seed: SEED,
    });
    const { request, events } = await streamOf(emulator.port, CHUNKS);
    const bare = await startServer("servers/bare.mjs", {
      type: "text/event-stream",
      writes: events,
    });
    const rows = await versus(`stream of ${events.length} chunks`, {
      bare,
      emulator,
      request,
      target: 0.5,
      seconds: quick ? 0.7 : 2,
      rounds: quick ? 3 : 4,
    });
    await Promise.all([bare.stop(), emulator.stop()]);
    return rows;
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
