import { exampleCall } from "../config/example-call.js";
import type { WorldView } from "../http/env.js";
import type { World } from "./world.js";
import { DEFAULT_WORLD } from "./worlds.js";

/**
 * What a world says about itself: its URL, its keys, and the environment of a process that uses it.
 * @param controlToken what `/_emulator/` asks for; null: nothing
 */
export function viewOf(world: World, name: string, url: string, controlToken: string | null): WorldView {
  const { keys, workspaceKey } = world;
  const [firstKey] = Object.values(keys);
  return {
    name,
    url,
    env: {
      GATEWAY_EMULATOR_URL: url,
      BASETEN_API_KEY: workspaceKey,
      BASETEN_BASE_URL: `${url}/v1`,
      OPENAI_BASE_URL: `${url}/v1`,
      ...(firstKey === undefined ? {} : { OPENAI_API_KEY: firstKey }),
      ...(controlToken === null ? {} : { GATEWAY_EMULATOR_CONTROL_TOKEN: controlToken }),
    },
    keys,
    example: exampleCall(world.seed),
  };
}

/** The URL of a world on a server. */
export function worldUrl(origin: string, name: string): string {
  return name === DEFAULT_WORLD ? origin : `${origin}/_worlds/${name}`;
}
