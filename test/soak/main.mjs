// npm run soak [-- --minutes 10 --seed 1]: traffic of all kinds against the command line for minutes. Each minute the
// process is killed (kill -9). At random instants the state file and its WAL are copied while the process stands still,
// as a power cut would leave them, and opened elsewhere. After each of both: nothing acknowledged is lost, and reconcile
// finds no difference. Linux only.
import { copyFile, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createProbe } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Emulator, pause } from "./emulator.mjs";
import { FAILING, seed, Traffic } from "./traffic.mjs";

const { values } = parseArgs({ options: { minutes: { type: "string" }, seed: { type: "string" } } });
const minutes = Number(values.minutes ?? 10);
const random = mulberry32(Number(values.seed ?? 1));
const WORKERS = 8;
const KILL_EVERY_MS = 60_000;
const COPY_EVERY_MS = 20_000;

const folder = await mkdtemp(join(tmpdir(), "gateway-emulator-soak-"));
const file = (name) => join(folder, name);
const receiver = await startReceiver();
await writeFile(file("seed.json"), JSON.stringify(seed(receiver.url)));
const emulator = new Emulator({ port: await freePort(), state: file("state.db"), seed: file("seed.json") });
const figures = { kills: 0, copies: 0, memory: [] };
const problems = [];

await emulator.start();
const traffic = new Traffic(emulator, random);
const running = traffic.run(WORKERS);
const end = performance.now() + minutes * 60_000;
let nextKill = performance.now() + KILL_EVERY_MS;
let nextCopy = performance.now() + COPY_EVERY_MS * random();
while (performance.now() < end) {
  await pause(1_000);
  if (performance.now() > nextCopy) {
    await checkCopy();
    nextCopy = performance.now() + 2 * COPY_EVERY_MS * random();
  }
  if (performance.now() > nextKill) {
    figures.memory.push(await emulator.memory());
    const acknowledged = traffic.acknowledged.copy();
    await emulator.kill();
    figures.kills++;
    await emulator.start();
    await check("after kill -9", emulator, acknowledged);
    nextKill = performance.now() + KILL_EVERY_MS;
    report();
  }
}
traffic.stop();
await running;
await check("at the end", emulator, traffic.acknowledged);
await checkDeliveries();
figures.memory.push(await emulator.memory());
const { size } = await stat(file("state.db"));
await emulator.stop();
receiver.close();
await rm(folder, { recursive: true });
report();
console.log(`state file: ${Math.round(size / 1024 / 1024)} MB`);
for (const problem of [...problems, ...new Set(traffic.failures)]) console.error(`PROBLEM: ${problem}`);
process.exitCode = problems.length + traffic.failures.length > 0 ? 1 : 0;

/** The file and its WAL as they are at this instant; the process knows nothing of it. */
async function checkCopy() {
  const acknowledged = await emulator.frozen(async () => {
    await copyFile(file("state.db"), file("copy.db"));
    await copyFile(file("state.db-wal"), file("copy.db-wal")).catch(() => {});
    return traffic.acknowledged.copy();
  });
  const copy = new Emulator({ port: await freePort(), state: file("copy.db"), seed: file("seed.json") });
  await copy.start();
  await check("in a copy of the state file", copy, acknowledged);
  await copy.stop();
  for (const name of ["copy.db", "copy.db-wal", "copy.db-shm"]) await rm(file(name), { force: true });
  figures.copies++;
}

/** Everything acknowledged is there, and the books agree. */
async function check(when, checked, acknowledged) {
  const gateway = await checked.connect();
  const events = await gateway.billing.events();
  const billed = new Set(events.map(({ event }) => event.requestId.replaceAll("-", "")));
  const lost = [...acknowledged.requests].filter((id) => !billed.has(id));
  if (lost.length > 0) problems.push(`${when}: ${lost.length} acknowledged requests are not billed`);
  const groups = new Set(await groupIds(checked.url));
  const gone = [...acknowledged.groups].filter(
    (id) => !groups.has(id) && traffic.acknowledged.groups.has(id),
  );
  if (gone.length > 0) problems.push(`${when}: ${gone.length} acknowledged groups are gone`);
  const differences = await gateway.billing.reconcile();
  if (differences.length > 0) problems.push(`${when}: reconcile finds ${JSON.stringify(differences[0])}`);
}

async function groupIds(url) {
  const ids = [];
  for (let cursor = ""; ; ) {
    const response = await fetch(`${url}/v1/gateway/groups?limit=1000${cursor}`, {
      headers: { Authorization: "Api-Key emulator.local-development-key" },
    });
    const { items, pagination } = await response.json();
    ids.push(...items.map(({ id }) => id));
    if (!pagination.has_more) return ids;
    cursor = `&cursor=${pagination.cursor}`;
  }
}

/** Every billed request reached the receiver, or is a dead letter. */
async function checkDeliveries() {
  const gateway = await emulator.connect();
  // Retries are due within minutes of the world's clock.
  for (let turn = 0; turn < 10; turn++) await gateway.clock.advance("1m");
  const events = await gateway.billing.events();
  figures.events = events.length;
  figures.dead = (await gateway.webhooks.deadLetters()).length;
  const missing = events.filter(
    ({ event, state }) => state === "delivered" && !receiver.received.has(event.idempotencyKey),
  );
  const open = events.filter(({ state }) => state !== "delivered" && state !== "dead");
  if (missing.length > 0) problems.push(`${missing.length} events are marked delivered and never arrived`);
  if (open.length > 0) problems.push(`${open.length} events are neither delivered nor dead letters`);
}

async function startReceiver() {
  const received = new Set();
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (random() < FAILING) {
      response.writeHead(500).end();
      return;
    }
    for (const { idempotencyKey } of JSON.parse(Buffer.concat(chunks)).data.events)
      received.add(idempotencyKey);
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/hook`,
    received,
    close: () => server.closeAllConnections() || server.close(),
  };
}

async function freePort() {
  const probe = createProbe();
  await new Promise((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function report() {
  const counts = Object.entries(traffic.counts).map(([name, count]) => `${count} ${name}`);
  const memory = figures.memory.map((megabytes) => Math.round(megabytes)).join(", ");
  const ends = [`${figures.kills} kills`, `${figures.copies} copies`, `${problems.length} problems`];
  if (figures.events !== undefined) ends.push(`${figures.events} events`, `${figures.dead} dead letters`);
  console.log(`${[...counts, ...ends].join(", ")}; memory before each kill and at the end, MB: ${memory}`);
}

/** A small random source, so that a run can be repeated. */
function mulberry32(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
