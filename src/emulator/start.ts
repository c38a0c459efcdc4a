import { withCallerStack } from "../client/faces-at-caller.js";
import { checkFields } from "../client/faces-known-fields.js";
import { asInvalidSeed, type GatewayWorld, WorldHandle } from "../client/faces-world.js";
import { loadSeeds, type SeedSource } from "../config/load-seeds.js";
import type { Refusal } from "../config/refusals.js";
import type { ErrorCoverage } from "../domain/error-coverage.js";
import { createApp } from "../http/app.js";
import { HttpServer } from "../http/node/server.js";
import type { Seed } from "../schemas/seed.js";
import { ErrorCounter } from "../services/error-counter.js";
import { SeedError } from "../services/seeding.js";
import { VERSION } from "../version.js";
import { Tenancy, worldUrl } from "../worlds/registry.js";
import { World, type WorldOptions } from "../worlds/world.js";
import { DEFAULT_WORLD, Worlds } from "../worlds/worlds.js";
import { checkOptions, type EmulatorOptions } from "./options.js";

export { loadSeeds, type SeedSource } from "../config/load-seeds.js";
export { StateError } from "../store/state-file.js";
export type { EmulatorOptions } from "./options.js";

/** A running emulator and its first world. Stop it with {@link GatewayEmulator.stop}, or let `await using` do it. */
export interface GatewayEmulator extends GatewayWorld, AsyncDisposable {
  readonly port: number;
  /** Whether the state file had data: the seed is then only what {@link reset} goes back to. */
  readonly resumed: boolean;
  /**
   * The world of this name, made when it is not there: a copy in memory that shares nothing with the others.
   * @param options.from `seed`, the default, or the name of the world to copy as it stands
   * @throws GatewayError for a name that is none, or a source that is not there
   */
  world(name: string, options?: { readonly from?: string }): Promise<GatewayWorld>;
  /** Names of the worlds, the oldest first. */
  worlds(): readonly string[];
  /** Ends a world made by {@link world}. @throws GatewayError */
  removeWorld(name: string): Promise<void>;
  /** Which of the errors that there are were provoked since the start, over all worlds; a reset forgets none. */
  errorCoverage(): ErrorCoverage;
  /**
   * Finishes what is in flight, except what waits for a frozen clock, for more than five seconds or for a server that a
   * rule forwards to, then closes.
   */
  stop(): Promise<void>;
}

const DEFAULT_HOST = "127.0.0.1";

/**
 * Starts an emulator in this process.
 * @throws InvalidSeed, StateError, or what `listen` says
 */
export function startGatewayEmulator(options: EmulatorOptions = {}): Promise<GatewayEmulator> {
  return withCallerStack(startGatewayEmulator, () => start(options));
}

async function start(options: EmulatorOptions): Promise<GatewayEmulator> {
  checkOptions(options);
  const seed = options.seed === undefined ? null : await loadSeeds(options.seed);
  const worldOptions = worldOptionsOf(options, seed);
  const worlds = new Worlds(
    asInvalidSeed(() => new World(worldOptions)),
    worldOptions,
  );
  try {
    const running = new RunningEmulator(worlds, options.onRequest);
    await running.listen(options.port ?? 0, options.host ?? DEFAULT_HOST);
    return running;
  } catch (cause) {
    worlds.close();
    throw cause;
  }
}

/** Applies a seed to a throw-away world. @returns the first thing that cannot be applied, or null */
export function trySeed(seed: Seed): Refusal | null {
  try {
    new World({ state: ":memory:", seed, reset: false, workspaceKey: null, overrides: {} }).close();
    return null;
  } catch (cause) {
    if (!(cause instanceof SeedError)) throw cause;
    return { path: cause.path, message: cause.message };
  }
}

function worldOptionsOf(options: EmulatorOptions, seed: Seed | null): WorldOptions {
  const { acceptBearer, managementRateLimit } = options;
  return {
    state: options.state ?? ":memory:",
    seed,
    reset: options.reset ?? false,
    workspaceKey: options.workspaceKey ?? null,
    overrides: {
      ...(acceptBearer === undefined ? {} : { acceptBearer }),
      ...(managementRateLimit === undefined ? {} : { managementRateLimit }),
    },
  };
}

class RunningEmulator extends WorldHandle implements GatewayEmulator {
  readonly #errors = new ErrorCounter();
  readonly #worlds: Worlds;
  readonly #tenancy: Tenancy;
  readonly #server: HttpServer;
  readonly #origin: { url: string };
  #port = 0;
  #stopping: Promise<void> | null = null;

  constructor(worlds: Worlds, onRequest: EmulatorOptions["onRequest"]) {
    const origin = { url: "" };
    super(worlds.first, DEFAULT_WORLD, () => origin.url);
    this.#origin = origin;
    this.#worlds = worlds;
    if (onRequest) worlds.first.services.journal.onEntry(onRequest);
    const handleOf = (name: string): WorldHandle => {
      const world = worlds.get(name);
      if (onRequest) world.services.journal.onEntry(onRequest);
      return new WorldHandle(world, name, () => worldUrl(origin.url, name));
    };
    this.#tenancy = new Tenancy(worlds, this, handleOf, { version: VERSION, errors: this.#errors });
    this.#server = new HttpServer(createApp(this.#tenancy), {
      ownsProcess: false,
      giveUp: () => worlds.dropUnreachable(),
    });
  }

  get port(): number {
    return this.#port;
  }

  get resumed(): boolean {
    return this.#worlds.first.resumed;
  }

  override async reseed(source: SeedSource | readonly SeedSource[]): Promise<void> {
    await super.reseed(source);
    this.#worlds.seedChanged();
  }

  world(name: string, options: { readonly from?: string } = {}): Promise<GatewayWorld> {
    return withCallerStack(this.world, () => {
      checkFields("world", options, { from: true });
      if (this.#stopping) throw new Error("The emulator was stopped: it makes no more worlds.");
      return this.#worlds.has(name) && options.from === undefined
        ? this.#tenancy.handle(name)
        : this.#tenancy.fork(name, options.from);
    });
  }

  worlds(): readonly string[] {
    return this.#worlds.names;
  }

  removeWorld(name: string): Promise<void> {
    return withCallerStack(this.removeWorld, () => this.#tenancy.remove(name));
  }

  errorCoverage(): ErrorCoverage {
    return this.#errors.coverage();
  }

  /** @throws what {@link listen} says */
  async listen(port: number, host: string): Promise<void> {
    this.#port = await this.#server.listen(port, host);
    this.#origin.url = `http://${host.includes(":") ? `[${host}]` : host}:${this.#port}`;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#close();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #close(): Promise<void> {
    await this.#server.drain();
    this.#worlds.close();
  }
}
