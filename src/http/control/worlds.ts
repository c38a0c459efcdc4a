import { Hono } from "hono";
import * as z from "zod";
import type { AppEnv } from "../env.js";
import { json, jsonPage } from "../respond.js";
import { readControlBody } from "./body.js";

/** The name is generated when absent; `from` is `seed`, the default, or the name of a world to copy. */
const forkSchema = z.strictObject({ name: z.string().optional(), from: z.string().optional() });

/** The worlds of this process. The control API of each world lists them all. */
export const worlds = new Hono<AppEnv>();

worlds.get("/_emulator/worlds", (c) => jsonPage(c, c.get("emulator").worlds.list()));

worlds.post("/_emulator/worlds", async (c) => {
  const { name, from } = await readControlBody(c, forkSchema);
  return json(c, c.get("emulator").worlds.fork(name, from));
});

worlds.get("/_emulator/worlds/:name", (c) => json(c, c.get("emulator").worlds.get(c.req.param("name"))));

worlds.delete("/_emulator/worlds/:name", (c) => {
  const name = c.req.param("name");
  c.get("emulator").worlds.remove(name);
  return json(c, { name });
});
