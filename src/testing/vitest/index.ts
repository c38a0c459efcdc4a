/** `gateway-emulator/vitest`: an emulator in a line, and what `expect` can say about it. */
import { expect } from "vitest";
import { gatewayMatchers } from "./matchers/matchers.js";

export type { GatewayEmulatorContext } from "./context.js";
export type { BilledEvents } from "./matchers/billed.js";
export { type GatewayMatchers, gatewayMatchers } from "./matchers/matchers.js";
export type { LimitName, RefusedRequests } from "./matchers/refused.js";
export type { ServedRequests } from "./matchers/served.js";
export { type Isolation, type UseGatewayEmulatorOptions, useGatewayEmulator } from "./use-emulator.js";
export { type UseGatewayWorldOptions, useGatewayWorld } from "./use-world.js";

expect.extend(gatewayMatchers);
