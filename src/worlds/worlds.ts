import { readAuthorization } from "../domain/credential.js";
import { GatewayError, invalid } from "../domain/errors.js";
import { hashKey } from "../services/secrets.js";
import { World, type WorldOptions } from "./world.js";

/** The world that is there from the start. */
export const DEFAULT_WORLD = "default";
/** In place of a world's name: a new copy of what the seed makes. */
export const FROM_SEED = "seed";

/** A stop waits for nothing that is further away than this, milliseconds: half of what `docker stop` grants. */
const STOP_GRACE_MS = 5_000;

/** In a message: worlds, and characters of a name. */
const MAX_SHOWN = 10;
const MAX_CHARACTERS = 100;

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/**
 * The worlds of one emulator: the one it was started with, and copies of it, in memory, that share nothing with
 * it nor with each other.
 */
export class Worlds {
  readonly #options: WorldOptions;
  readonly #worlds: Map<string, World>;
  /** By the hash of the key that was made for it. */
  readonly #byOwnKey = new Map<string, string>();
  /** What the seed makes, made once: copying it takes a fraction of seeding. */
  #seeded: Uint8Array | null = null;
  #named = 0;

  /** @param options those that `first` was opened with */
  constructor(first: World, options: WorldOptions) {
    this.#options = options;
    this.#worlds = new Map([[DEFAULT_WORLD, first]]);
  }

  get first(): World {
    return this.get(DEFAULT_WORLD);
  }

  /** Whether there is any besides the first. */
  get several(): boolean {
    return this.#worlds.size > 1;
  }

  /** Every name, the oldest first. */
  get names(): readonly string[] {
    return [...this.#worlds.keys()];
  }

  has(name: string): boolean {
    return this.#worlds.has(name);
  }

  /** @throws GatewayError `unknown_world`, naming those that there are */
  get(name: string): World {
    const world = this.#worlds.get(name);
    if (world) return world;
    const shown = this.names.slice(0, MAX_SHOWN).join(", ");
    const more = this.names.length - MAX_SHOWN;
    throw new GatewayError("unknown_world", {
      message: `There is no world "${name.slice(0, MAX_CHARACTERS)}"; there are ${shown}${more > 0 ? ` and ${more} more` : ""}. POST /_emulator/worlds makes one.`,
    });
  }

  /**
   * Makes a world.
   * @param name letters, digits, `-` and `_`; made up when absent
   * @param from `seed`, or the name of the world to copy as it stands
   * @returns its name
   * @throws GatewayError `validation` for a name that is none or taken, `unknown_world` for a source that is not there
   */
  fork(name: string = this.#freeName(), from: string = FROM_SEED): string {
    if (!NAME.test(name)) throw invalid("name", "expected 1 to 64 letters, digits, - and _");
    if (name === FROM_SEED) throw invalid("name", `"${name}" stands for the seed; take another`);
    if (this.has(name)) {
      throw invalid("name", `"${name}" is taken; DELETE /_emulator/worlds/${name} ends a world`);
    }
    const image = from === FROM_SEED ? this.#seededImage() : this.get(from).image();
    const { overrides } = this.#options;
    const own = {
      state: ":memory:",
      image,
      seed: null,
      reset: false,
      workspaceKey: worldKey(name),
      overrides,
    };
    this.#worlds.set(name, new World(own));
    this.#byOwnKey.set(digest(worldKey(name)), name);
    return name;
  }

  /** Ends a world; what is under way in it is cut off. @throws GatewayError */
  remove(name: string): void {
    if (name === DEFAULT_WORLD) throw invalid("name", "the default world ends with the emulator");
    this.get(name).close();
    this.#worlds.delete(name);
    this.#byOwnKey.delete(digest(worldKey(name)));
  }

  /** The name of the world that a request without one belongs to: the only one that knows its key, or the first. */
  ofCaller(authorization: string | undefined): string {
    if (!this.several) return DEFAULT_WORLD;
    const credential = readAuthorization(authorization);
    if (credential.kind !== "key") return DEFAULT_WORLD;
    const own = this.#byOwnKey.get(digest(credential.key));
    if (own !== undefined) return own;
    const knows = (world: World): boolean => world.services.access.find(credential.key) !== null;
    if (knows(this.first)) return DEFAULT_WORLD;
    const knowing = this.names.filter((name) => knows(this.get(name)));
    return knowing.length === 1 ? (knowing[0] ?? DEFAULT_WORLD) : DEFAULT_WORLD;
  }

  /** The seed of the first world was replaced: copies of it are made anew. */
  seedChanged(): void {
    this.#seeded = null;
  }

  /** What waits for an instant that a stop does not wait for: any while time stands still, or one too far away. */
  dropUnreachable(): void {
    for (const world of this.#worlds.values()) {
      const { clock } = world.services.context;
      if (clock.state.mode === "frozen") clock.clear();
      else clock.clear(clock.now() + STOP_GRACE_MS);
    }
  }

  close(): void {
    for (const world of this.#worlds.values()) world.close();
  }

  #seededImage(): Uint8Array {
    if (this.#seeded) return this.#seeded;
    const { overrides, workspaceKey } = this.#options;
    const seed = this.first.seed;
    const made = new World({ state: ":memory:", seed, reset: true, workspaceKey, overrides });
    this.#seeded = made.image();
    made.close();
    return this.#seeded;
  }

  #freeName(): string {
    for (;;) {
      const name = `world-${++this.#named}`;
      if (!this.has(name)) return name;
    }
  }
}

/** Manages one world, and leads to it without naming it. */
function worldKey(name: string): string {
  return `${name}.local-world-key`;
}

function digest(key: string): string {
  return hashKey(key).toString("latin1");
}
