import { readFile, writeFile } from "node:fs/promises";
import { GatewayError, invalid } from "../domain/errors.js";
import type { World } from "../worlds/world.js";

/** A world as it stood: kept in this process under its name, or in a file. */
export interface Snapshot {
  readonly name: string;
  /** When it was taken, epoch milliseconds on the world's clock. */
  readonly at: number;
  readonly bytes: number;
  /** Where it was written to as well, a state file that a later process can restore or start from. */
  readonly file: string | null;
}

/** The snapshots of one world. They outlive a reset; those without a file end with the process. */
export class Snapshots {
  readonly #world: World;
  readonly #taken = new Map<string, { readonly view: Snapshot; readonly image: Uint8Array }>();
  #named = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** @param name made up when absent; one of that name is replaced */
  take(name: string = this.#freeName()): Snapshot {
    if (name === "") throw invalid("name", "expected at least one character");
    const image = this.#world.image();
    const view = { name, at: this.#world.services.context.clock.now(), bytes: image.byteLength, file: null };
    this.#taken.set(name, { view, image });
    return view;
  }

  /** The same, and written to a file as well. */
  async write(file: string, name?: string): Promise<Snapshot> {
    const view = this.take(name);
    await writeFile(file, this.#find(view.name).image);
    const written = { ...view, file };
    this.#taken.set(view.name, { ...this.#find(view.name), view: written });
    return written;
  }

  list(): readonly Snapshot[] {
    return [...this.#taken.values()].map(({ view }) => view);
  }

  /** @throws GatewayError `not_found`, naming those that there are */
  restore(name: string): void {
    this.#world.restore(this.#find(name).image, `the snapshot ${name}`);
  }

  /** @throws StateError, or what reading it says */
  async restoreFile(file: string): Promise<void> {
    this.#world.restore(await readFile(file), file);
  }

  /** @throws GatewayError `not_found` */
  remove(name: string): void {
    this.#find(name);
    this.#taken.delete(name);
  }

  #find(name: string) {
    const found = this.#taken.get(name);
    if (found) return found;
    const names = [...this.#taken.keys()];
    throw new GatewayError("not_found", {
      message: `There is no snapshot "${name}"; ${names.length > 0 ? `there are ${names.join(", ")}` : "none was taken"}.`,
    });
  }

  #freeName(): string {
    for (;;) {
      const name = `snapshot-${++this.#named}`;
      if (!this.#taken.has(name)) return name;
    }
  }
}
