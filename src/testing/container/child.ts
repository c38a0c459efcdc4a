import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { type ContainerPlan, environmentOf, type Running } from "./container-plan.js";
import { LogBook } from "./log.js";
import { withSeedFiles } from "./seed-folder.js";

const HOST = "127.0.0.1";
/** Lines of the log that an error shows. */
const SHOWN_LINES = 20;
/** What the command line puts before its own messages. */
const PREFIX = "gateway-emulator: ";

/**
 * Runs the command line as a process whose standard input is a pipe from here: the system closes that pipe however
 * this process ends, and the emulator stops with it.
 */
export function startProcess(plan: ContainerPlan): Promise<Running> {
  // Once it listens, the emulator has read them, and keeps in its state what a reset goes back to.
  return withSeedFiles(plan.seeds, (paths) => launch(plan, paths));
}

async function launch(plan: ContainerPlan, seeds: readonly string[]): Promise<Running> {
  const port = String(plan.hostPort ?? 0);
  const child = spawn(
    process.execPath,
    [
      ...[cliFile(), "start", "--port", port, "--host", HOST, "--log", "json", "--exit-with-stdin"],
      ...seeds.map((path) => `--seed=${path}`),
    ],
    { env: { ...outerEnvironment(), ...environmentOf(plan) }, stdio: "pipe", windowsHide: true },
  );
  const log = new LogBook();
  log.read(child.stdout);
  log.read(child.stderr);
  const gone = new Promise<void>((resolve) => {
    child.once("close", () => {
      log.end();
      resolve();
    });
  });
  // It may be gone before its input is closed.
  child.stdin.on("error", () => {});
  plan.logConsumer?.(log.stream());
  await once(child, "spawn");

  const timeout = AbortSignal.timeout(plan.startupTimeoutMs);
  const url = await listening(log, timeout);
  if (url === null) {
    child.kill("SIGKILL");
    await gone;
    throw timeout.aborted ? tooLate(plan, log) : notStarted(child, log);
  }
  keepsUsAlive(child, false);
  return {
    host: url.hostname,
    port: Number(url.port),
    logs: async () => log.stream(),
    async stop(timeoutMs) {
      keepsUsAlive(child, true);
      child.stdin.end();
      AbortSignal.timeout(timeoutMs).addEventListener("abort", () => child.kill("SIGKILL"));
      await gone;
    },
  };
}

/** Waits for the line that says where it listens; null when it ends before, or at the timeout. */
async function listening(log: LogBook, timeout: AbortSignal): Promise<URL | null> {
  const input = log.stream();
  try {
    for await (const line of createInterface({ input, signal: timeout })) {
      const url = urlIn(line);
      if (url) return url;
    }
    return null;
  } finally {
    input.destroy();
  }
}

function urlIn(line: string): URL | null {
  if (!line.startsWith("{")) return null;
  const entry: unknown = JSON.parse(line);
  if (typeof entry !== "object" || entry === null || !("event" in entry) || !("url" in entry)) return null;
  return entry.event === "listening" && typeof entry.url === "string" ? new URL(entry.url) : null;
}

/** The emulator prints one line that says what is wrong, and before it, each in a line, problems of seeds. */
function notStarted(child: ChildProcessWithoutNullStreams, log: LogBook): Error {
  const lines = log.tail(SHOWN_LINES).trimEnd().split("\n");
  const own = lines.find((line) => line.startsWith(PREFIX));
  const message = own?.slice(PREFIX.length) ?? `its process ended with ${child.exitCode ?? child.signalCode}`;
  const details = lines.filter((line) => line !== own && line !== "").map((line) => `  ${line}`);
  return new Error([`gateway-emulator did not start: ${message}`, ...details].join("\n"));
}

function tooLate({ startupTimeoutMs }: ContainerPlan, log: LogBook): Error {
  const wrote = log.tail(SHOWN_LINES).trimEnd();
  const last = wrote === "" ? "It wrote nothing." : `The last it wrote:\n${wrote}`;
  return new Error(`gateway-emulator did not listen within ${startupTimeoutMs} ms. ${last}`);
}

/** Whether this process waits for the emulator's: who forgets to stop it should not hang, and it ends with us. */
function keepsUsAlive(child: ChildProcessWithoutNullStreams, whether: boolean): void {
  const streams = [child.stdin, child.stdout, child.stderr].filter(keepsAlive);
  for (const handle of [child, ...streams]) {
    if (whether) handle.ref();
    else handle.unref();
  }
}

/** The pipes of a child do, whatever their types say. */
function keepsAlive<T extends object>(stream: T): stream is T & Pick<ChildProcess, "ref" | "unref"> {
  return "ref" in stream && "unref" in stream;
}

/** As in a container, nothing of what configures an emulator comes from outside; neither do options of Node. */
function outerEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^GATEWAY_EMULATOR_/i.test(name) && name !== "BASETEN_API_KEY" && name !== "NODE_OPTIONS",
    ),
  );
}

/** The built command line of this package, which is found by its own name wherever this module was put. */
function cliFile(): string {
  const root = dirname(createRequire(import.meta.url).resolve("gateway-emulator/package.json"));
  const file = join(root, "dist", "cli.js");
  if (!existsSync(file)) throw new Error(`${file} does not exist: run \`npm run build\` first`);
  return file;
}
