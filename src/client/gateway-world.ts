import type { ExampleCall } from "../config/example-call.js";
import type { SeedSource } from "../config/load-seeds.js";
import type { JournalEntry, JournalFilter } from "../domain/journal.js";
import type { BillingApi } from "./billing.js";
import type { ClockApi } from "./clock.js";
import type {
  CreatedEndpoint,
  CreatedGroup,
  EndpointInput,
  GroupInput,
  MintedKey,
} from "./management-api.js";
import type { Expectation } from "./requests.js";
import type { CompletionsApi, FaultsApi } from "./rules.js";
import type { Snapshot, SnapshotOptions, SnapshotSource } from "./snapshots.js";
import type { WebhooksApi } from "./webhooks.js";

/** One world of an emulator: its own groups, keys, counters, clock, webhooks and journal. */
export interface GatewayWorld {
  /** `default` for the world that an emulator starts with. */
  readonly name: string;
  /** Such as `http://127.0.0.1:4110`, or `http://127.0.0.1:4110/_worlds/<name>`. */
  readonly url: string;
  /** `url` with `/v1`: the base URL of OpenAI clients. */
  readonly inferenceUrl: string;
  /** Manages the first workspace. That of a forked world also leads to it without its URL. */
  readonly workspaceKey: string;
  /** Federated keys that the seed named, by name. */
  readonly keys: Readonly<Record<string, string>>;
  /** Environment for a process that uses this world. */
  readonly env: Readonly<Record<string, string>>;
  /** Moves the world's time. */
  readonly clock: ClockApi;
  /** Deliveries of billing events. */
  readonly webhooks: WebhooksApi;
  /** What was billed. */
  readonly billing: BillingApi;
  /** Faults on purpose. */
  readonly faults: FaultsApi;
  /** What the models say. */
  readonly completions: CompletionsApi;
  /** A key of the seed with a slug it may call, or null when the seed has none. */
  readonly example: ExampleCall | null;
  /** Back to the seed. @throws ControlError */
  reset(): Promise<void>;
  /** Replaces the seed that {@link reset} goes back to, and resets. A bad seed changes nothing. @throws InvalidSeed */
  reseed(source: SeedSource | readonly SeedSource[]): Promise<void>;
  /** Adds to the present state. @throws InvalidSeed */
  seed(partial: SeedSource): Promise<void>;
  /** Copies everything: counters, clock and the ids to come included. @throws ControlError */
  snapshot(options?: SnapshotOptions): Promise<Snapshot>;
  /** Back to a snapshot, given itself, its name or its file. @throws ControlError */
  restore(snapshot: SnapshotSource): Promise<void>;
  /** Creates an endpoint through the management API. @throws ManagementError */
  createEndpoint(endpoint: string | EndpointInput): Promise<CreatedEndpoint>;
  /** Creates a group through the management API. @throws ManagementError */
  createGroup(group: GroupInput): Promise<CreatedGroup>;
  /** Mints a key through the management API. @throws ManagementError */
  mintKey(group: string | { readonly id: string }, name?: string): Promise<MintedKey>;
  /** The requests so far, oldest first; every given field has to match. @throws TypeError for an unknown field */
  requests(filter?: JournalFilter): Promise<readonly JournalEntry[]>;
  /**
   * Waits until a request matches, and returns those that do.
   * @throws RequestExpectationError that shows the requests that came instead
   */
  expectRequest(filter?: JournalFilter, expectation?: Expectation): Promise<readonly JournalEntry[]>;
  /** @throws RequestExpectationError that shows every request that matched no completion rule, or no route */
  expectNoUnmatched(): Promise<void>;
}
