import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { startNow } from "./emulators.mjs";
import { count, progress } from "./report.mjs";
import { withFolder } from "./seed.mjs";
import { fill } from "./webhooks.mjs";

/** What the receiver waits before each answer, milliseconds. */
const SERVICE_MS = 20;
/** Every fifth event fails once. */
const FAILING = 5;
/** The default of `webhook_concurrency`. */
const CONCURRENCY = 8;

/**
 * How long a backlog of events takes to arrive at a receiver that fails a fifth of them once, in relation to the time
 * that the receiver itself needs for all attempts.
 */
export const webhookRetries = ({ quick }) =>
  withFolder(async (folder) => {
    const events = quick ? 1_000 : 10_000;
    progress(`webhook retries: ${count(events)} events`);
    const receiver = await startReceiver(events);
    const state = join(folder, "state.db");
    await fill(state, receiver.url, { undelivered: events - 1, paused: true });
    const server = await startNow({ state });
    await fetch(`http://127.0.0.1:${server.port}/_emulator/webhooks/resume`, { method: "POST" });
    const milliseconds = await receiver.all;
    const own = receiver.busyMs / CONCURRENCY;
    await server.stop();
    receiver.close();
    const name = `${count(events)} events, 20 % fail once: time to arrive / the receiver's own time`;
    return [{ name, now: (milliseconds / own).toFixed(2), target: "below 1.2" }];
  });

/** `all` resolves with the milliseconds from the first attempt until every event has arrived. */
async function startReceiver(events) {
  const attempts = new Map();
  const receiver = { busyMs: 0, arrived: 0 };
  let first = null;
  let finish;
  receiver.all = new Promise((resolve) => {
    finish = resolve;
  });
  const server = createServer(async (request, response) => {
    const [{ idempotencyKey }] = JSON.parse(await text(request)).data.events;
    const began = performance.now();
    first ??= began;
    const tries = (attempts.get(idempotencyKey) ?? 0) + 1;
    attempts.set(idempotencyKey, tries);
    const fails = tries === 1 && attempts.size % FAILING === 0;
    await sleep(SERVICE_MS);
    response.writeHead(fails ? 500 : 200).end();
    receiver.busyMs += performance.now() - began;
    if (fails) return;
    receiver.arrived++;
    if (receiver.arrived === events) finish(performance.now() - first);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  receiver.url = `http://127.0.0.1:${server.address().port}/`;
  receiver.close = () => {
    server.closeAllConnections();
    server.close();
  };
  return receiver;
}
