// Starts emulators in this process, as a test suite does, and times it; the import is not counted.
import { startGatewayEmulator } from "../../dist/index.js";
import { Connection, httpRequest } from "../load.mjs";
import { median } from "../report.mjs";
import { chatRequest } from "../seed.mjs";
import { input, serve } from "./serve.mjs";

const { seed, runs } = input();
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
serve(
  {
    port: 0,
    first: starts[0],
    further: median(starts.slice(1)),
    reset: median(resets),
  },
  async () => {},
);
