/**
 * `gateway-emulator/vitest/global-setup`: one emulator for a whole run of Vitest, in its main process. Every test
 * file has a world of its own in it, by `useGatewayWorld()`.
 */
import type { TestProject } from "vitest/node";
import { type EmulatorOptions, startGatewayEmulator } from "../../index.js";
import type { GatewayEmulatorContext } from "./context.js";

export type { GatewayEmulatorContext } from "./context.js";

/** A function for Vitest's `globalSetup`; it answers what ends the emulator. */
export type GlobalSetup = (project: TestProject) => Promise<() => Promise<void>>;

/**
 * A global setup of its own, for a file that `globalSetup` names:
 *
 * ```ts
 * export default gatewayEmulatorSetup({ seed: "fixtures/two-tier.yaml" });
 * ```
 * @param options paths are looked up in the working directory
 */
export function gatewayEmulatorSetup(options: EmulatorOptions = {}): GlobalSetup {
  return async (project) => {
    const gateway = await startGatewayEmulator(options);
    const { url, inferenceUrl, workspaceKey, keys, env } = gateway;
    const context: GatewayEmulatorContext = { url, inferenceUrl, workspaceKey, keys, env };
    project.provide("gatewayEmulator", context);
    return () => gateway.stop();
  };
}

/** An emulator without a seed: files bring their own, by `useGatewayWorld({ seed })`. */
export default gatewayEmulatorSetup();
