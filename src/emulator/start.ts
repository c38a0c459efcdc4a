import { withCallerStack } from "../client/caller-stack.js";
import { loadSeeds } from "../config/load-seeds.js";
import type { Refusal } from "../config/refusals.js";
import { createApp } from "../http/app.js";
import { createFetch } from "../http/fetch.js";
import { Guard } from "../http/middleware/guard.js";
import { guardRules, hostInUrl, isLoopbackHost } from "../http/middleware/guard-rules.js";
import { serve } from "../http/node/server.js";
import { steadyMachineTime } from "../runtime/machine-time.js";
import { secretToken } from "../runtime/secret-token.js";
import type { Seed } from "../schemas/seed.js";
import { ErrorCounter } from "../services/error-counter.js";
import { AddressGuard } from "../services/outgoing/address-guard.js";
import { SchemaWorkers } from "../services/schema-workers.js";
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
import { endWork } from "./stop.js";

export { loadSeeds, type SeedSource } from "../config/load-seeds.js";
export { OptionError } from "../domain/option-error.js";
export { entryJson } from "../http/control/entry-json.js";
export { isLoopbackHost } from "../http/middleware/guard-rules.js";
export { needsBudget } from "../services/patterns.js";
export { StateError } from "../store/state-file.js";
export type { GatewayEmulator, StopOptions } from "./emulator.js";
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
  const { port: wantedPort = 0, host = DEFAULT_HOST, listen = true, ownsProcess = false } = options;
  const guard = guardRules(options, listen ? host : null, secretToken);
  const { controlToken } = guard;
  const seed = options.seed === undefined ? null : await loadSeeds(options.seed);
  const worldOptions = worldOptionsOf(options, seed);
  const worlds = new Worlds(
    orInvalidSeed(() => new World(worldOptions)),
    worldOptions,
  );
  try {
    const errors = new ErrorCounter();
    const { onRequest } = options;
    const registry = new WorldRegistry(worlds, { version: VERSION, errors, controlToken, onRequest });
    const app = createApp(registry, new Guard(guard));
    const { maxHeaderBytes } = worlds.first.services.context.settings;
    const serving = listen ? await serve(app, { port: wantedPort, host, ownsProcess, maxHeaderBytes }) : null;
    const port = serving?.port ?? 0;
    const origin = serving ? `http://${hostInUrl(host)}:${port}` : "http://gateway";
    registry.origin = origin;
    const fetches = new PendingCalls();
    return new RunningEmulator({
      port,
      origin,
      controlToken,
      worlds,
      errors,
      fetch: createFetch(app, (end, breakOff) => fetches.add(end, breakOff)),
      endWork: (wait) => endWork({ worlds, server: serving?.server ?? null, fetches }, wait),
      pendingCalls: new PendingCalls(),
    });
  } catch (cause) {
    worlds.close();
    throw cause;
  }
}

/** Applies a seed to a throw-away world. @returns the first thing that cannot be applied, or null */
export function trySeed(seed: Seed): Refusal | null {
  try {
    new World(worldOptionsOf({ listen: false }, seed)).close();
    return null;
  } catch (cause) {
    if (!(cause instanceof SeedError)) throw cause;
    return { path: cause.path, message: cause.message };
  }
}

function worldOptionsOf(options: EmulatorOptions, seed: Seed | null): WorldOptions {
  const { acceptBearer, managementRateLimit, host = DEFAULT_HOST, listen, forwardAllow = [] } = options;
  const isReachable = listen !== false && !isLoopbackHost(host);
  return {
    state: options.state ?? ":memory:",
    durability: options.durability,
    seed,
    reset: options.reset ?? false,
    workspaceKey: options.workspaceKey ?? null,
    addressGuard: isReachable ? new AddressGuard(forwardAllow, urlsOf(seed)) : null,
    machineTime: steadyMachineTime(),
    overrides: {
      ...(acceptBearer === undefined ? {} : { acceptBearer }),
      ...(managementRateLimit === undefined ? {} : { managementRateLimit }),
    },
    schemaWorkers: new SchemaWorkers(),
  };
}

/** Where the webhooks and rules of a seed send requests. */
function urlsOf(seed: Seed | null): string[] {
  const webhooks = seed?.workspaces?.map(({ webhook }) => webhook?.url) ?? [];
  const replies = seed?.completions?.flatMap(({ reply, sequence = [] }) => [reply, ...sequence]) ?? [];
  return [...webhooks, ...replies.map((reply) => reply?.forward?.url)].filter((url) => url !== undefined);
}
