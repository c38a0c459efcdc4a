// npm run bench [-- options]
//
// Compares, in one run on one machine: `bare` (node:http), `hono` (Hono on node-server), both with constant answers;
// `before` (the emulator before it was a Hono app, see before.mjs), and `now` (dist/). Servers take turns. The last
// column has the targets; a slow result is not a failure.
//
//   --quick                   less of everything, to see that it runs; its figures are noisy
//   --only <name,...>         json, stream, paced, startup, scale, schemas, webhooks, retries
//   --columns <name,...>      what to compare `now` with: bare, hono, before. All by default; "" for none
//   --groups <n>              scale: most groups
//   --keys-per-group <n>      scale: keys in each of them
//   --ledger-rows <n>         scale: most rows of the ledger
//
// Progress goes to stderr, the table to stdout.
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { buildBefore } from "./before.mjs";
import { jsonChat } from "./json-chat.mjs";
import { paced } from "./paced.mjs";
import { printTable, progress, REFERENCES } from "./report.mjs";
import { scale } from "./scale.mjs";
import { schemas } from "./schemas.mjs";
import { startUp } from "./start-up.mjs";
import { streams } from "./streams.mjs";
import { webhookRetries } from "./webhook-retries.mjs";
import { webhooks } from "./webhooks.mjs";

const COMPARING = { json: jsonChat, stream: streams, paced, startup: startUp };
/** Measure `now` alone. */
const ALONE = { scale, schemas, webhooks, retries: webhookRetries };
const BENCHES = { ...COMPARING, ...ALONE };

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", default: Object.keys(BENCHES).join() },
    columns: { type: "string", default: REFERENCES.join() },
    groups: { type: "string", default: "100000" },
    "keys-per-group": { type: "string", default: "1" },
    "ledger-rows": { type: "string", default: "1000000" },
  },
});
const only = namesOf("only", Object.keys(BENCHES));
const columns = namesOf("columns", REFERENCES);
const started = performance.now();

const notes = [];
let before = null;
if (columns.has("before") && [...only].some((name) => name in COMPARING)) {
  const built = await buildBefore();
  before = built.dist;
  if (before === null) {
    columns.delete("before");
    notes.push(`The column "before" is empty: ${built.reason}.`);
  }
}
const options = {
  quick: values.quick,
  columns,
  before,
  groups: Number(values.groups),
  keysPerGroup: Number(values["keys-per-group"]),
  ledgerRows: Number(values["ledger-rows"]),
};

const rows = [];
for (const [name, run] of Object.entries(BENCHES)) {
  if (!only.has(name)) continue;
  progress(`${name} ...`);
  rows.push(...(await run(options)));
}
progress(`measured in ${Math.round((performance.now() - started) / 1000)} s\n`);
console.log(`Node ${process.version}, ${cpus().length} cores, ${cpus()[0]?.model ?? "unknown processor"}\n`);
printTable(rows);
for (const note of notes) console.log(`\n${note}`);

/** The names that an option lists. Ends the process for an unknown one. */
function namesOf(option, known) {
  const names = values[option].split(",").filter((name) => name !== "");
  if (names.every((name) => known.includes(name))) return new Set(names);
  console.error(`--${option}: expected some of ${known.join()}`);
  process.exit(2);
}
