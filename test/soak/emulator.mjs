import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { connectGatewayEmulator } from "../../dist/index.js";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
/** A start that takes longer is a failure, milliseconds. */
const START_MS = 30_000;

/** The command line with a state file, as users run it. */
export class Emulator {
  #child = null;
  #options;

  /** @param options port; files `state` and `seed` */
  constructor(options) {
    this.#options = options;
  }

  get url() {
    return `http://127.0.0.1:${this.#options.port}`;
  }

  /** Starts it and waits until it answers. */
  async start() {
    const { port, state, seed } = this.#options;
    const args = [CLI, "start", "--port", String(port), "--state", state, "--seed", seed, "--log", "silent"];
    this.#child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    this.#child.stderr.on("data", (text) => {
      if (!`${text}`.startsWith("gateway-emulator listens on")) process.stderr.write(text);
    });
    for (const started = performance.now(); performance.now() - started < START_MS; ) {
      if (this.#child.exitCode !== null) break;
      if (await fetch(`${this.url}/_emulator/health`).catch(() => null)) return;
      await pause(20);
    }
    throw new Error(`the emulator does not start on ${state}`);
  }

  /** `kill -9`. */
  async kill() {
    await this.#end("SIGKILL");
  }

  async stop() {
    await this.#end("SIGTERM");
  }

  /** Runs `work` while the process stands still. */
  async frozen(work) {
    this.#child.kill("SIGSTOP");
    try {
      return await work();
    } finally {
      this.#child.kill("SIGCONT");
    }
  }

  /** Resident memory, megabytes. */
  async memory() {
    const status = await readFile(`/proc/${this.#child.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
  }

  /** The test API. */
  connect() {
    return connectGatewayEmulator(this.url);
  }

  async #end(signal) {
    const exited = once(this.#child, "exit");
    this.#child.kill(signal);
    await exited;
  }
}

export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
