import { Hono } from "hono";
import { isoTime } from "../../domain/iso-time.js";
import type { AppEnv, SnapshotView } from "../env.js";
import { readBody } from "../middleware/body.js";
import { json, jsonPage, wholeResponse } from "../respond.js";
import { readControlBody } from "./body.js";

/** Largest state file that can be uploaded: 1 GiB, our own choice. */
const MAX_IMAGE_BYTES = 1024 ** 3;

/** Snapshots of the request's world. */
export const snapshots = new Hono<AppEnv>();

snapshots.get("/_emulator/snapshots", (c) => jsonPage(c, c.get("emulator").snapshots.list().map(viewJson)));

snapshots.post("/_emulator/snapshots", async (c) => {
  const { name } = await readControlBody(c, (schemas) => schemas.snapshotSchema);
  return json(c, viewJson(c.get("emulator").snapshots.take(name)));
});

snapshots.post("/_emulator/snapshots/:name/restore", (c) => {
  c.get("emulator").snapshots.restore(c.req.param("name"));
  return json(c, { ok: true });
});

snapshots.get("/_emulator/snapshots/:name/image", (c) => {
  const image = c.get("emulator").snapshots.image(c.req.param("name"));
  const bytes = Buffer.from(image.buffer, image.byteOffset, image.byteLength);
  return wholeResponse(c, 200, bytes, { "Content-Type": "application/octet-stream" });
});

snapshots.put("/_emulator/snapshots/:name/image", async (c) => {
  const { snapshots } = c.get("emulator");
  const name = c.req.param("name");
  snapshots.checkRoom(name, Number(c.req.header("Content-Length") ?? 0));
  const image = await readBody(c, MAX_IMAGE_BYTES);
  return json(c, viewJson(snapshots.put(name, image)));
});

snapshots.delete("/_emulator/snapshots/:name", (c) => {
  const name = c.req.param("name");
  c.get("emulator").snapshots.remove(name);
  return json(c, { name });
});

function viewJson({ name, at, bytes }: SnapshotView) {
  return { name, at: isoTime(at), bytes };
}
