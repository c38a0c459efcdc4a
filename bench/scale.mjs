import { createHash } from "node:crypto";
import { join } from "node:path";
import Database from "better-sqlite3";
import { startGatewayEmulator } from "../dist/index.js";
import { startNow } from "./emulators.mjs";
import { Connection } from "./load.mjs";
import { count, median, ms, progress } from "./report.mjs";
import { chatRequest, KEY, SEED, withFolder } from "./seed.mjs";

const FEW = 10;
const SOME = 1_000;
const DAY_MS = 86_400_000;

/**
 * Latency of sequential chats, each with a key used for the first time: it must not grow with the state. The sizes
 * take turns, request by request, so that other load on the machine affects all of them equally.
 */
export const scale = ({ quick, groups, keysPerGroup, ledgerRows }) =>
  withFolder(async (folder) => {
    const samples = quick ? 1_000 : 5_000;
    const many = quick ? Math.min(groups, 10_000) : groups;
    const rows = quick ? Math.min(ledgerRows, 50_000) : ledgerRows;
    const sizes = [
      { groups: FEW, keysPerGroup: 1, ledgerRows: 0 },
      { groups: SOME, keysPerGroup: 1, ledgerRows: 0 },
      { groups: many, keysPerGroup, ledgerRows: 0 },
      { groups: FEW, keysPerGroup: 1, ledgerRows: rows },
    ];
    const worlds = [];
    for (const [index, size] of sizes.entries()) {
      progress(`scale: filling ${nameOf(size)}`);
      const state = join(folder, `state-${index}.db`);
      await fill(state, size);
      const server = await startNow({ state });
      worlds.push({ size, server, connection: await Connection.open(server.port), times: [] });
    }
    for (let at = 0; at < samples; at++) {
      if (at % 1_000 === 0) progress(`scale: ${count(at)} of ${count(samples)} requests each`);
      for (const world of worlds) world.times.push(await latency(world, at));
    }
    for (const { connection, server } of worlds) {
      connection.close();
      await server.stop();
    }
    return report(worlds);
  });

const nameOf = ({ groups, keysPerGroup, ledgerRows }) =>
  [
    `${count(groups)} groups`,
    `${count(groups * keysPerGroup)} keys`,
    ...(ledgerRows > 0 ? [`${count(ledgerRows)} ledger rows`] : []),
  ].join(", ");

/** The first half warms up the process. */
function report(worlds) {
  const measured = worlds.map(({ times }) =>
    times.slice(times.length >> 1).sort((one, other) => one - other),
  );
  const p50 = measured.map(median);
  return worlds.flatMap(({ size, server }, index) => [
    {
      name: `p50 (p99) of a chat, ${nameOf(size)}`,
      now: `${ms(p50[index])} (${ms(measured[index][Math.floor(measured[index].length * 0.99)])})`,
      target: "the same p50",
    },
    { name: "opening that state", now: ms(server.startMs) },
  ]);
}

/** A state file made by an emulator, with the rows of its only group and key repeated. */
async function fill(state, { groups, keysPerGroup, ledgerRows }) {
  const gateway = await startGatewayEmulator({ state, seed: SEED });
  const connection = await Connection.open(gateway.port);
  await connection.ask(chatRequest());
  connection.close();
  await gateway.stop();

  const db = new Database(state);
  db.pragma("synchronous = OFF");
  const group = db.prepare("SELECT * FROM groups").get();
  const key = db.prepare("SELECT * FROM federated_keys").get();
  const ledger = db.prepare("SELECT * FROM ledger").get();
  const insert = (table, row) => {
    const columns = Object.keys(row);
    return db.prepare(
      `INSERT INTO ${table} (${columns.join(",")}) VALUES (${columns.map((column) => `@${column}`).join(",")})`,
    );
  };
  db.transaction(() => {
    const insertGroup = insert("groups", group);
    const insertKey = insert("federated_keys", key);
    for (let at = 1; at < groups; at++) {
      const id = groupId(at);
      insertGroup.run({ ...group, id, external_entity_id: `org-${at}` });
      for (let of = 0; of < keysPerGroup; of++) {
        const text = keyText(at, of);
        const hash = createHash("sha256").update(text).digest();
        insertKey.run({
          ...key,
          hash,
          group_id: id,
          prefix: text.slice(0, 16),
          name: null,
        });
      }
    }
    const { seq: _, ...booked } = ledger;
    const insertBooked = insert("ledger", booked);
    // Spread over the previous thirty days, like a state that has been used for long.
    const step = (30 * DAY_MS) / Math.max(1, ledgerRows);
    for (let at = 0; at < ledgerRows; at++) {
      const time = Math.floor(booked.completed_at - 31 * DAY_MS + at * step);
      insertBooked.run({ ...booked, admitted_at: time, completed_at: time });
    }
  })();
  db.close();
}

const groupId = (at) => `g${String(at).padStart(7, "0")}`;
const keyText = (at, of) =>
  at === 0 ? KEY : `sky_${(at * 1_000 + of).toString(36).padStart(12, "0")}.bench`;

/** Duration of one chat, in milliseconds. */
async function latency({ size: { groups, keysPerGroup }, connection }, at) {
  // Visits all groups evenly (the multiplier is prime) without random numbers.
  const key = keyText((at * 48_271) % groups, at % keysPerGroup);
  const request = chatRequest({ key });
  const started = performance.now();
  await connection.ask(request);
  return performance.now() - started;
}
