// Starts emulators in this process, as a test suite does, and measures the time without the import.
import { Connection, httpRequest } from "../load.mjs";
import { median } from "../report.mjs";
import { chatRequest, withGroups } from "../seed.mjs";
import { input, load, serve } from "./serve.mjs";

const { dist, seed, groups, runs } = input();
const { startGatewayEmulator } = await load(dist);
const health = httpRequest("GET", "/_emulator/health", {});
const CHATS_BEFORE_RESET = 100;

async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const starts = [];
const resets = [];
for (let run = 0; run < runs; run++) {
  let gateway;
  let connection;
  starts.push(
    await timed(async () => {
      gateway = await startGatewayEmulator({ seed });
      connection = await Connection.open(gateway.port);
      await connection.ask(health);
    }),
  );
  for (let chat = 0; chat < CHATS_BEFORE_RESET; chat++) await connection.ask(chatRequest());
  resets.push(await timed(() => gateway.reset()));
  connection.close();
  await gateway.stop();
}

const forks = { default: [], seed: [] };
const crowded = await startGatewayEmulator({ seed: withGroups(groups) });
// Not measured: the first copy of the seed also creates the snapshot that is copied.
await crowded.world("first");
for (let run = 0; run < runs; run++) {
  for (const [from, times] of Object.entries(forks)) {
    times.push(await timed(() => crowded.world("fork", { from })));
    await crowded.removeWorld("fork");
  }
}
await crowded.stop();

const measured = {
  first: starts[0],
  further: median(starts.slice(1)),
  reset: median(resets),
  forkDefault: median(forks.default),
  forkSeed: median(forks.seed),
};
serve({ port: null, measured }, async () => {});
