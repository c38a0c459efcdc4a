import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startServer } from "./child.mjs";
import { NOW } from "./emulators.mjs";
import { Connection, httpRequest } from "./load.mjs";
import { compare, count, median, ms, progress } from "./report.mjs";
import { SEED, withFolder } from "./seed.mjs";

const BARE = fileURLToPath(new URL("./servers/bare-start.mjs", import.meta.url));
const HONO = fileURLToPath(new URL("./servers/hono-start.mjs", import.meta.url));
/** How long to wait for a process to answer. */
const PATIENCE_MS = 10_000;
const FORKED_GROUPS = 1_000;

/** Time from the start of a process, and from a call in a process that has loaded the emulator. */
export const startUp = async (options) => [
  ...(await firstAnswers(options)),
  ...(await emptyCommands(options)),
  ...(await inProcess(options)),
];

/** From the start of a process to its first answer. */
const firstAnswers = ({ quick, columns, before }) =>
  withFolder(async (folder) => {
    const runs = quick ? 5 : 15;
    const seeds = { none: null, json: join(folder, "seed.json"), yaml: join(folder, "seed.yaml") };
    await writeFile(seeds.json, JSON.stringify(SEED));
    await writeFile(seeds.yaml, YAML_SEED);
    const start = (dist, seed, state) => (port) => [
      join(dist, "cli.js"),
      ...["start", "--port", String(port), "--log", "silent", "--state", join(folder, `${state}.db`)],
      ...(seed === null ? [] : ["--seed", seed]),
    ];
    const emulators = Object.entries(distsOf(columns, before));
    const times = new Times();
    for (let run = 1; run <= runs; run++) {
      progress(`start-up: process ${run} of ${runs}`);
      if (columns.has("bare")) {
        times.add("server", "bare", await firstAnswer((port) => [BARE, String(port)]));
      }
      if (columns.has("hono")) {
        times.add("server", "hono", await firstAnswer((port) => [HONO, String(port)]));
      }
      for (const [name, seed] of Object.entries(seeds)) {
        for (const [column, dist] of emulators) {
          times.add(name, column, await firstAnswer(start(dist, seed, `${column}-${name}-${run}`)));
        }
      }
    }
    const target = "<= 2.0 times bare; goal 1.6";
    const row = (name, seed) =>
      compare(name, ms, { ...times.medians("server"), ...times.medians(seed) }, { target });
    return [
      row("start, process to first answer", "none"),
      row("  the same with a JSON seed file", "json"),
      row("  the same with a YAML seed file", "yaml"),
    ];
  });

/** Commands that only print, against a Node that runs nothing. */
async function emptyCommands({ quick, columns, before }) {
  const runs = quick ? 5 : 15;
  const flags = ["--version", "--help"];
  const times = new Times();
  for (let run = 1; run <= runs; run++) {
    progress(`start-up: command ${run} of ${runs}`);
    if (columns.has("bare")) times.add("empty", "bare", await untilExit(["-e", "0"]));
    for (const flag of flags) {
      for (const [column, dist] of Object.entries(distsOf(columns, before))) {
        times.add(flag, column, await untilExit([join(dist, "cli.js"), flag]));
      }
    }
  }
  return flags.map((flag) =>
    compare(
      `${flag}; bare: an empty node`,
      ms,
      { ...times.medians("empty"), ...times.medians(flag) },
      { target: "<= 1.3 times bare" },
    ),
  );
}

/** In a process that has loaded the emulator, as in a test suite. Every round has a new process for each version. */
async function inProcess({ quick, columns, before }) {
  const rounds = quick ? 2 : 7;
  const times = new Times();
  for (let round = 1; round <= rounds; round++) {
    for (const [column, dist] of Object.entries(distsOf(columns, before))) {
      progress(`start-up, in-process: round ${round} of ${rounds}, ${column}`);
      const { stop, measured } = await startServer("servers/in-process.mjs", {
        dist,
        seed: SEED,
        groups: FORKED_GROUPS,
        runs: quick ? 5 : 10,
      });
      await stop();
      for (const [figure, time] of Object.entries(measured)) times.add(figure, column, time);
    }
  }
  const row = (name, figure) => compare(name, ms, times.medians(figure), { target: "<= before" });
  return [
    row("in-process: first start, seed, first answer", "first"),
    row("in-process: further starts", "further"),
    row("reset to the seed", "reset"),
    row(`fork of a world with ${count(FORKED_GROUPS)} groups`, "forkDefault"),
    row("  the same from the seed, second time", "forkSeed"),
  ];
}

/** The dist folders of the wanted versions, by column. */
const distsOf = (columns, before) => ({ ...(columns.has("before") ? { before } : {}), now: NOW });

/** Times of what is measured repeatedly, by column. */
class Times {
  #times = {};

  add(name, column, time) {
    this.#times[name] ??= {};
    this.#times[name][column] ??= [];
    this.#times[name][column].push(time);
  }

  medians(name) {
    return Object.fromEntries(
      Object.entries(this.#times[name] ?? {}).map(([column, times]) => [column, median(times)]),
    );
  }
}

const YAML_SEED = `
workspaces:
  - name: acme
    endpoints: [{ slug: acme/llama, targets: [{ provider: BASETEN, model_id: 3kZ9xqd }] }]
    groups:
      - external_entity_id: org
        models: [{ slug: acme/llama, rate_limits: [{ type: REQUEST, unit: MINUTE, threshold: 100 }] }]
        keys: [{ name: acme-prod, key: sky_acmeprod0001.local-secret }]
`;

/** Milliseconds from spawn to the first answer. @throws when there is none */
async function firstAnswer(argumentsFor) {
  const port = await freePort();
  const started = performance.now();
  const child = spawn(process.execPath, argumentsFor(port), {
    stdio: "ignore",
  });
  let ended = false;
  const gone = new Promise((resolve) => child.once("exit", resolve)).then(() => {
    ended = true;
  });
  try {
    while (!ended && performance.now() - started < PATIENCE_MS) {
      if (!(await listening(port))) continue;
      const connection = await Connection.open(port);
      await connection.ask(httpRequest("GET", "/_emulator/health", {}));
      connection.close();
      return performance.now() - started;
    }
    throw new Error(`no answer from node ${argumentsFor(port).join(" ")}`);
  } finally {
    child.kill("SIGKILL");
    await gone;
  }
}

/** Milliseconds from spawn to the end of the process. @throws unless it succeeds */
async function untilExit(args) {
  const started = performance.now();
  const child = spawn(process.execPath, args, { stdio: "ignore" });
  const code = await new Promise((resolve) => child.once("exit", resolve));
  if (code !== 0) throw new Error(`node ${args.join(" ")} failed`);
  return performance.now() - started;
}

function listening(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => setTimeout(() => resolve(false), 1));
  });
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
