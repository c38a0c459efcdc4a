import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";

const SCRIPT = fileURLToPath(new URL("../support/serve-state.mjs", import.meta.url));
const hello = z.object({ url: z.string(), workspaceKey: z.string() });

/** An emulator in a process of its own: the built one, as users run it. */
export class EmulatorProcess implements AsyncDisposable {
  readonly url: string;
  readonly workspaceKey: string;
  readonly #child: ChildProcess;

  /** @param state a file @param seed fills it when it is new */
  static async start(state: string, seed: object): Promise<EmulatorProcess> {
    const child = fork(SCRIPT, [JSON.stringify({ state, seed })], { execArgv: [] });
    const [message] = await Promise.race([
      once(child, "message"),
      once(child, "exit").then(([code]) => Promise.reject(new Error(`the emulator ended with code ${code}`))),
    ]);
    return new EmulatorProcess(child, hello.parse(message));
  }

  private constructor(child: ChildProcess, { url, workspaceKey }: z.output<typeof hello>) {
    this.#child = child;
    this.url = url;
    this.workspaceKey = workspaceKey;
  }

  /** `kill -9`: nothing in the process learns of it. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  /** As Ctrl-C in a terminal. */
  stop(): Promise<void> {
    return this.#end("SIGTERM");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill(signal);
    await gone;
  }

  /**
   * One request.
   * @returns null when the process went away before it had answered
   */
  async ask(method: string, path: string, body?: unknown, key = this.workspaceKey): Promise<Answer | null> {
    try {
      const response = await fetch(this.url + path, {
        method,
        headers: { Authorization: `Api-Key ${key}`, "Content-Type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.json() };
    } catch (cause) {
      if (cause instanceof TypeError || cause instanceof SyntaxError) return null;
      throw cause;
    }
  }

  /** A request that has to be answered with 200. */
  async get(path: string): Promise<Answer["body"]> {
    const answer = await this.ask("GET", path);
    if (answer?.status !== 200) throw new Error(`GET ${path}: ${JSON.stringify(answer)}`);
    return answer.body;
  }
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers as their users do, without types
  readonly body: any;
}

/** A folder that is gone when the test ends. */
export async function temporaryFolder(): Promise<AsyncDisposable & { file(name: string): string }> {
  const folder = await mkdtemp(join(tmpdir(), "gateway-emulator-test-"));
  return {
    file: (name) => join(folder, name),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
