// dist/ as users start it, with state file, limits, ledger and journal.
import { startGatewayEmulator } from "../../dist/index.js";
import { input, serve } from "./serve.mjs";

const started = performance.now();
const gateway = await startGatewayEmulator(input());
serve({ port: gateway.port, startMs: performance.now() - started }, () => gateway.stop());
