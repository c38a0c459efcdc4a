import type { ExampleCall } from "../config/example-call.js";
import { loadSeeds, type SeedSource } from "../config/load-seeds.js";
import { InvalidSeed } from "../config/problems.js";
import type { JournalEntry, JournalFilter } from "../domain/journal.js";
import { type BillingApi, billingApi } from "./billing.js";
import { type Call, methodsCalledBy, withCallerStack } from "./caller-stack.js";
import { type ClockApi, clockApi } from "./clock.js";
import { ControlError, type Fetch, WorldConnection } from "./connection.js";
import { ControlApi } from "./control-api.js";
import type { GatewayWorld } from "./gateway-world.js";
import {
  type CreatedEndpoint,
  type CreatedGroup,
  type EndpointInput,
  type GroupInput,
  ManagementApi,
  type MintedKey,
} from "./management-api.js";
import { type Expectation, expectNoUnmatched, expectRequest, listRequests } from "./requests.js";
import { type CompletionsApi, completionsApi, type FaultsApi, faultsApi } from "./rules.js";
import {
  restoreSnapshot,
  type Snapshot,
  type SnapshotOptions,
  type SnapshotSource,
  takeSnapshot,
} from "./snapshots.js";
import type { ViewSource } from "./view.js";
import { type WebhooksApi, webhooksApi } from "./webhooks.js";

export interface ClientOptions {
  /** Of the world, without a slash at the end. */
  readonly url: string;
  readonly fetch: Fetch;
  readonly view: ViewSource;
  /** For a control API that asks for it. */
  readonly controlToken?: string | null;
  /** Called when a call of the client begins, with its end. */
  readonly onCall?: (end: Promise<unknown>) => void;
}

/** The test API of one world, over its control API and its management API. */
export class GatewayClient implements GatewayWorld {
  readonly url: string;
  readonly clock: ClockApi;
  readonly webhooks: WebhooksApi;
  readonly billing: BillingApi;
  readonly faults: FaultsApi;
  readonly completions: CompletionsApi;
  protected readonly control: ControlApi;
  /** Makes a call. Its errors point at the line that called `callee`. */
  protected readonly call: Call;
  readonly #management: ManagementApi;
  readonly #view: ViewSource;

  constructor({ url, fetch, view, controlToken, onCall = () => {} }: ClientOptions) {
    const call: Call = (callee, work) =>
      withCallerStack(callee, () => {
        const result = Promise.resolve(work());
        onCall(result);
        return result;
      });
    const connection = new WorldConnection(url, fetch, controlToken);
    const control = new ControlApi(connection);
    this.url = url;
    this.clock = methodsCalledBy(call, clockApi(control));
    this.webhooks = methodsCalledBy(call, webhooksApi(control));
    this.billing = methodsCalledBy(call, billingApi(control));
    this.faults = methodsCalledBy(call, faultsApi(control));
    this.completions = methodsCalledBy(call, completionsApi(control));
    this.control = control;
    this.call = call;
    this.#management = new ManagementApi(connection, () => this.workspaceKey);
    this.#view = view;
  }

  get name(): string {
    return this.#view.current().name;
  }

  get inferenceUrl(): string {
    return `${this.url}/v1`;
  }

  get workspaceKey(): string {
    return this.#view.current().workspaceKey;
  }

  get keys(): Readonly<Record<string, string>> {
    return this.#view.current().keys;
  }

  get env(): Readonly<Record<string, string>> {
    return this.#view.current().env;
  }

  get example(): ExampleCall | null {
    return this.#view.current().example;
  }

  reset(): Promise<void> {
    return this.call(this.reset, () => this.#change(this.control.post("reset")));
  }

  reseed(source: SeedSource | readonly SeedSource[]): Promise<void> {
    return this.call(this.reseed, async () => {
      const seed = await loadSeeds(source);
      await this.#change(orInvalidSeed(this.control.put("seed", seed)));
    });
  }

  seed(partial: SeedSource): Promise<void> {
    return this.call(this.seed, async () => {
      const seed = await loadSeeds(partial);
      await this.#change(orInvalidSeed(this.control.post("seed", seed)));
    });
  }

  snapshot(options: SnapshotOptions = {}): Promise<Snapshot> {
    return this.call(this.snapshot, () => takeSnapshot(this.control, options));
  }

  restore(snapshot: SnapshotSource): Promise<void> {
    return this.call(this.restore, () => this.#change(restoreSnapshot(this.control, snapshot)));
  }

  createEndpoint(endpoint: string | EndpointInput): Promise<CreatedEndpoint> {
    return this.call(this.createEndpoint, () => this.#management.createEndpoint(endpoint));
  }

  createGroup(group: GroupInput): Promise<CreatedGroup> {
    return this.call(this.createGroup, () => this.#management.createGroup(group));
  }

  mintKey(group: string | { readonly id: string }, name?: string): Promise<MintedKey> {
    return this.call(this.mintKey, () => this.#management.mintKey(group, name));
  }

  requests(filter: JournalFilter = {}): Promise<readonly JournalEntry[]> {
    return this.call(this.requests, () => listRequests(this.control, filter));
  }

  expectRequest(filter: JournalFilter = {}, expectation: Expectation = {}): Promise<readonly JournalEntry[]> {
    return this.call(this.expectRequest, () => expectRequest(this.control, filter, expectation));
  }

  expectNoUnmatched(): Promise<void> {
    return this.call(this.expectNoUnmatched, () => expectNoUnmatched(this.control));
  }

  /** After a change that may be one of the keys. */
  async #change(change: Promise<unknown>): Promise<void> {
    await change;
    await this.#view.refresh();
  }
}

/** A seed that the emulator cannot apply is refused like one that cannot be read. @throws InvalidSeed */
async function orInvalidSeed(change: Promise<unknown>): Promise<void> {
  try {
    await change;
  } catch (cause) {
    if (!(cause instanceof ControlError) || cause.status !== 400) throw cause;
    const [, path = "", message = cause.message] = /^seed: (?:(\S+): )?(.*)$/s.exec(cause.message) ?? [];
    throw new InvalidSeed([{ file: null, line: null, path, message }]);
  }
}
