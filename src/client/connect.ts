import type { ErrorCoverage } from "../domain/error-coverage.js";
import { withCallerStack } from "./caller-stack.js";
import { GatewayClient } from "./client.js";
import type { Fetch } from "./connection.js";
import type { GatewayWorld } from "./gateway-world.js";
import { checkFields } from "./known-fields.js";
import { readView } from "./view.js";
import { ensureWorld, type ForkOptions, listWorlds, removeWorld } from "./worlds.js";

/**
 * A world of an emulator in another process. `keys`, `env` and `example` are those of the last call of this object
 * that may have changed them.
 */
export interface RemoteGateway extends GatewayWorld {
  /** The world of this name, made unless it exists; see `GatewayEmulator.world`. @throws ControlError */
  world(name: string, options?: ForkOptions): Promise<RemoteGateway>;
  /** Names of the worlds, oldest first. @throws ControlError */
  worlds(): Promise<readonly string[]>;
  /** Ends a world made by {@link world}. @throws ControlError */
  removeWorld(name: string): Promise<void>;
  /** Which errors were provoked since the emulator started, over all its worlds. @throws ControlError */
  errorCoverage(): Promise<ErrorCoverage>;
}

const NO_URL =
  "connectGatewayEmulator() was given no URL, and GATEWAY_EMULATOR_URL is not set: start the tests with `gateway-emulator exec -- <command>`, or name a running emulator.";

/** How to reach an emulator in another process. */
export interface ConnectOptions {
  /** For an emulator that asks for it; `GATEWAY_EMULATOR_CONTROL_TOKEN` when absent. */
  readonly controlToken?: string | undefined;
}

/**
 * Connects to a running emulator. It does not stop with this object.
 * @param url such as `http://127.0.0.1:4110`, or of one of its worlds; `GATEWAY_EMULATOR_URL` when absent
 * @throws ControlError when no emulator answers there, or it asks for a token; TypeError for an invalid URL or option
 */
export function connectGatewayEmulator(url?: string, options: ConnectOptions = {}): Promise<RemoteGateway> {
  return withCallerStack(connectGatewayEmulator, () => {
    const given = url ?? process.env.GATEWAY_EMULATOR_URL;
    if (!given) throw new TypeError(NO_URL);
    if (!/^https?:\/\//.test(given) || !URL.canParse(given)) {
      throw new TypeError(
        `connectGatewayEmulator: expected a URL such as http://127.0.0.1:4110, got ${JSON.stringify(given)}`,
      );
    }
    checkFields("connectGatewayEmulator", options, { controlToken: true });
    const token = options.controlToken ?? process.env.GATEWAY_EMULATOR_CONTROL_TOKEN;
    return connect(given.replace(/\/+$/, ""), token || null);
  });
}

/** @param url of a world, without a slash at the end */
async function connect(url: string, controlToken: string | null): Promise<RemoteGateway> {
  const view = await readView(url, overNetwork, controlToken);
  return new ConnectedGateway({ url, fetch: overNetwork, view, controlToken });
}

/** Node's `fetch`, looked up at each call: tests replace it. */
const overNetwork: Fetch = (url, init) => fetch(url, init);

class ConnectedGateway extends GatewayClient implements RemoteGateway {
  world(name: string, options: ForkOptions = {}): Promise<RemoteGateway> {
    return this.call(this.world, async () => {
      await ensureWorld(this.control, name, options, () => listWorlds(this.control));
      return connect(urlOfWorld(this.url, name), this.control.token);
    });
  }

  worlds(): Promise<readonly string[]> {
    return this.call(this.worlds, () => listWorlds(this.control));
  }

  removeWorld(name: string): Promise<void> {
    return this.call(this.removeWorld, () => removeWorld(this.control, name));
  }

  errorCoverage(): Promise<ErrorCoverage> {
    return this.call(this.errorCoverage, async () => {
      const { provoked, known, items } = await this.control.get<ErrorCoverage>("errors");
      return { provoked, known, items };
    });
  }
}

/** @param url of any world of the emulator */
function urlOfWorld(url: string, name: string): string {
  const origin = url.replace(/\/_worlds\/[^/]+$/, "");
  return name === "default" ? origin : `${origin}/_worlds/${encodeURIComponent(name)}`;
}
