import { readFile, writeFile } from "node:fs/promises";
import type { ControlApi } from "./control-api.js";
import { checkFields } from "./known-fields.js";

/** A copy of a world, kept by its emulator under a name, and in a file when one was given. */
export interface Snapshot {
  readonly name: string;
  /** When it was taken, epoch milliseconds on the world's clock. */
  readonly at: number;
  readonly bytes: number;
  /** The file it was written to as well: a state file that a later process can restore or start from. */
  readonly file: string | null;
}

export interface SnapshotOptions {
  /** Made up when absent; one of this name is replaced. */
  readonly name?: string;
  /** Write it to this file as well. */
  readonly file?: string;
}

/** A snapshot, its name, or a file of one. */
export type SnapshotSource = string | Pick<Snapshot, "name"> | { readonly file: string };

/** A snapshot as the control API returns it. */
type SnapshotJson = Pick<Snapshot, "name" | "bytes"> & { readonly at: string };

/** @throws ControlError; TypeError for an unknown option; the system's error when the file cannot be written */
export async function takeSnapshot(control: ControlApi, options: SnapshotOptions): Promise<Snapshot> {
  checkFields("snapshot", options, { name: true, file: true });
  const { name, bytes, at } = await control.post<SnapshotJson>("snapshots", { name: options.name });
  const { file = null } = options;
  if (file !== null) await writeFile(file, await control.getBytes(`${pathOf(name)}/image`));
  return { name, at: Date.parse(at), bytes, file };
}

/** @throws ControlError; TypeError for another value; the system's error when the file cannot be read */
export async function restoreSnapshot(control: ControlApi, source: SnapshotSource): Promise<void> {
  if (typeof source === "string") return restore(control, source);
  if (typeof source === "object" && source !== null) {
    if ("name" in source) return restore(control, source.name);
    if ("file" in source) return restoreFile(control, source.file);
  }
  // Awaited or not: a promise gets here, so that a missing `await` shows.
  throw new TypeError("restore takes what `await snapshot()` answered, the name of a snapshot, or { file }");
}

function restore(control: ControlApi, name: string): Promise<void> {
  return control.command(`${pathOf(name)}/restore`);
}

/** Uploads it under the file's name, which messages then show, and keeps nothing of it. */
async function restoreFile(control: ControlApi, file: string): Promise<void> {
  await control.putBytes(`${pathOf(file)}/image`, await readFile(file));
  try {
    await restore(control, file);
  } finally {
    await control.delete(pathOf(file));
  }
}

function pathOf(name: string): string {
  return `snapshots/${encodeURIComponent(name)}`;
}
