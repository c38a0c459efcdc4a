import type { ControlApi } from "./control-api.js";
import { checkFields } from "./known-fields.js";

/** How to make a world. */
export interface ForkOptions {
  /** `seed`, the default, or the name of the world to copy as it is. */
  readonly from?: string;
}

/** Names of the worlds, oldest first. @throws ControlError */
export async function listWorlds(control: ControlApi): Promise<readonly string[]> {
  return (await control.list<{ name: string }>("worlds")).map(({ name }) => name);
}

/**
 * Makes a world unless it exists. With `from`, a world of this name must not exist.
 * @param existing names of the worlds
 * @throws ControlError; TypeError for an unknown option
 */
export async function ensureWorld(
  control: ControlApi,
  name: string,
  options: ForkOptions,
  existing: () => readonly string[] | Promise<readonly string[]>,
): Promise<void> {
  checkFields("world", options, { from: true });
  const { from } = options;
  if (from === undefined && (await existing()).includes(name)) return;
  await control.command("worlds", { name, from });
}

/** @throws ControlError */
export async function removeWorld(control: ControlApi, name: string): Promise<void> {
  await control.delete(`worlds/${encodeURIComponent(name)}`);
}
