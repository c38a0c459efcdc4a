import { createServer } from "node:http";
import { join } from "node:path";
import Database from "better-sqlite3";
import { startGatewayEmulator } from "../dist/index.js";
import { startNow } from "./emulators.mjs";
import { Connection } from "./load.mjs";
import { count, median, ms, progress } from "./report.mjs";
import { chatRequest, SEED, withFolder } from "./seed.mjs";

/**
 * Latency of sequential chats, and memory, with many undelivered billing events: with paused deliveries, and with a
 * receiver that hangs. The worlds take turns, request by request, so that other load on the machine affects all of
 * them equally.
 */
export const webhooks = ({ quick }) =>
  withFolder(async (folder) => {
    const samples = quick ? 1_000 : 5_000;
    const many = quick ? 10_000 : 100_000;
    const hanging = createServer(() => {});
    await new Promise((resolve) => hanging.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${hanging.address().port}/`;
    const worlds = [
      { name: "nothing undelivered", undelivered: 0, paused: true },
      { name: `${count(many)} events undelivered, paused`, undelivered: many, paused: true },
      { name: `${count(many)} events undelivered, the receiver hangs`, undelivered: many, paused: false },
    ];
    for (const [index, world] of worlds.entries()) {
      progress(`webhooks: filling ${world.name}`);
      const state = join(folder, `state-${index}.db`);
      await fill(state, url, world);
      world.server = await startNow({ state });
      world.connection = await Connection.open(world.server.port);
      world.times = [];
    }
    const request = chatRequest();
    for (let at = 0; at < samples; at++) {
      if (at % 1_000 === 0) progress(`webhooks: ${count(at)} of ${count(samples)} requests each`);
      for (const { connection, times } of worlds) {
        const started = performance.now();
        await connection.ask(request);
        times.push(performance.now() - started);
      }
    }
    const rows = [];
    // The first half warms up the process.
    const p50 = worlds.map(({ times }) => median(times.slice(times.length >> 1)));
    for (const [index, { name, server, connection }] of worlds.entries()) {
      const memory = `${Math.round((await server.memory()) / 2 ** 20)} MB`;
      rows.push({ name: `p50 of a chat, ${name}`, now: ms(p50[index]), target: "the same p50" });
      rows.push({ name: "memory after it", now: memory });
      connection.close();
      await server.stop();
    }
    hanging.closeAllConnections();
    hanging.close();
    return rows;
  });

const HOUR_MS = 3_600_000;

/** A state file made by an emulator, with its only event repeated an hour ago, outside every rolling window. */
export async function fill(state, url, { undelivered, paused }) {
  const [workspace] = SEED.workspaces;
  const seed = { workspaces: [{ ...workspace, webhook: { url, secrets: ["whsec_bench"] } }] };
  const gateway = await startGatewayEmulator({ state, seed });
  await gateway.webhooks.pause();
  const connection = await Connection.open(gateway.port);
  await connection.ask(chatRequest());
  connection.close();
  if (!paused) await gateway.webhooks.resume();
  await gateway.stop();

  const db = new Database(state);
  db.pragma("synchronous = OFF");
  const { seq: _, ...booked } = db.prepare("SELECT * FROM ledger").get();
  const columns = Object.keys(booked);
  const insert = db.prepare(
    `INSERT INTO ledger (${columns.join(",")}) VALUES (${columns.map((column) => `@${column}`).join(",")})`,
  );
  const time = booked.completed_at - HOUR_MS;
  db.transaction(() => {
    for (let at = 0; at < undelivered; at++) {
      insert.run({ ...booked, event_id: `event-${at}`, admitted_at: time, completed_at: time });
    }
  })();
  db.close();
}
