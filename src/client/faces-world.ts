import { type ExampleCall, exampleCall } from "../config/example-call.js";
import { loadSeeds, type SeedSource } from "../config/load-seeds.js";
import { InvalidSeed } from "../config/problems.js";
import { checkSeedValue } from "../config/seed-file.js";
import { GatewayError } from "../domain/errors.js";
import type { JournalEntry, JournalFilter } from "../domain/journal.js";
import { SeedError } from "../services/seeding.js";
import type { World } from "../worlds/world.js";
import { methodsWithCallerStack, withCallerStack } from "./faces-at-caller.js";
import { type BillingApi, billingFace, type WebhooksApi, webhooksFace } from "./faces-billing.js";
import { type ClockApi, clockFace } from "./faces-clock.js";
import { checkFields } from "./faces-known-fields.js";
import {
  type CreatedEndpoint,
  type CreatedGroup,
  type EndpointInput,
  type GroupInput,
  ManagementClient,
  type MintedKey,
} from "./faces-management.js";
import {
  type Expectation,
  expectNoUnmatched,
  expectRequest,
  listRequests,
  type RequestSource,
  requestsIn,
} from "./faces-requests.js";
import { type CompletionsApi, completionsFace, type FaultsApi, faultsFace } from "./faces-rules.js";
import { type Snapshot, Snapshots } from "./faces-snapshots.js";

/** One world of an emulator: its own groups, keys, counters, clock, webhooks and journal. */
export interface GatewayWorld {
  /** `default` for the one that an emulator starts with. */
  readonly name: string;
  /** Such as `http://127.0.0.1:4110`, or `http://127.0.0.1:4110/_worlds/<name>`. */
  readonly url: string;
  /** `url` with `/v1`: the base URL of OpenAI clients. */
  readonly inferenceUrl: string;
  /** Manages the first workspace; of a forked world, it also leads there without its URL. */
  readonly workspaceKey: string;
  /** Federated keys that the seed named, by name. */
  readonly keys: Readonly<Record<string, string>>;
  /** Environment for a process that is to use this world. */
  readonly env: Readonly<Record<string, string>>;
  /** Moves the world's time. */
  readonly clock: ClockApi;
  /** Deliveries of billing events. */
  readonly webhooks: WebhooksApi;
  /** What was billed. */
  readonly billing: BillingApi;
  /** Misbehaviour on purpose. */
  readonly faults: FaultsApi;
  /** What the models say. */
  readonly completions: CompletionsApi;
  /** A key of the seed with a slug it may call, or null when the seed has none. */
  readonly example: ExampleCall | null;
  /** Back to the seed. */
  reset(): Promise<void>;
  /** Makes another seed what {@link reset} goes back to, and resets. A bad one changes nothing. @throws InvalidSeed */
  reseed(source: SeedSource | readonly SeedSource[]): Promise<void>;
  /** Adds to what is there. @throws InvalidSeed */
  seed(partial: SeedSource): Promise<void>;
  /** Keeps everything as it stands, counters, clock and ids to come included; with `file`, there as well. */
  snapshot(options?: { readonly name?: string; readonly file?: string }): Promise<Snapshot>;
  /** Back to a snapshot, by itself, by its name, or from a file. @throws GatewayError, StateError */
  restore(snapshot: string | Pick<Snapshot, "name"> | { readonly file: string }): Promise<void>;
  /** Makes an endpoint through the management API. @throws ManagementError */
  createEndpoint(endpoint: string | EndpointInput): Promise<CreatedEndpoint>;
  /** Makes a group through the management API. @throws ManagementError */
  createGroup(group: GroupInput): Promise<CreatedGroup>;
  /** Mints a key through the management API. @throws ManagementError */
  mintKey(group: string | { readonly id: string }, name?: string): Promise<MintedKey>;
  /** What was asked so far, oldest first; every given field has to fit. */
  requests(filter?: JournalFilter): Promise<readonly JournalEntry[]>;
  /**
   * Waits until a request fits, and answers those that do.
   * @throws RequestExpectationError that shows what was asked instead
   */
  expectRequest(filter?: JournalFilter, expectation?: Expectation): Promise<readonly JournalEntry[]>;
  /** @throws RequestExpectationError naming every request that no completion rule fitted or no route took */
  expectNoUnmatched(): Promise<void>;
}

/** A world, from a test. */
export class WorldHandle implements GatewayWorld {
  readonly name: string;
  readonly clock: ClockApi;
  readonly webhooks: WebhooksApi;
  readonly billing: BillingApi;
  readonly faults: FaultsApi;
  readonly completions: CompletionsApi;
  readonly snapshots: Snapshots;
  readonly #world: World;
  readonly #url: () => string;
  readonly #management: ManagementClient;
  readonly #requests: RequestSource;

  constructor(world: World, name: string, url: () => string) {
    this.#world = world;
    this.name = name;
    this.#url = url;
    const face = <T extends object>(plain: T): T => methodsWithCallerStack(plain, () => this.#checkOpen());
    this.clock = face(clockFace(world.services.time));
    this.webhooks = face(webhooksFace(world.services.webhooks));
    this.billing = face(billingFace(world.services.billing));
    this.faults = face(faultsFace(world.services));
    this.completions = face(completionsFace(world.services));
    this.snapshots = new Snapshots(world);
    this.#management = new ManagementClient(url, () => this.workspaceKey);
    this.#requests = requestsIn(world.services.journal);
  }

  get url(): string {
    return this.#url();
  }

  get inferenceUrl(): string {
    return `${this.url}/v1`;
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

  get example(): ExampleCall | null {
    return exampleCall(this.#world.seed);
  }

  reset(): Promise<void> {
    return this.#call(this.reset, () => this.resetNow());
  }

  /** The same for the control plane, whose answer waits for nothing. */
  resetNow(): void {
    this.#world.reset();
  }

  reseed(source: SeedSource | readonly SeedSource[]): Promise<void> {
    return this.#call(this.reseed, async () => {
      const seed = await loadSeeds(source);
      asInvalidSeed(() => this.#world.reseed(seed));
    });
  }

  seed(partial: SeedSource): Promise<void> {
    return this.#call(this.seed, async () => {
      const seed = await loadSeeds(partial);
      asInvalidSeed(() => this.#world.add(seed));
    });
  }

  /** {@link seed} for the control plane. @throws GatewayError `validation` */
  addSeed(partial: unknown): void {
    forControl(() => this.#world.add(checkSeedValue(partial)));
  }

  /** {@link reseed} for the control plane. @throws GatewayError `validation` */
  replaceSeed(seed: unknown): void {
    forControl(() => this.#world.reseed(checkSeedValue(seed)));
  }

  snapshot(options: { readonly name?: string; readonly file?: string } = {}): Promise<Snapshot> {
    return this.#call(this.snapshot, () => {
      checkFields("snapshot", options, { name: true, file: true });
      return options.file === undefined
        ? this.snapshots.take(options.name)
        : this.snapshots.write(options.file, options.name);
    });
  }

  restore(snapshot: string | Pick<Snapshot, "name"> | { readonly file: string }): Promise<void> {
    return this.#call(this.restore, () => {
      if (typeof snapshot === "string") return this.snapshots.restore(snapshot);
      if (typeof snapshot === "object" && snapshot !== null) {
        if ("name" in snapshot) return this.snapshots.restore(snapshot.name);
        if ("file" in snapshot) return this.snapshots.restoreFile(snapshot.file);
      }
      throw new TypeError(NO_SNAPSHOT);
    });
  }

  createEndpoint(endpoint: string | EndpointInput): Promise<CreatedEndpoint> {
    return this.#call(this.createEndpoint, () => this.#management.createEndpoint(endpoint));
  }

  createGroup(group: GroupInput): Promise<CreatedGroup> {
    return this.#call(this.createGroup, () => this.#management.createGroup(group));
  }

  mintKey(group: string | { readonly id: string }, name?: string): Promise<MintedKey> {
    return this.#call(this.mintKey, () => this.#management.mintKey(group, name));
  }

  requests(filter: JournalFilter = {}): Promise<readonly JournalEntry[]> {
    return this.#call(this.requests, () => listRequests(this.#requests, filter));
  }

  expectRequest(filter: JournalFilter = {}, expectation: Expectation = {}): Promise<readonly JournalEntry[]> {
    return this.#call(this.expectRequest, () => expectRequest(this.#requests, filter, expectation));
  }

  expectNoUnmatched(): Promise<void> {
    return this.#call(this.expectNoUnmatched, () => expectNoUnmatched(this.#requests));
  }

  #call<T>(callee: (...args: never[]) => unknown, work: () => T | Promise<T>): Promise<T> {
    return withCallerStack(callee, () => {
      this.#checkOpen();
      return work();
    });
  }

  /** @throws Error once the world has ended */
  #checkOpen(): void {
    if (this.#world.closed) throw new Error(`The world "${this.name}" has ended: ${ENDED}`);
  }
}

const ENDED = "it was removed, or its emulator was stopped before this call. Is an await missing?";

/** What a promise is answered with, too, so that a missing `await` shows. */
export const NO_SNAPSHOT =
  "restore takes what `await snapshot()` answered, the name of a snapshot, or { file }";

/** A seed can be wrong in form or in substance; the caller sees one kind of error. */
export function asInvalidSeed<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof SeedError) throw invalidSeed(cause.path.join("."), cause.message);
    // The only thing a world adds to its seed.
    if (cause instanceof GatewayError) throw invalidSeed("workspaceKey", cause.message);
    throw cause;
  }
}

/** @throws GatewayError `validation` in place of InvalidSeed */
function forControl(work: () => void): void {
  try {
    asInvalidSeed(work);
  } catch (cause) {
    if (!(cause instanceof InvalidSeed)) throw cause;
    throw new GatewayError("validation", { message: cause.message });
  }
}

function invalidSeed(path: string, message: string): InvalidSeed {
  return new InvalidSeed([{ file: null, line: null, path, message }]);
}
