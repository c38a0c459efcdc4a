import { GatewayError, invalid } from "../domain/errors.js";
import type { SnapshotsApi, SnapshotView } from "../http/env.js";
import { StateError } from "../store/state-file.js";
import { openStoreImage } from "../store/store.js";
import type { World } from "./world.js";

interface StoredSnapshot {
  readonly view: SnapshotView;
  readonly image: Uint8Array;
}

/** Images of one world, by name. They outlive a reset, not the process. */
export class WorldSnapshots implements SnapshotsApi {
  readonly #world: World;
  readonly #stored = new Map<string, StoredSnapshot>();
  #named = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** @param name made up when absent; one of this name is replaced. @throws GatewayError `validation` */
  take(name: string = this.#freeName()): SnapshotView {
    return this.#store(name, this.#world.image());
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
    return this.#store(name, image);
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

  #store(name: string, image: Uint8Array): SnapshotView {
    if (name === "") throw invalid("name", "expected at least one character");
    const view = { name, at: this.#world.services.context.clock.now(), bytes: image.byteLength };
    this.#stored.set(name, { view, image });
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
