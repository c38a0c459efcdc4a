import { withCallerStack } from "../client/caller-stack.js";
import { loadSeeds } from "../config/load-seeds.js";
import type { Refusal } from "../config/refusals.js";
import { createApp } from "../http/app.js";
import { createFetch } from "../http/fetch.js";
import { serve } from "../http/node/server.js";
import { every } from "../runtime/every.js";
import { steadyMachineTime } from "../runtime/machine-time.js";
import type { Seed } from "../schemas/seed.js";
import { ErrorCounter } from "../services/error-counter.js";
import { SeedError } from "../services/seeding.js";
import { VERSION } from "../version.js";
import { WorldRegistry } from "../worlds/registry.js";
import { orInvalidSeed } from "../worlds/seed-errors.js";
import { World } from "../worlds/world.js";
import type { WorldOptions } from "../worlds/world-options.js";
import { Worlds } from "../worlds/worlds.js";
import { type GatewayEmulator, RunningEmulator } from "./emulator.js";
import { checkOptions, type EmulatorOptions } from "./options.js";
import { PendingCalls } from "./pending-calls.js";

export { loadSeeds, type SeedSource } from "../config/load-seeds.js";
export { entryJson } from "../http/control/entry-json.js";
export { StateError } from "../store/state-file.js";
export type { GatewayEmulator } from "./emulator.js";
export type { EmulatorOptions } from "./options.js";

const DEFAULT_HOST = "127.0.0.1";

/**
 * Starts an emulator in this process.
 * @throws InvalidSeed, StateError, ListenError
 */
export function startGatewayEmulator(options: EmulatorOptions = {}): Promise<GatewayEmulator> {
  return withCallerStack(startGatewayEmulator, () => start(options));
}

async function start(options: EmulatorOptions): Promise<GatewayEmulator> {
  checkOptions(options);
  const seed = options.seed === undefined ? null : await loadSeeds(options.seed);
  const worldOptions = worldOptionsOf(options, seed);
  const worlds = new Worlds(
    orInvalidSeed(() => new World(worldOptions)),
    worldOptions,
  );
  try {
    const errors = new ErrorCounter();
    const registry = new WorldRegistry(worlds, { version: VERSION, errors, onRequest: options.onRequest });
    const app = createApp(registry);
    const giveUp = (): void => worlds.dropUnreachable();
    const { port: wantedPort = 0, host = DEFAULT_HOST, ownsProcess = false } = options;
    const server =
      options.listen === false ? null : await serve(app, { port: wantedPort, host, ownsProcess, giveUp });
    const port = server?.port ?? 0;
    const origin = server ? `http://${host.includes(":") ? `[${host}]` : host}:${port}` : "http://gateway";
    registry.origin = origin;
    const fetches = new PendingCalls();
    return new RunningEmulator({
      port,
      origin,
      worlds,
      errors,
      fetch: createFetch(app, (end, breakOff) => fetches.add(end, breakOff)),
      drain: async () => {
        await server?.drain();
        await drainFetches(fetches, giveUp);
      },
      pendingCalls: new PendingCalls(),
    });
  } catch (cause) {
    worlds.close();
    throw cause;
  }
}

/** How long a stop waits for answers without a socket, milliseconds of real time. */
const FETCH_GRACE_MS = 5_000;
/** How often a stop gives up what waits for the clock, milliseconds. */
const GIVE_UP_MS = 10;

/** Answers under way go on to their end, except those that would never end by themselves or take too long. */
async function drainFetches(fetches: PendingCalls, giveUp: () => void): Promise<void> {
  if (fetches.size === 0) return;
  const end = every(GIVE_UP_MS, giveUp);
  await fetches.finished(FETCH_GRACE_MS);
  end();
  fetches.breakOff();
}

/** Applies a seed to a throw-away world. @returns the first thing that cannot be applied, or null */
export function trySeed(seed: Seed): Refusal | null {
  try {
    new World({ state: ":memory:", seed, reset: false, workspaceKey: null, overrides: {} }).close();
    return null;
  } catch (cause) {
    if (!(cause instanceof SeedError)) throw cause;
    return { path: cause.path, message: cause.message };
  }
}

function worldOptionsOf(options: EmulatorOptions, seed: Seed | null): WorldOptions {
  const { acceptBearer, managementRateLimit } = options;
  return {
    state: options.state ?? ":memory:",
    seed,
    reset: options.reset ?? false,
    workspaceKey: options.workspaceKey ?? null,
    machineTime: steadyMachineTime(),
    overrides: {
      ...(acceptBearer === undefined ? {} : { acceptBearer }),
      ...(managementRateLimit === undefined ? {} : { managementRateLimit }),
    },
  };
}
