// A built emulator as users start it, with state file, limits, ledger and journal.
import { input, load, serve } from "./serve.mjs";

const { dist, options } = input();
const { startGatewayEmulator } = await load(dist);
const started = performance.now();
const gateway = await startGatewayEmulator(options);
serve({ port: gateway.port, startMs: performance.now() - started }, () => gateway.stop());
