import { asObject } from "../domain/parse-json.js";
import { ControlError, type Fetch, WorldConnection } from "./connection.js";
import { ControlApi } from "./control-api.js";
import type { GatewayWorld } from "./gateway-world.js";

/** What a world says about itself. */
export type View = Pick<GatewayWorld, "name" | "workspaceKey" | "env" | "keys" | "example">;

/** Where a client reads its world's view. */
export interface ViewSource {
  current(): View;
  /** Called after each call that may have changed the keys. */
  refresh(): Promise<void>;
}

/**
 * The view from `GET /_emulator/health`, as of the last refresh.
 * @param url where the world is reached; behind a mapped port it is not the one that the world knows
 * @param controlToken for an emulator that asks for it
 * @throws ControlError, also when something else answers
 */
export async function readView(
  url: string,
  fetch: Fetch,
  controlToken: string | null = null,
): Promise<ViewSource> {
  const control = new ControlApi(new WorldConnection(url, fetch, controlToken));
  let view = await readHealth(url, control);
  return {
    current: () => view,
    async refresh() {
      view = await readHealth(url, control);
    },
  };
}

function tokenNeeded(url: string): string {
  return `The emulator at ${url} asks for its control token, which it printed when it started, and got none or another one: set GATEWAY_EMULATOR_CONTROL_TOKEN, or give it as controlToken (on the command line, --control-token).`;
}

async function readHealth(url: string, control: ControlApi): Promise<View> {
  const health: unknown = await control.get("health");
  if (asObject(health)?.control_token !== undefined) {
    throw new ControlError(tokenNeeded(url), 401, "UNAUTHENTICATED");
  }
  if (!isHealth(health)) {
    throw new ControlError(`What answers at ${url} is no gateway-emulator of this version.`, 200);
  }
  const { name, env, keys, example } = health;
  return {
    name,
    workspaceKey: env.BASETEN_API_KEY ?? "",
    env: reachedAt(url, health.url, env),
    keys,
    example,
  };
}

/** The environment with the URL where the emulator is reached in place of the one it knows. */
function reachedAt(url: string, own: string, env: View["env"]): View["env"] {
  return Object.fromEntries(
    Object.entries(env).map(([variable, value]) => [
      variable,
      value === own || value.startsWith(`${own}/`) ? url + value.slice(own.length) : value,
    ]),
  );
}

/** The fields that every emulator of this version answers. */
type Health = Omit<View, "workspaceKey"> & { readonly url: string };

function isHealth(value: unknown): value is Health {
  return (
    typeof value === "object" &&
    value !== null &&
    ["url", "name", "env", "keys", "example"].every((field) => field in value)
  );
}
