// `npm run bench [-- --quick] [-- --only <name>]`: measures dist/ and a bare node:http server in the same run. The last
// column has the targets; a slow result is not a failure.
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { jsonChat } from "./json-chat.mjs";
import { paced } from "./paced.mjs";
import { printTable, progress } from "./report.mjs";
import { scale } from "./scale.mjs";
import { startUp } from "./start-up.mjs";
import { streams } from "./streams.mjs";
import { webhooks } from "./webhooks.mjs";

const BENCHES = { json: jsonChat, stream: streams, paced, startup: startUp, scale, webhooks };

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    groups: { type: "string", default: "100000" },
    "keys-per-group": { type: "string", default: "1" },
    "ledger-rows": { type: "string", default: "1000000" },
  },
});
if (values.only !== undefined && !(values.only in BENCHES)) {
  console.error(`--only: expected one of ${Object.keys(BENCHES).join(", ")}`);
  process.exit(2);
}
const options = {
  quick: values.quick,
  groups: Number(values.groups),
  keysPerGroup: Number(values["keys-per-group"]),
  ledgerRows: Number(values["ledger-rows"]),
};

const rows = [];
for (const [name, run] of Object.entries(BENCHES)) {
  if (values.only !== undefined && values.only !== name) continue;
  progress(`${name} ...`);
  rows.push(...(await run(options)));
}
progress("");
console.log(`Node ${process.version}, ${cpus().length} cores, ${cpus()[0]?.model ?? "unknown processor"}\n`);
printTable(rows);
