// Runs dist/ in a process of its own, for tests that kill it. Options come as JSON; `{ url, workspaceKey }` goes back.
import { startGatewayEmulator } from "../../dist/index.js";

const gateway = await startGatewayEmulator(JSON.parse(process.argv[2] ?? "{}"));
process.on("SIGTERM", () => void gateway.stop().then(() => process.disconnect()));
process.on("disconnect", () => process.exit());
process.send?.({ url: gateway.url, workspaceKey: gateway.workspaceKey });
