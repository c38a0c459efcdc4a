/** What users import. */
export { InvalidSeed, type SeedProblem } from "./config/problems.js";
export type { BillingEvent } from "./domain/billing.js";
export type { CoveredError, ErrorCoverage } from "./domain/error-coverage.js";
export { GatewayError } from "./domain/errors.js";
export type { JournalEntry, JournalFilter } from "./domain/journal.js";
export {
  type EmulatorOptions,
  type GatewayEmulator,
  type SeedSource,
  startGatewayEmulator,
} from "./emulator.js";
export type { BillingFace, WebhookDelivery, WebhooksFace } from "./faces/billing.js";
export type { ClockFace } from "./faces/clock.js";
export {
  type CreatedEndpoint,
  type CreatedGroup,
  type EndpointInput,
  type GroupInput,
  ManagementError,
  type MintedKey,
} from "./faces/management.js";
export { type Expectation, RequestExpectationError } from "./faces/requests.js";
export type { CompletionRuleInput, CompletionsFace, FaultRuleInput, FaultsFace } from "./faces/rules.js";
export type { Snapshot } from "./faces/snapshots.js";
export type { GatewayWorld } from "./faces/world.js";
export { connectGatewayEmulator } from "./remote/connect.js";
export { ControlError } from "./remote/control-client.js";
export type { RemoteGateway } from "./remote/world.js";
export type { SeedInput } from "./schemas/seed.js";
export type { Difference, EventFilter, RecordedEvent } from "./services/billing.js";
export type { Attempt, DeliveryFilter, DeliveryState } from "./services/webhooks/webhooks.js";
export { StateError } from "./store/state-file.js";
export { VERSION } from "./version.js";
