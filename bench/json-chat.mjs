import { join } from "node:path";
import { startServer } from "./child.mjs";
import { NOW, startBefore, startColumns, startGuest, startNow } from "./emulators.mjs";
import { bodyOf, Connection } from "./load.mjs";
import { compare, count, microseconds } from "./report.mjs";
import { chatRequest, SEED, withFolder } from "./seed.mjs";
import { CONNECTIONS, versus } from "./versus.mjs";

/** JSON chat completions with a state file, against servers that send the same number of bytes. */
export const jsonChat = ({ quick, columns, before }) =>
  withFolder(async (folder) => {
    const options = (name) => ({ state: join(folder, `${name}.db`), seed: SEED });
    const request = chatRequest();
    const now = await startNow(options("now"));
    const body = await sampleOf(now.port, request);
    const type = "application/json";
    const servers = {
      ...(await startColumns(columns, {
        bare: () => startServer("servers/bare.mjs", { type, writes: [body] }),
        hono: () => startServer("servers/hono.mjs", { type, body }),
        before: () => startBefore(before, options("before")),
      })),
      now,
      power: await startNow({ ...options("power"), durability: "power" }),
      guest: await startGuest(options("guest")),
      fetch: await startServer("servers/fetch.mjs", {
        dist: NOW,
        options: options("fetch"),
        calls: CONNECTIONS,
      }),
    };
    const { perSecond, cpu } = await versus("JSON chat", servers, {
      request,
      seconds: quick ? 0.7 : 3,
      rounds: quick ? 3 : 5,
    });
    await Promise.all(Object.values(servers).map((server) => server.stop()));
    return [
      compare("JSON chat, per second", count, perSecond, {
        target: ">= 0.9 of before; goal 0.50 of bare",
      }),
      compare("  the same, server's CPU time", microseconds, cpu),
      compare("JSON chat with --durability power, per second", count, { ...perSecond, now: perSecond.power }),
      compare("JSON chat, in a test process, per second", count, { ...perSecond, now: perSecond.guest }),
      compare("JSON chat by gateway.fetch, no socket, per second", count, { now: perSecond.fetch }),
    ];
  });

async function sampleOf(port, request) {
  const connection = await Connection.open(port);
  const body = bodyOf(await connection.ask(request));
  connection.close();
  return body;
}
