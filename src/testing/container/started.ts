import type { Readable } from "node:stream";
import type { View } from "../../client/view.js";
import { EMULATOR_PORT, type Running, STOP_TIMEOUT_MS } from "./container-plan.js";

/** A running emulator, with the methods of a started container. Stop it, or let `await using` do it. */
export class StartedGatewayEmulatorContainer implements AsyncDisposable {
  readonly #running: Running;
  readonly #view: View;
  #stopping: Promise<void> | null = null;

  constructor(running: Running, view: View) {
    this.#running = running;
    this.#view = view;
  }

  /** Where it is reached: `127.0.0.1` for a process, what Docker says for a container. */
  getHost(): string {
    return this.#running.host;
  }

  /**
   * The port outside.
   * @param port the port inside, always 4110
   * @throws Error for any other
   */
  getMappedPort(port: number): number {
    if (port === EMULATOR_PORT) return this.#running.port;
    throw new Error(`port ${port} is not exposed: the emulator has one port, ${EMULATOR_PORT}`);
  }

  getFirstMappedPort(): number {
    return this.#running.port;
  }

  /** Such as `http://127.0.0.1:49152`. */
  getUrl(): string {
    return urlOf(this.#running);
  }

  /** The URL with `/v1`: the base URL of OpenAI clients. */
  getInferenceUrl(): string {
    return `${this.getUrl()}/v1`;
  }

  /** Manages the first workspace. */
  getWorkspaceKey(): string {
    return this.#view.env.BASETEN_API_KEY ?? "";
  }

  /** Federated keys that the seed named, by name. */
  getKeys(): Readonly<Record<string, string>> {
    return this.#view.keys;
  }

  /** Environment for a process that is to use it: `GATEWAY_EMULATOR_URL`, `BASETEN_API_KEY`, `OPENAI_BASE_URL`, … */
  getEnvironment(): Readonly<Record<string, string>> {
    return this.#view.env;
  }

  /** What it wrote so far and will write, one line of text per chunk; ends when it stops. */
  logs(): Promise<Readable> {
    return this.#running.logs();
  }

  /**
   * Stops it; a second call waits for the first.
   * @param options.timeout how long what is in flight may take, milliseconds, 10,000 when absent
   */
  stop({ timeout = STOP_TIMEOUT_MS }: { readonly timeout?: number } = {}): Promise<void> {
    this.#stopping ??= this.#running.stop(timeout);
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

export function urlOf({ host, port }: Pick<Running, "host" | "port">): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
