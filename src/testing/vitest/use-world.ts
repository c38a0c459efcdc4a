import { afterAll, beforeAll, beforeEach, inject } from "vitest";
import { callerOf } from "../../client/caller-stack.js";
import { connectGatewayEmulator } from "../../client/connect.js";
import type { RemoteGateway, SeedSource } from "../../index.js";
import type { GatewayEmulatorContext } from "./context.js";
import { delegate } from "./delegate.js";
import type { Isolation } from "./use-emulator.js";

export interface UseGatewayWorldOptions {
  /** Added to the global setup's seed in this file. */
  readonly seed?: SeedSource | undefined;
  /** `test` when absent: before each test back to the seed, clock and ids included. */
  readonly isolate?: Isolation | undefined;
}

const NOT_READY = "useGatewayWorld() is ready inside tests and hooks only";
const NO_SETUP =
  'useGatewayWorld() needs globalSetup: "gateway-emulator/vitest/global-setup" in the configuration of Vitest';

/**
 * A world of the global setup's emulator for the test file, or the `describe`, that calls this, which
 * nobody else uses: made before its first test, fresh for each test, ended after its last one.
 *
 * ```ts
 * const gateway = useGatewayWorld();
 * ```
 * @returns the world, over HTTP; to be used inside tests and hooks only
 */
export function useGatewayWorld(options: UseGatewayWorldOptions = {}): RemoteGateway {
  const { seed, isolate = "test" } = options;
  let world: RemoteGateway | null = null;
  let reseeded = false;

  const addSeed = async (): Promise<void> => {
    if (seed !== undefined) await world?.seed(seed);
  };
  const make = async (): Promise<void> => {
    world = await ownWorld();
    reseeded = false;
    await addSeed();
  };
  const end = async (): Promise<void> => {
    const ending = world;
    world = null;
    await ending?.removeWorld(ending.name);
  };

  const pointAtCaller = callerOf(useGatewayWorld);
  beforeAll(() =>
    make().catch((cause) => {
      throw pointAtCaller(cause);
    }),
  );
  if (isolate === "test") {
    beforeEach(async () => {
      if (reseeded) {
        await end();
        return make();
      }
      await world?.reset();
      await addSeed();
    });
  }
  afterAll(end);

  return delegate<RemoteGateway>(() => world, NOT_READY, {
    async reseed(source) {
      reseeded = true;
      await world?.reseed(source);
    },
  });
}

/** Named after the worker, and numbered when that has another one, as a `describe` inside a file has. */
async function ownWorld(): Promise<RemoteGateway> {
  // Whether there is one is known at run time only, whatever its type says.
  const context: GatewayEmulatorContext | undefined = inject("gatewayEmulator");
  if (!context) throw new Error(NO_SETUP);
  const emulator = await connectGatewayEmulator(context.url, {
    controlToken: context.env.GATEWAY_EMULATOR_CONTROL_TOKEN,
  });
  const taken = await emulator.worlds();
  const worker = `vitest-${process.env.VITEST_POOL_ID ?? "0"}`;
  let name = worker;
  for (let number = 2; taken.includes(name); number++) name = `${worker}-${number}`;
  return emulator.world(name);
}
