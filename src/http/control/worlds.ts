import { Hono } from "hono";
import type { AppEnv } from "../env.js";
import { json, jsonPage } from "../respond.js";
import { readControlBody } from "./body.js";

/** The worlds of this process. The control API of each world lists them all. */
export const worlds = new Hono<AppEnv>();

worlds.get("/_emulator/worlds", (c) => jsonPage(c, c.get("emulator").worlds.list()));

worlds.post("/_emulator/worlds", async (c) => {
  const { name, from } = await readControlBody(c, (schemas) => schemas.forkSchema);
  return json(c, c.get("emulator").worlds.fork(name, from));
});

worlds.get("/_emulator/worlds/:name", (c) => json(c, c.get("emulator").worlds.get(c.req.param("name"))));

worlds.delete("/_emulator/worlds/:name", (c) => {
  const name = c.req.param("name");
  c.get("emulator").worlds.remove(name);
  return json(c, { name });
});
