import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

export interface CliOptions {
  readonly cwd?: string;
  /** Added to nearly nothing: the tests' own environment stays out. */
  readonly env?: Record<string, string>;
}

/** How a process ended: exit code or signal. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of the command line under test. */
export class CliProcess implements AsyncDisposable {
  stdout = "";
  stderr = "";
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #running = true;
  #heard: () => void = () => {};

  constructor(args: readonly string[], { cwd, env }: CliOptions = {}) {
    this.#child = spawn(process.execPath, [CLI, ...args], {
      cwd,
      env: { PATH: process.env.PATH ?? "", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
      this.#heard();
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
      this.#heard();
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("close", (code, signal) => {
        this.#running = false;
        this.#heard();
        resolve({ code, signal });
      });
    });
  }

  /** Waits until either output has it. Fails when the process ends before. */
  async waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
      if (found) return found;
      if (!this.#running) throw new Error(`ended without ${pattern}:\n${this.stdout}\n${this.stderr}`);
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  /** Sends a signal, again and again until the process has ended. */
  async insist(signal: NodeJS.Signals): Promise<Ended> {
    const timer = setInterval(() => this.signal(signal), 20);
    return this.ended.finally(() => clearInterval(timer));
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The reader of its standard output goes away, as `| head` does. */
  closeStdout(): void {
    this.#child.stdout?.destroy();
  }

  /** SIGTERM, and its end. */
  stop(): Promise<Ended> {
    this.signal("SIGTERM");
    return this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }
}

/** A started emulator and where it listens. */
export interface CliEmulator extends AsyncDisposable {
  readonly process: CliProcess;
  readonly url: string;
}

/** `gateway-emulator` on a free port, waited for until it listens. */
export async function startCli(args: readonly string[], options: CliOptions = {}): Promise<CliEmulator> {
  const child = new CliProcess(args.includes("--port") ? args : ["--port", "0", ...args], options);
  const [url] = await child.waitFor(/http:\/\/127\.0\.0\.1:\d+/);
  return { process: child, url, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
}

/** Runs a command to its end. */
export async function runCli(
  args: readonly string[],
  options: CliOptions = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  await using child = new CliProcess(args, options);
  const { code } = await child.ended;
  return { code, stdout: child.stdout, stderr: child.stderr };
}

/** A folder for one test, with files by name. */
export interface Folder extends AsyncDisposable {
  readonly path: string;
  /** Writes a file. @returns its path */
  write(name: string, content: string | Uint8Array): Promise<string>;
}

export async function temporaryFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), "gateway-emulator-"));
  return {
    path,
    async write(name, content) {
      const file = join(path, name);
      await writeFile(file, content);
      return file;
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
