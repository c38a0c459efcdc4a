import { GatewayError, invalid } from "../domain/errors.js";
import type { SnapshotsApi, SnapshotView } from "../http/env.js";
import { StateError } from "../store/state-file.js";
import { openStoreImage } from "../store/store.js";
import type { World } from "./world.js";

interface StoredSnapshot {
  readonly view: SnapshotView;
  /** Whether its name was made up. */
  readonly unnamed: boolean;
  readonly image: Uint8Array;
}

/** Images of one world, by name. They outlive a reset, not the process. */
export class WorldSnapshots implements SnapshotsApi {
  readonly #world: World;
  readonly #room: () => number;
  readonly #stored = new Map<string, StoredSnapshot>();
  #named = 0;

  /** @param room how many bytes more the snapshots of all worlds may have (Y-82) */
  constructor(world: World, room: () => number) {
    this.#world = world;
    this.#room = room;
  }

  /** The size of all. */
  get bytes(): number {
    let sum = 0;
    for (const { view } of this.#stored.values()) sum += view.bytes;
    return sum;
  }

  /**
   * @param name made up when absent; one of this name is replaced
   * @throws GatewayError `validation`, also when there are too many or too large ones (Y-82)
   */
  take(name?: string): SnapshotView {
    if (name === undefined) this.#checkUnnamed();
    return this.#store(name ?? this.#freeName(), this.#world.image(), name === undefined);
  }

  list(): readonly SnapshotView[] {
    return [...this.#stored.values()].map(({ view }) => view);
  }

  /** The bytes of a state file. @throws GatewayError `not_found`, naming the existing ones */
  image(name: string): Uint8Array {
    return this.#find(name).image;
  }

  /**
   * Stores an image of this world or another; one of this name is replaced.
   * @throws GatewayError `validation` when it is not a readable state
   */
  put(name: string, image: Uint8Array): SnapshotView {
    try {
      openStoreImage(image, name).close();
    } catch (cause) {
      if (!(cause instanceof StateError)) throw cause;
      throw new GatewayError("validation", { message: cause.message });
    }
    return this.#store(name, image, false);
  }

  /** @throws GatewayError `validation` when a snapshot of that name and size would be too much */
  checkRoom(name: string, bytes: number): void {
    const room = this.#room() + (this.#stored.get(name)?.view.bytes ?? 0);
    if (bytes <= room) return;
    throw new GatewayError("validation", {
      message: `A snapshot of ${bytes} bytes is too large: settings.max_snapshot_bytes leaves ${Math.max(0, room)} bytes for it. DELETE /_emulator/snapshots/{name} removes one; a seed can raise max_snapshot_bytes.`,
    });
  }

  /** @throws GatewayError `not_found` */
  restore(name: string): void {
    this.#world.restore(this.#find(name).image, `the snapshot ${name}`);
  }

  /** @throws GatewayError `not_found` */
  remove(name: string): void {
    this.#find(name);
    this.#stored.delete(name);
  }

  #checkUnnamed(): void {
    const most = this.#world.services.context.settings.maxUnnamedSnapshots;
    let unnamed = 0;
    for (const stored of this.#stored.values()) if (stored.unnamed) unnamed++;
    if (unnamed < most) return;
    throw new GatewayError("validation", {
      message: `There are ${unnamed} snapshots without a name of yours, as many as settings.max_unnamed_snapshots allows. Give this one a name, which replaces the one before, or remove one with DELETE /_emulator/snapshots/{name}.`,
    });
  }

  #store(name: string, image: Uint8Array, unnamed: boolean): SnapshotView {
    if (name === "") throw invalid("name", "expected at least one character");
    this.checkRoom(name, image.byteLength);
    const view = { name, at: this.#world.services.context.clock.now(), bytes: image.byteLength };
    this.#stored.set(name, { view, unnamed, image });
    return view;
  }

  #find(name: string): StoredSnapshot {
    const found = this.#stored.get(name);
    if (found) return found;
    const names = [...this.#stored.keys()];
    throw new GatewayError("not_found", {
      message: `There is no snapshot "${name}"; ${names.length > 0 ? `there are ${names.join(", ")}` : "none was taken"}.`,
    });
  }

  #freeName(): string {
    for (;;) {
      const name = `snapshot-${++this.#named}`;
      if (!this.#stored.has(name)) return name;
    }
  }
}
