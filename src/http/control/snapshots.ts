import * as z from "zod";
import { json } from "../answer.js";
import type { Route, SnapshotView } from "../routes.js";
import { controlBody, wholeList } from "./call.js";

const PATH = "/_emulator/snapshots";

const takeSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({ description: "Made up when absent; one of this name is replaced" }),
});

/** A world as it stands, to come back to. */
export const SNAPSHOT_ROUTES: readonly Route[] = [
  {
    surface: "control",
    method: "GET",
    path: PATH,
    handler: ({ emulator }) => wholeList(emulator.snapshots.list().map(viewJson)),
  },
  {
    surface: "control",
    method: "POST",
    path: PATH,
    async handler(call) {
      const { name } = await controlBody(call, takeSchema);
      return json(200, viewJson(call.emulator.snapshots.take(name)));
    },
  },
  {
    surface: "control",
    method: "POST",
    path: `${PATH}/:name/restore`,
    handler(call) {
      call.emulator.snapshots.restore(call.param("name"));
      return json(200, { ok: true });
    },
  },
  {
    surface: "control",
    method: "DELETE",
    path: `${PATH}/:name`,
    handler(call) {
      call.emulator.snapshots.remove(call.param("name"));
      return json(200, { name: call.param("name") });
    },
  },
];

function viewJson({ name, at, bytes }: SnapshotView) {
  return { name, at: new Date(at).toISOString(), bytes };
}
