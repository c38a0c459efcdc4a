/** What users import. */
export type { BillingFace, WebhookDelivery, WebhooksFace } from "./billing-face.js";
export type { ClockFace } from "./clock-face.js";
export { InvalidSeed, type SeedProblem } from "./config/problems.js";
export type { BillingEvent } from "./domain/billing.js";
export type { JournalEntry, JournalFilter } from "./domain/journal.js";
export {
  type EmulatorOptions,
  type GatewayEmulator,
  type SeedSource,
  startGatewayEmulator,
} from "./emulator.js";
export type { SeedInput } from "./schemas/seed.js";
export type { Difference, EventFilter, RecordedEvent } from "./services/billing.js";
export type { Attempt, DeliveryFilter, DeliveryState } from "./services/webhooks/webhooks.js";
export { StateError } from "./store/state-file.js";
export { VERSION } from "./version.js";
