/** What users import. */

export type { BillingApi, WebhookDelivery, WebhooksApi } from "./client/faces-billing.js";
export type { ClockApi } from "./client/faces-clock.js";
export {
  type CreatedEndpoint,
  type CreatedGroup,
  type EndpointInput,
  type GroupInput,
  ManagementError,
  type MintedKey,
} from "./client/faces-management.js";
export { type Expectation, RequestExpectationError } from "./client/faces-requests.js";
export type { CompletionRuleInput, CompletionsApi, FaultRuleInput, FaultsApi } from "./client/faces-rules.js";
export type { Snapshot } from "./client/faces-snapshots.js";
export type { GatewayWorld } from "./client/faces-world.js";
export { connectGatewayEmulator } from "./client/remote-connect.js";
export { ControlError } from "./client/remote-control-client.js";
export type { RemoteGateway } from "./client/remote-world.js";
export { InvalidSeed, type SeedProblem } from "./config/problems.js";
export type { BillingEvent } from "./domain/billing-webhook.js";
export type { CoveredError, ErrorCoverage } from "./domain/error-coverage.js";
export { GatewayError } from "./domain/errors.js";
export type { JournalEntry, JournalFilter } from "./domain/journal.js";
export {
  type EmulatorOptions,
  type GatewayEmulator,
  type SeedSource,
  startGatewayEmulator,
} from "./emulator/start.js";
export type { SeedInput } from "./schemas/seed.js";
export type { Difference, EventFilter, RecordedEvent } from "./services/billing.js";
export type { Attempt, DeliveryFilter, DeliveryState } from "./services/webhooks/webhooks.js";
export { StateError } from "./store/state-file.js";
export { VERSION } from "./version.js";
