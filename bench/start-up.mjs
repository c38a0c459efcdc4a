import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startServer } from "./child.mjs";
import { Connection, httpRequest } from "./load.mjs";
import { count, median, ms, progress } from "./report.mjs";
import { SEED, withFolder } from "./seed.mjs";

const CLI = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const BARE = fileURLToPath(new URL("./servers/bare-start.mjs", import.meta.url));
/** How long to wait for a process to answer. */
const PATIENCE_MS = 10_000;
const FORKED_GROUPS = 1_000;

/** Time to the first answer: from the start of a process, and from a call in a process that has loaded dist/. */
export const startUp = ({ quick }) =>
  withFolder(async (folder) => {
    const runs = quick ? 5 : 15;
    const seedFile = join(folder, "seed.json");
    await writeFile(seedFile, JSON.stringify(SEED));
    const yamlFile = join(folder, "seed.yaml");
    await writeFile(yamlFile, YAML_SEED);

    const timed = { bare: [], plain: [], json: [], yaml: [] };
    for (let run = 1; run <= runs; run++) {
      progress(`start-up: process ${run} of ${runs}`);
      const state = (name) => ["--state", join(folder, `${name}-${run}.db`), "--log", "silent"];
      timed.bare.push(await firstAnswer((port) => [BARE, String(port)]));
      const cli = (...more) => firstAnswer((port) => [CLI, "start", "--port", String(port), ...more]);
      timed.plain.push(await cli(...state("plain")));
      timed.json.push(await cli(...state("json"), "--seed", seedFile));
      timed.yaml.push(await cli(...state("yaml"), "--seed", yamlFile));
    }
    const bare = cell(timed.bare);
    progress("start-up: in-process");
    const inProcess = await startServer("servers/in-process.mjs", {
      seed: SEED,
      runs: quick ? 10 : 40,
      groups: FORKED_GROUPS,
    });
    await inProcess.stop();
    return [
      {
        name: "start, process to first answer",
        bare,
        emulator: cell(timed.plain),
        target: "<= 150 ms",
      },
      {
        name: "the same with a JSON seed file",
        bare,
        emulator: cell(timed.json),
      },
      {
        name: "the same with a YAML seed file",
        bare,
        emulator: cell(timed.yaml),
      },
      {
        name: "in-process: first start, seed, first answer",
        emulator: ms(inProcess.first),
        target: "<= 50 ms",
      },
      {
        name: "in-process: further starts",
        emulator: ms(inProcess.further),
        target: "<= 20 ms",
      },
      { name: "reset to the seed", emulator: ms(inProcess.reset), target: "<= 5 ms" },
      {
        name: `fork of a world with ${count(FORKED_GROUPS)} groups`,
        emulator: ms(inProcess.forkDefault),
        target: "<= 20 ms",
      },
      {
        name: "the same from the seed, second time",
        emulator: ms(inProcess.forkSeed),
        target: "<= 20 ms",
      },
    ];
  });

const YAML_SEED = `
workspaces:
  - name: acme
    endpoints: [{ slug: acme/llama, targets: [{ provider: BASETEN, model_id: 3kZ9xqd }] }]
    groups:
      - external_entity_id: org
        models: [{ slug: acme/llama, rate_limits: [{ type: REQUEST, unit: MINUTE, threshold: 100 }] }]
        keys: [{ name: acme-prod, key: sky_acmeprod0001.local-secret }]
`;

function cell(times) {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? "did not start" : ms(median(known));
}

/** Milliseconds from spawn to the first answer; null if the process ends before. */
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
    return null;
  } finally {
    child.kill("SIGKILL");
    await gone;
  }
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
