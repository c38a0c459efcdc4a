import type { GatewayWorld } from "../../index.js";

/** What the global setup gives to tests, by `inject("gatewayEmulator")`: the world that all workers share. */
export interface GatewayEmulatorContext
  extends Pick<GatewayWorld, "url" | "inferenceUrl" | "workspaceKey" | "keys" | "env"> {}

declare module "vitest" {
  interface ProvidedContext {
    gatewayEmulator: GatewayEmulatorContext;
  }
}
