import { afterAll, beforeAll, beforeEach } from "vitest";
import { callerOf } from "../../client/caller-stack.js";
import type { EmulatorOptions, GatewayEmulator } from "../../index.js";
import { delegate } from "./delegate.js";

/** How much tests share: `test`, nothing but the seed; `file`, everything, in the order in which they run. */
export type Isolation = "test" | "file";

export interface UseGatewayEmulatorOptions extends EmulatorOptions {
  /** `test` when absent: before each test back to the seed, clock and ids included, other worlds gone. */
  readonly isolate?: Isolation | undefined;
}

const NOT_READY = "useGatewayEmulator() is ready inside tests and hooks only";

/**
 * An emulator for the test file, or the `describe`, that calls this: started before its first test, fresh for each
 * test, stopped after its last one. Tests that run at the same time (`test.concurrent`) need `isolate: "file"`.
 *
 * ```ts
 * const gateway = useGatewayEmulator({ seed: "fixtures/quickstart.yaml" });
 * ```
 * @returns the emulator; to be used inside tests and hooks only
 */
export function useGatewayEmulator(options: UseGatewayEmulatorOptions = {}): GatewayEmulator {
  const { isolate = "test", ...start } = options;
  const pointAtCaller = callerOf(useGatewayEmulator);
  let running: GatewayEmulator | null = null;
  let reseeded = false;

  const stop = async (): Promise<void> => {
    process.off("disconnect", stop);
    const stopping = running;
    running = null;
    await stopping?.stop();
  };

  beforeAll(async () => {
    // Files whose emulator is in another process need not load one.
    const { startGatewayEmulator } = await import("../../index.js");
    running = await startGatewayEmulator(start).catch((cause) => {
      throw pointAtCaller(cause);
    });
    // Vitest was killed: a server that listens would keep its worker alive for ever.
    process.once("disconnect", stop);
  });
  if (isolate === "test") {
    beforeEach(async () => {
      if (!running) return;
      for (const name of running.worlds()) {
        if (name !== running.name) await running.removeWorld(name);
      }
      if (reseeded) await running.reseed(start.seed ?? {});
      else await running.reset();
      reseeded = false;
    });
  }
  afterAll(stop);

  return delegate<GatewayEmulator>(() => running, NOT_READY, {
    async reseed(source) {
      reseeded = true;
      await running?.reseed(source);
    },
  });
}
