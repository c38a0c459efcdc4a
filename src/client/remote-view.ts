import type { ExampleCall } from "../config/example-call.js";
import type { ControlClient } from "./remote-control-client.js";
import { ControlError } from "./remote-control-client.js";

/** What a world says of itself. */
export interface View {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly keys: Readonly<Record<string, string>>;
  readonly example: ExampleCall | null;
}

/**
 * Asks `GET /_emulator/health`.
 * @param url where the world is reached, which behind a mapped port is not where it thinks it is
 * @throws ControlError, also when something else answers
 */
export async function askView(client: ControlClient, url: string): Promise<View> {
  const health: unknown = await client.get("health");
  if (!isHealth(health)) {
    throw new ControlError(`What answers at ${url} is no gateway-emulator of this version.`, null);
  }
  const { name, env, keys, example } = health;
  return { name, env: reachedAt(url, health.url, env), keys, example };
}

/** Behind a mapped port an emulator has another address than it knows of. */
export function reachedAt(url: string, own: string, env: View["env"]): View["env"] {
  return Object.fromEntries(
    Object.entries(env).map(([variable, value]) => [
      variable,
      value === own || value.startsWith(`${own}/`) ? url + value.slice(own.length) : value,
    ]),
  );
}

/** By what every emulator of this version answers. */
function isHealth(value: unknown): value is View & { readonly url: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    ["url", "name", "env", "keys", "example"].every((field) => field in value)
  );
}
