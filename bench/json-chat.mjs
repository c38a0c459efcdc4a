import { join } from "node:path";
import { startServer } from "./child.mjs";
import { bodyOf, Connection } from "./load.mjs";
import { chatRequest, SEED, withFolder } from "./seed.mjs";
import { versus } from "./versus.mjs";

/** JSON chat completions with a state file, against a bare server that sends the same number of bytes. */
export const jsonChat = ({ quick }) =>
  withFolder(async (folder) => {
    const emulator = await startServer("servers/emulator.mjs", {
      state: join(folder, "state.db"),
      seed: SEED,
    });
    const request = chatRequest();
    const connection = await Connection.open(emulator.port);
    const sample = bodyOf(await connection.ask(request));
    connection.close();
    const bare = await startServer("servers/bare.mjs", {
      type: "application/json",
      writes: [sample],
    });
    const rows = await versus("JSON chat", {
      bare,
      emulator,
      request,
      target: 0.5,
      seconds: quick ? 0.7 : 3,
      rounds: quick ? 3 : 5,
    });
    await Promise.all([bare.stop(), emulator.stop()]);
    return rows;
  });
