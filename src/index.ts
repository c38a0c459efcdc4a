/** What users import. */
export type { ClockFace } from "./clock-face.js";
export { InvalidSeed, type SeedProblem } from "./config/problems.js";
export type { JournalEntry, JournalFilter } from "./domain/journal.js";
export {
  type EmulatorOptions,
  type GatewayEmulator,
  type SeedSource,
  startGatewayEmulator,
} from "./emulator.js";
export type { SeedInput } from "./schemas/seed.js";
export { StateError } from "./store/state-file.js";
export { VERSION } from "./version.js";
