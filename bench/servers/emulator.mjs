// dist/ as users start it in a process: state, limits, ledger and journal on.
import { startGatewayEmulator } from "../../dist/index.js";
import { input, serve } from "./serve.mjs";

const started = performance.now();
const gateway = await startGatewayEmulator(input());
serve({ port: gateway.port, startMs: performance.now() - started }, () => gateway.stop());
