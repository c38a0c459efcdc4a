import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type BillingFace, billingFace, type WebhooksFace, webhooksFace } from "./billing-face.js";
import { type ClockFace, clockFace } from "./clock-face.js";
import { type ExampleCall, exampleCall } from "./config/example-call.js";
import { loadSeeds, type SeedSource } from "./config/load-seeds.js";
import { InvalidSeed } from "./config/problems.js";
import type { Refusal } from "./config/refusals.js";
import { checkSeedValue } from "./config/seed-file.js";
import { GatewayError } from "./domain/errors.js";
import type { JournalEntry, JournalFilter } from "./domain/journal.js";
import type { Settings } from "./domain/settings.js";
import { createHttpServer } from "./http/server.js";
import { type Drain, drainable } from "./runtime/drain.js";
import type { Seed } from "./schemas/seed.js";
import { SeedError } from "./services/seeding.js";
import { VERSION } from "./version.js";
import { World } from "./world.js";

export { loadSeeds, type SeedSource } from "./config/load-seeds.js";
export { StateError } from "./store/state-file.js";

/** How to start an emulator. Everything is optional. */
export interface EmulatorOptions {
  /** 0, the default, picks a free one. */
  readonly port?: number | undefined;
  /** Loopback unless told otherwise. */
  readonly host?: string | undefined;
  /** A state file, or `:memory:`, the default. */
  readonly state?: string | undefined;
  /** One or several; later ones add to earlier ones. */
  readonly seed?: SeedSource | readonly SeedSource[] | undefined;
  /** Start from the seed even when the state file has data. */
  readonly reset?: boolean | undefined;
  /** A key that manages the first workspace, besides those of the seed. */
  readonly workspaceKey?: string | undefined;
  /** X-1: federated keys may be sent as `Bearer`. */
  readonly acceptBearer?: boolean | undefined;
  /** A-6: refuse more than 100 management requests a second per key and route. */
  readonly managementRateLimit?: boolean | undefined;
  /** Told after every request. */
  readonly onRequest?: ((entry: JournalEntry) => void) | undefined;
}

/** A running emulator. Stop it with {@link GatewayEmulator.stop}, or let `await using` do it. */
export interface GatewayEmulator extends AsyncDisposable {
  /** Such as `http://127.0.0.1:4110`. */
  readonly url: string;
  /** `url` with `/v1`: the base URL of OpenAI clients. */
  readonly inferenceUrl: string;
  readonly port: number;
  /** Manages the first workspace. */
  readonly workspaceKey: string;
  /** Federated keys that the seed named, by name. */
  readonly keys: Readonly<Record<string, string>>;
  /** Environment for a process that is to use this emulator. */
  readonly env: Readonly<Record<string, string>>;
  /** Moves the world's time. */
  readonly clock: ClockFace;
  /** Deliveries of billing events. */
  readonly webhooks: WebhooksFace;
  /** What was billed. */
  readonly billing: BillingFace;
  /** Whether the state file had data: the seed is then only what {@link reset} goes back to. */
  readonly resumed: boolean;
  /** A key of the seed with a slug it may call, or null when the seed has none. */
  readonly example: ExampleCall | null;
  /** Back to the seed. */
  reset(): Promise<void>;
  /** Makes another seed what {@link reset} goes back to, and resets. A bad one changes nothing. @throws InvalidSeed */
  reseed(source: SeedSource | readonly SeedSource[]): Promise<void>;
  /** Adds to what is there. @throws InvalidSeed */
  seed(partial: SeedSource): Promise<void>;
  /** What was asked so far, oldest first; every given field has to fit. */
  requests(filter?: JournalFilter): Promise<readonly JournalEntry[]>;
  /** Finishes what is in flight, except what waits for a frozen clock, then closes. */
  stop(): Promise<void>;
}

const DEFAULT_HOST = "127.0.0.1";
/** Most entries that `requests()` answers at once. */
const MOST_REQUESTS = 100_000;

/**
 * Starts an emulator in this process.
 * @throws InvalidSeed, StateError, or what `listen` says
 */
export async function startGatewayEmulator(options: EmulatorOptions = {}): Promise<GatewayEmulator> {
  const seed = options.seed === undefined ? null : await loadSeeds(options.seed);
  const world = openWorld(options, seed);
  try {
    const running = new RunningEmulator(world, options);
    await running.listen(options.port ?? 0, options.host ?? DEFAULT_HOST);
    return running;
  } catch (cause) {
    world.close();
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

function openWorld(options: EmulatorOptions, seed: Seed | null): World {
  const overrides: Partial<Settings> = {
    ...(options.acceptBearer === undefined ? {} : { acceptBearer: options.acceptBearer }),
    ...(options.managementRateLimit === undefined
      ? {}
      : { managementRateLimit: options.managementRateLimit }),
  };
  return asInvalidSeed(
    () =>
      new World({
        state: options.state ?? ":memory:",
        seed,
        reset: options.reset ?? false,
        workspaceKey: options.workspaceKey ?? null,
        overrides,
      }),
  );
}

/** A seed can be wrong in form or in substance; the caller sees one kind of error. */
function asInvalidSeed<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof SeedError) throw invalidSeed(cause.path.join("."), cause.message);
    // The only thing a world adds to its seed.
    if (cause instanceof GatewayError) throw invalidSeed("workspaceKey", cause.message);
    throw cause;
  }
}

function invalidSeed(path: string, message: string): InvalidSeed {
  return new InvalidSeed([{ file: null, line: null, path, message }]);
}

class RunningEmulator implements GatewayEmulator {
  readonly clock: ClockFace;
  readonly webhooks: WebhooksFace;
  readonly billing: BillingFace;
  readonly #world: World;
  readonly #server: Server;
  readonly #drain: Drain;
  #host = DEFAULT_HOST;
  #port = 0;
  #stopping: Promise<void> | null = null;

  constructor(world: World, options: EmulatorOptions) {
    this.#world = world;
    this.clock = clockFace(world.services.time);
    this.webhooks = webhooksFace(world.services.webhooks);
    this.billing = billingFace(world.services.billing);
    this.#server = createHttpServer(world.services, {
      version: VERSION,
      url: () => this.url,
      env: () => this.env,
      reset: () => world.reset(),
      seed: (partial) => asGatewayError(() => this.#add(checkSeedValue(partial))),
    });
    this.#drain = drainable(this.#server, () => this.#dropUnreachable());
    if (options.onRequest) world.services.journal.onEntry(options.onRequest);
  }

  get url(): string {
    return `http://${this.#host.includes(":") ? `[${this.#host}]` : this.#host}:${this.#port}`;
  }

  get inferenceUrl(): string {
    return `${this.url}/v1`;
  }

  get port(): number {
    return this.#port;
  }

  get workspaceKey(): string {
    return this.#world.workspaceKey;
  }

  get keys(): Readonly<Record<string, string>> {
    return this.#world.keys;
  }

  get env(): Readonly<Record<string, string>> {
    const [firstKey] = Object.values(this.keys);
    return {
      GATEWAY_EMULATOR_URL: this.url,
      BASETEN_API_KEY: this.workspaceKey,
      BASETEN_BASE_URL: this.inferenceUrl,
      OPENAI_BASE_URL: this.inferenceUrl,
      ...(firstKey === undefined ? {} : { OPENAI_API_KEY: firstKey }),
    };
  }

  get resumed(): boolean {
    return this.#world.resumed;
  }

  get example(): ExampleCall | null {
    return exampleCall(this.#world.seed);
  }

  listen(port: number, host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => {
        this.#server.off("error", reject);
        this.#host = host;
        this.#port = portOf(this.#server.address());
        resolve();
      });
    });
  }

  async reset(): Promise<void> {
    this.#world.reset();
  }

  async reseed(source: SeedSource | readonly SeedSource[]): Promise<void> {
    const seed = await loadSeeds(source);
    asInvalidSeed(() => this.#world.reseed(seed));
  }

  async seed(partial: SeedSource): Promise<void> {
    this.#add(await loadSeeds(partial));
  }

  async requests(filter: JournalFilter = {}): Promise<readonly JournalEntry[]> {
    return this.#world.services.journal.page(filter, 0, MOST_REQUESTS);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#close();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #add(seed: Seed): void {
    asInvalidSeed(() => this.#world.add(seed));
  }

  /** What waits for an instant that does not come: any while time stands still, or one that there is not. */
  #dropUnreachable(): void {
    const { clock } = this.#world.services.kernel;
    if (clock.state.mode === "frozen" || clock.nextJobAt() === Number.POSITIVE_INFINITY) clock.clear();
  }

  async #close(): Promise<void> {
    await this.#drain();
    this.#world.close();
  }
}

function asGatewayError<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof InvalidSeed)) throw cause;
    throw new GatewayError("validation", { message: cause.message });
  }
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === "object" && address !== null ? address.port : 0;
}
