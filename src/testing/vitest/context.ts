/** What the global setup gives to tests, by `inject("gatewayEmulator")`. */
export interface GatewayEmulatorContext {
  /** Such as `http://127.0.0.1:49152`: the world that all workers share. */
  readonly url: string;
  /** `url` with `/v1`. */
  readonly inferenceUrl: string;
  readonly workspaceKey: string;
  /** Federated keys that the seed named, by name. */
  readonly keys: Readonly<Record<string, string>>;
  /** Environment for a process that is to use the emulator. */
  readonly env: Readonly<Record<string, string>>;
}

declare module "vitest" {
  interface ProvidedContext {
    gatewayEmulator: GatewayEmulatorContext;
  }
}
