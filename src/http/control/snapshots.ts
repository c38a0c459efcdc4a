import * as z from "zod";
import { json } from "../answer.js";
import { readBody } from "../body.js";
import type { Route, SnapshotView } from "../routes.js";
import { fail, traceHeaders } from "../settle.js";
import { controlBody, wholeList } from "./call.js";

const PATH = "/_emulator/snapshots";

/** Largest state file that can be uploaded: 1 GiB, our own choice. */
const MAX_IMAGE_BYTES = 1024 ** 3;

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
    method: "GET",
    path: `${PATH}/:name/image`,
    async raw(call) {
      try {
        const image = call.emulator.snapshots.image(call.param("name"));
        call.response.writeHead(200, {
          "Content-Type": "application/octet-stream",
          "Content-Length": image.byteLength,
          ...traceHeaders(call.inProgress),
        });
        call.response.end(Buffer.from(image.buffer, image.byteOffset, image.byteLength));
      } catch (cause) {
        await fail(call, cause);
      }
    },
  },
  {
    surface: "control",
    method: "PUT",
    path: `${PATH}/:name/image`,
    async handler(call) {
      const image = await readBody(call.request, MAX_IMAGE_BYTES);
      return json(200, viewJson(call.emulator.snapshots.put(call.param("name"), image)));
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
