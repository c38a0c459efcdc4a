import * as z from "zod";
import { json } from "../answer.js";
import type { Route } from "../routes.js";
import { controlBody, wholeList } from "./call.js";

const PATH = "/_emulator/worlds";

const forkSchema = z.strictObject({
  name: z.string().optional().meta({ description: "Made up when absent" }),
  from: z
    .string()
    .optional()
    .meta({ description: "`seed`, the default, or the name of the world to copy as it stands" }),
});

/** Isolated worlds in one process; every world's control plane sees them all. */
export const WORLD_ROUTES: readonly Route[] = [
  {
    surface: "control",
    method: "GET",
    path: PATH,
    handler: ({ emulator }) => wholeList(emulator.worlds.list()),
  },
  {
    surface: "control",
    method: "POST",
    path: PATH,
    async handler(call) {
      const { name, from } = await controlBody(call, forkSchema);
      return json(200, call.emulator.worlds.fork(name, from));
    },
  },
  {
    surface: "control",
    method: "GET",
    path: `${PATH}/:name`,
    handler: (call) => json(200, call.emulator.worlds.get(call.param("name"))),
  },
  {
    surface: "control",
    method: "DELETE",
    path: `${PATH}/:name`,
    handler(call) {
      call.emulator.worlds.remove(call.param("name"));
      return json(200, { name: call.param("name") });
    },
  },
];
