/** `gateway-emulator/container`: an emulator beside the tests, in a process of its own or in Docker. */
export { GatewayEmulatorContainer } from "./container.js";
export type { ExposedPort } from "./container-plan.js";
export type { Testcontainers } from "./docker.js";
export { StartedGatewayEmulatorContainer } from "./started.js";
