/** What users import. */

// Tests have seeds, so what checks them is loaded here and not by the first start.
import "./config/seed-file.js";

export type { BillingApi } from "./client/billing.js";
export type { ClockApi } from "./client/clock.js";
export { type ConnectOptions, connectGatewayEmulator, type RemoteGateway } from "./client/connect.js";
export { ControlError } from "./client/connection.js";
export type { GatewayWorld } from "./client/gateway-world.js";
export {
  type CreatedEndpoint,
  type CreatedGroup,
  type EndpointInput,
  type GroupInput,
  ManagementError,
  type MintedKey,
} from "./client/management-api.js";
export { type Expectation, RequestExpectationError } from "./client/requests.js";
export type { CompletionRuleInput, CompletionsApi, FaultRuleInput, FaultsApi } from "./client/rules.js";
export type { Snapshot } from "./client/snapshots.js";
export type { WebhookDelivery, WebhooksApi } from "./client/webhooks.js";
export { InvalidSeed, type SeedProblem } from "./config/problems.js";
export type { BillingEvent } from "./domain/billing-webhook.js";
export type { CoveredError, ErrorCoverage } from "./domain/error-coverage.js";
/** @deprecated Calls of the test API reject with {@link ControlError}, in this process too. */
export { GatewayError } from "./domain/errors.js";
export type { JournalEntry, JournalFilter } from "./domain/journal.js";
export {
  type EmulatorOptions,
  type GatewayEmulator,
  type SeedSource,
  type StopOptions,
  startGatewayEmulator,
} from "./emulator/start.js";
export type { SeedInput } from "./schemas/seed.js";
export type { Difference, EventFilter, RecordedEvent } from "./services/billing.js";
export type { Attempt, DeliveryFilter, DeliveryState } from "./services/webhooks/webhooks.js";
export { StateError } from "./store/state-file.js";
export { VERSION } from "./version.js";

import type { BillingApi } from "./client/billing.js";
import type { ClockApi } from "./client/clock.js";
import type { CompletionsApi, FaultsApi } from "./client/rules.js";
import type { WebhooksApi } from "./client/webhooks.js";

/** @deprecated The name is {@link BillingApi}. */
export type BillingFace = BillingApi;
/** @deprecated The name is {@link ClockApi}. */
export type ClockFace = ClockApi;
/** @deprecated The name is {@link CompletionsApi}. */
export type CompletionsFace = CompletionsApi;
/** @deprecated The name is {@link FaultsApi}. */
export type FaultsFace = FaultsApi;
/** @deprecated The name is {@link WebhooksApi}. */
export type WebhooksFace = WebhooksApi;
