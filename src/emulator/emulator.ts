import { type ClientOptions, GatewayClient } from "../client/client.js";
import { type Fetch, WorldEndedError } from "../client/connection.js";
import { milliseconds } from "../client/durations.js";
import type { GatewayWorld } from "../client/gateway-world.js";
import { ensureWorld, type ForkOptions, removeWorld } from "../client/worlds.js";
import type { ErrorCoverage } from "../domain/error-coverage.js";
import type { Fetch as FetchFunction } from "../http/fetch.js";
import type { ErrorCounter } from "../services/error-counter.js";
import type { World } from "../worlds/world.js";
import { viewOf, worldUrl } from "../worlds/world-view.js";
import { DEFAULT_WORLD, type Worlds } from "../worlds/worlds.js";
import type { PendingCalls } from "./pending-calls.js";
import type { StopWait } from "./stop.js";
import { DEFAULT_STOP_GRACE } from "./stop-grace.js";

/** A running emulator and its first world. Stop it with {@link GatewayEmulator.stop}, or let `await using` do it. */
export interface GatewayEmulator extends GatewayWorld, AsyncDisposable {
  /** 0 when it does not listen. */
  readonly port: number;
  /**
   * The emulator as a function, without a socket: `new OpenAI({ baseURL: gateway.inferenceUrl, fetch: gateway.fetch })`.
   * The host of a URL does not matter, unless it is one that the emulator stands for. A connection that a fault resets
   * is a rejected call.
   */
  readonly fetch: FetchFunction;
  /** Whether the state file had data: the seed is then only what {@link reset} goes back to. */
  readonly resumed: boolean;
  /**
   * The world of this name, made unless it exists: a copy in memory that shares nothing with the others.
   * @param options.from `seed`, the default, or the name of the world to copy as it is
   * @throws ControlError for an invalid name, or an unknown source
   */
  world(name: string, options?: ForkOptions): Promise<GatewayWorld>;
  /** Names of the worlds, oldest first. */
  worlds(): readonly string[];
  /** Ends a world made by {@link world}. @throws ControlError */
  removeWorld(name: string): Promise<void>;
  /** Which errors were provoked since the start, over all worlds; a reset does not forget them. */
  errorCoverage(): ErrorCoverage;
  /**
   * Finishes calls of this API, then what is under way, and closes. It does not wait for connections without a complete
   * request, nor for what waits for a frozen clock. What has not ended within the grace is cut: streams are charged for
   * what was sent, and webhooks stay in the outbox.
   *
   * A second call waits for the same end; with the grace 0 it ends the wait of the first.
   * @throws TypeError for a grace that is not a duration
   */
  stop(options?: StopOptions): Promise<void>;
}

/** How {@link GatewayEmulator.stop} stops. */
export interface StopOptions {
  /** How long work under way may go on, in real time: milliseconds, or such as `"500ms"`. `"3s"` when absent. */
  readonly grace?: number | string | undefined;
  /** Called once with what is waited for, such as `2 streams, 1 delivery`; not called when there is nothing. */
  readonly onWait?: ((what: string) => void) | undefined;
}

/** What a running emulator is made of. */
export interface EmulatorParts {
  readonly port: number;
  /** Where it is reached. */
  readonly origin: string;
  /** What `/_emulator/` asks for over a socket; null: nothing. */
  readonly controlToken: string | null;
  readonly worlds: Worlds;
  readonly errors: ErrorCounter;
  /** The app without a socket. */
  readonly fetch: FetchFunction;
  /** Ends what is under way. */
  readonly endWork: (wait: StopWait) => Promise<void>;
  readonly pendingCalls: PendingCalls;
}

export class RunningEmulator extends GatewayClient implements GatewayEmulator {
  readonly port: number;
  readonly fetch: FetchFunction;
  readonly #parts: EmulatorParts;
  /** One client a world, whoever asks. */
  readonly #clients = new WeakMap<World, GatewayWorld>();
  #stopping: Promise<void> | null = null;
  readonly #hurry = new AbortController();

  constructor(parts: EmulatorParts) {
    super(clientOptions(parts, DEFAULT_WORLD));
    this.port = parts.port;
    this.#parts = parts;
    // A function of its own, since clients call it without the emulator.
    this.fetch = async (input, init) => {
      if (this.#stopping) throw new Error("The emulator was stopped: nothing answers. Is an await missing?");
      return parts.fetch(input, init);
    };
    this.#clients.set(parts.worlds.first, this);
  }

  get resumed(): boolean {
    return this.#parts.worlds.first.resumed;
  }

  world(name: string, options: ForkOptions = {}): Promise<GatewayWorld> {
    return this.call(this.world, async () => {
      await ensureWorld(this.control, name, options, () => this.worlds());
      const world = this.#parts.worlds.get(name);
      const client = this.#clients.get(world) ?? new GatewayClient(clientOptions(this.#parts, name));
      this.#clients.set(world, client);
      return client;
    });
  }

  worlds(): readonly string[] {
    return this.#parts.worlds.names;
  }

  removeWorld(name: string): Promise<void> {
    return this.call(this.removeWorld, () => removeWorld(this.control, name));
  }

  errorCoverage(): ErrorCoverage {
    return this.#parts.errors.coverage();
  }

  async stop({ grace = DEFAULT_STOP_GRACE, onWait = () => {} }: StopOptions = {}): Promise<void> {
    const graceMs = milliseconds("stop: grace", grace);
    if (graceMs === 0) this.#hurry.abort();
    this.#stopping ??= this.#close({ graceMs, onWait, hurry: this.#hurry.signal });
    await this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #close(wait: StopWait): Promise<void> {
    const { pendingCalls, endWork, worlds } = this.#parts;
    await pendingCalls.finished(wait.graceMs, wait.hurry);
    await endWork(wait);
    worlds.close();
  }
}

function clientOptions(
  { worlds, origin, controlToken, fetch, pendingCalls }: EmulatorParts,
  name: string,
): ClientOptions {
  const world = worlds.get(name);
  const url = worldUrl(origin, name);
  // Read from the world at each access, and so always current.
  const current = () => ({ ...viewOf(world, name, url, controlToken), workspaceKey: world.workspaceKey });
  return {
    url,
    fetch: fetchOf(world, name, fetch),
    view: { current, refresh: async () => {} },
    onCall: (end) => pendingCalls.add(end),
  };
}

/** How a client in this process reaches its world. */
function fetchOf(world: World, name: string, fetch: Fetch): Fetch {
  const checkOpen = (): void => {
    if (world.closed) throw new WorldEndedError(name);
  };
  return async (url, init) => {
    checkOpen();
    const response = await fetch(url, init).catch((cause: unknown) => {
      checkOpen();
      throw cause;
    });
    // It ended while the call was under way.
    if (!response.ok) checkOpen();
    return response;
  };
}
