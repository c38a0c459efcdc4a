import type { ExampleCall } from "../config/example-call.js";
import { loadSeeds, type SeedSource } from "../config/load-seeds.js";
import { InvalidSeed } from "../config/problems.js";
import type { ErrorCoverage } from "../domain/error-coverage.js";
import type { JournalEntry, JournalFilter } from "../domain/journal.js";
import { withCallerStack } from "./faces-at-caller.js";
import type { BillingApi, WebhooksApi } from "./faces-billing.js";
import type { ClockApi } from "./faces-clock.js";
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
} from "./faces-requests.js";
import type { CompletionsApi, FaultsApi } from "./faces-rules.js";
import type { Snapshot } from "./faces-snapshots.js";
import { type GatewayWorld, NO_SNAPSHOT } from "./faces-world.js";
import { billingAt, webhooksAt } from "./remote-billing.js";
import { clockAt } from "./remote-clock.js";
import { ControlClient, ControlError } from "./remote-control-client.js";
import { requestsAt } from "./remote-requests.js";
import { completionsAt, faultsAt } from "./remote-rules.js";
import { askView, type View } from "./remote-view.js";

/**
 * A world of an emulator in another process, over HTTP: what a world of this one has, except that snapshots stay
 * there. `keys`, `env` and `example` are as this object last brought them about; `decision` of entries is null.
 */
export interface RemoteGateway extends GatewayWorld {
  /** Keeps everything as it stands, in the emulator's process. @throws ControlError */
  snapshot(options?: { readonly name?: string }): Promise<Snapshot>;
  /** Back to a snapshot. @throws ControlError */
  restore(snapshot: string | Pick<Snapshot, "name">): Promise<void>;
  /** The world of this name, made when it is not there; see `GatewayEmulator.world`. @throws ControlError */
  world(name: string, options?: { readonly from?: string }): Promise<RemoteGateway>;
  /** Names of the worlds, the oldest first. */
  worlds(): Promise<readonly string[]>;
  /** Ends a world that was made. @throws ControlError */
  removeWorld(name: string): Promise<void>;
  /** Which errors were provoked since the emulator started, over all its worlds. */
  errorCoverage(): Promise<ErrorCoverage>;
}

/** A snapshot as the control plane answers it. */
type SnapshotJson = Pick<Snapshot, "name" | "bytes"> & { readonly at: string };

/** @param url of a world, without a slash at the end. @throws ControlError */
export async function openRemote(url: string): Promise<RemoteGateway> {
  const client = new ControlClient(url);
  return new RemoteWorld(url, client, await askView(client, url));
}

class RemoteWorld implements RemoteGateway {
  readonly url: string;
  readonly clock: ClockApi;
  readonly webhooks: WebhooksApi;
  readonly billing: BillingApi;
  readonly faults: FaultsApi;
  readonly completions: CompletionsApi;
  readonly #client: ControlClient;
  readonly #management: ManagementClient;
  readonly #requests: RequestSource;
  #view: View;

  constructor(url: string, client: ControlClient, view: View) {
    this.url = url;
    this.clock = clockAt(client);
    this.webhooks = webhooksAt(client);
    this.billing = billingAt(client);
    this.faults = faultsAt(client);
    this.completions = completionsAt(client);
    this.#client = client;
    this.#view = view;
    this.#management = new ManagementClient(
      () => url,
      () => this.workspaceKey,
    );
    this.#requests = requestsAt(client);
  }

  get name(): string {
    return this.#view.name;
  }

  get inferenceUrl(): string {
    return `${this.url}/v1`;
  }

  get workspaceKey(): string {
    return this.#view.env.BASETEN_API_KEY ?? "";
  }

  get keys(): Readonly<Record<string, string>> {
    return this.#view.keys;
  }

  get env(): Readonly<Record<string, string>> {
    return this.#view.env;
  }

  get example(): ExampleCall | null {
    return this.#view.example;
  }

  reset(): Promise<void> {
    return withCallerStack(this.reset, () => this.#changed(this.#client.post("reset")));
  }

  reseed(source: SeedSource | readonly SeedSource[]): Promise<void> {
    return withCallerStack(this.reseed, async () => {
      const seed = await loadSeeds(source);
      await this.#changed(asInvalidSeed(this.#client.put("seed", seed)));
    });
  }

  seed(partial: SeedSource): Promise<void> {
    return withCallerStack(this.seed, async () => {
      const seed = await loadSeeds(partial);
      await this.#changed(asInvalidSeed(this.#client.post("seed", seed)));
    });
  }

  snapshot(options: { readonly name?: string; readonly file?: string } = {}): Promise<Snapshot> {
    return withCallerStack(this.snapshot, async () => {
      checkFields("snapshot", options, { name: true, file: true });
      if (options.file !== undefined) throw new TypeError(NO_FILES);
      const { name, bytes, at } = await this.#client.post<SnapshotJson>("snapshots", { name: options.name });
      return { name, at: Date.parse(at), bytes, file: null };
    });
  }

  restore(snapshot: string | Pick<Snapshot, "name"> | { readonly file: string }): Promise<void> {
    return withCallerStack(this.restore, () => {
      const name = nameOf(snapshot);
      return this.#changed(this.#client.post(`snapshots/${encodeURIComponent(name)}/restore`));
    });
  }

  createEndpoint(endpoint: string | EndpointInput): Promise<CreatedEndpoint> {
    return withCallerStack(this.createEndpoint, () => this.#management.createEndpoint(endpoint));
  }

  createGroup(group: GroupInput): Promise<CreatedGroup> {
    return withCallerStack(this.createGroup, () => this.#management.createGroup(group));
  }

  mintKey(group: string | { readonly id: string }, name?: string): Promise<MintedKey> {
    return withCallerStack(this.mintKey, () => this.#management.mintKey(group, name));
  }

  requests(filter: JournalFilter = {}): Promise<readonly JournalEntry[]> {
    return withCallerStack(this.requests, () => listRequests(this.#requests, filter));
  }

  expectRequest(filter: JournalFilter = {}, expectation: Expectation = {}): Promise<readonly JournalEntry[]> {
    return withCallerStack(this.expectRequest, () => expectRequest(this.#requests, filter, expectation));
  }

  expectNoUnmatched(): Promise<void> {
    return withCallerStack(this.expectNoUnmatched, () => expectNoUnmatched(this.#requests));
  }

  world(name: string, options: { readonly from?: string } = {}): Promise<RemoteGateway> {
    return withCallerStack(this.world, async () => {
      checkFields("world", options, { from: true });
      const { from } = options;
      const there = from === undefined && (await this.worlds()).includes(name);
      const made = there ? { name } : await this.#client.post<{ name: string }>("worlds", { name, from });
      return openRemote(worldUrl(this.url, made.name));
    });
  }

  worlds(): Promise<readonly string[]> {
    return withCallerStack(this.worlds, async () =>
      (await this.#client.list<{ name: string }>("worlds")).map(({ name }) => name),
    );
  }

  removeWorld(name: string): Promise<void> {
    return withCallerStack(this.removeWorld, async () => {
      await this.#client.delete(`worlds/${encodeURIComponent(name)}`);
    });
  }

  errorCoverage(): Promise<ErrorCoverage> {
    return withCallerStack(this.errorCoverage, async () => {
      const { provoked, known, items } = await this.#client.get<ErrorCoverage>("errors");
      return { provoked, known, items };
    });
  }

  /** After what may have changed which keys there are. */
  async #changed(change: Promise<unknown>): Promise<void> {
    await change;
    this.#view = await askView(this.#client, this.url);
  }
}

const NO_FILES =
  "a snapshot of an emulator elsewhere stays there: leave file out, and restore it by itself or its name";

/** @throws TypeError */
function nameOf(snapshot: string | Pick<Snapshot, "name"> | { readonly file: string }): string {
  if (typeof snapshot === "string") return snapshot;
  if (typeof snapshot !== "object" || snapshot === null) throw new TypeError(NO_SNAPSHOT);
  if ("name" in snapshot) return snapshot.name;
  throw new TypeError("file" in snapshot ? NO_FILES : NO_SNAPSHOT);
}

/** A seed that the emulator cannot apply is the caller's, as it is in one process. */
async function asInvalidSeed(change: Promise<unknown>): Promise<void> {
  try {
    await change;
  } catch (cause) {
    if (!(cause instanceof ControlError) || cause.status !== 400) throw cause;
    const [, path = "", message = cause.message] = /^seed: (?:(\S+): )?(.*)$/s.exec(cause.message) ?? [];
    throw new InvalidSeed([{ file: null, line: null, path, message }]);
  }
}

/** @param url of any world of the emulator */
function worldUrl(url: string, name: string): string {
  const origin = url.replace(/\/_worlds\/[^/]+$/, "");
  return name === "default" ? origin : `${origin}/_worlds/${encodeURIComponent(name)}`;
}
