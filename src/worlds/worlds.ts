import { readAuthorization } from "../domain/credential.js";
import { GatewayError, invalid } from "../domain/errors.js";
import { World } from "./world.js";
import type { WorldCopy, WorldOptions } from "./world-options.js";

/** Name of the first world. */
export const DEFAULT_WORLD = "default";
/** A managing key of a fork is its name and this; it also identifies the world of a request. */
const WORLD_KEY_END = ".local-world-key";
/** Reserved name: forks from the seed. */
const FROM_SEED = "seed";

/** Maximum worlds in a message. */
const MAX_SHOWN = 10;
/** Maximum characters of a name in a message. */
const MAX_CHARACTERS = 100;

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/**
 * The worlds of one emulator: the default world, and forks of it in memory. Worlds share nothing.
 */
export class Worlds {
  readonly #options: WorldOptions;
  readonly #worlds: Map<string, World>;
  /** Of a freshly seeded world: copying is much faster than seeding. */
  #seeded: WorldCopy | null = null;
  #named = 0;

  /** @param options of `first` */
  constructor(first: World, options: WorldOptions) {
    this.#options = options;
    this.#worlds = new Map([[DEFAULT_WORLD, first]]);
  }

  get first(): World {
    return this.get(DEFAULT_WORLD);
  }

  /** Whether there is more than one world. */
  get several(): boolean {
    return this.#worlds.size > 1;
  }

  /** All names, oldest first. */
  get names(): readonly string[] {
    return [...this.#worlds.keys()];
  }

  has(name: string): boolean {
    return this.#worlds.has(name);
  }

  /** @throws GatewayError `unknown_world` with the names of existing worlds */
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
   * Creates a world.
   * @param name letters, digits, `-` and `_`; default: a free name
   * @param from `seed`, or the name of the world to copy
   * @returns its name
   * @throws GatewayError `validation` for an invalid or taken name, or one world too many (Y-82); `unknown_world` for an
   *   unknown `from`
   */
  fork(name: string = this.#freeName(), from: string = FROM_SEED): string {
    if (!NAME.test(name)) throw invalid("name", "expected 1 to 64 letters, digits, - and _");
    if (name === FROM_SEED) throw invalid("name", `"${name}" is a reserved name; choose another`);
    if (this.has(name)) {
      throw invalid("name", `"${name}" is taken; DELETE /_emulator/worlds/${name} removes that world`);
    }
    this.#checkRoom();
    const copy = from === FROM_SEED ? this.#copyOfSeed() : this.get(from).copy();
    const { overrides, addressGuard, schemaWorkers, machineTime } = this.#options;
    const options: WorldOptions = {
      state: ":memory:",
      copy,
      seed: null,
      reset: false,
      workspaceKey: name + WORLD_KEY_END,
      overrides,
      addressGuard,
      schemaWorkers,
      ...(machineTime && { machineTime }),
    };
    this.#worlds.set(name, new World(options));
    return name;
  }

  /** Removes a world and cuts off its requests in progress. @throws GatewayError */
  remove(name: string): void {
    if (name === DEFAULT_WORLD) throw invalid("name", "the default world cannot be removed");
    this.get(name).close();
    this.#worlds.delete(name);
  }

  /** The world of a request that does not name one: the only world that knows its key, or the default world. */
  ofCaller(authorization: string | undefined): string {
    if (!this.several) return DEFAULT_WORLD;
    const credential = readAuthorization(authorization);
    if (credential.kind !== "key") return DEFAULT_WORLD;
    if (credential.key.endsWith(WORLD_KEY_END)) {
      const fork = credential.key.slice(0, -WORLD_KEY_END.length);
      if (fork !== DEFAULT_WORLD && this.has(fork)) return fork;
    }
    const knows = (world: World): boolean => world.services.access.find(credential.key) !== null;
    if (knows(this.first)) return DEFAULT_WORLD;
    const [name, ...others] = this.names.filter((known) => knows(this.get(known)));
    return name !== undefined && others.length === 0 ? name : DEFAULT_WORLD;
  }

  /** Call after the seed of the default world has been replaced. */
  seedChanged(): void {
    this.#seeded = null;
  }

  /** Webhooks that are being sent, over all worlds. */
  get sending(): number {
    let sending = 0;
    for (const { services } of this.#worlds.values()) sending += services.webhooks.sending;
    return sending;
  }

  /**
   * For a stop: ends waits for requests and for idle webhooks, and drops jobs that are due later than the stop waits; on
   * a frozen clock, all of them.
   * @param graceMs milliseconds; 0: drops every job
   */
  dropUnreachable(graceMs: number): void {
    for (const { services } of this.#worlds.values()) {
      services.journal.endWaits();
      const { clock } = services.context;
      if (graceMs === 0 || clock.state.mode === "frozen") clock.clear();
      else clock.clear(clock.now() + graceMs);
    }
  }

  close(): void {
    for (const world of this.#worlds.values()) world.close();
    this.#options.schemaWorkers.close();
  }

  #copyOfSeed(): WorldCopy {
    if (this.#seeded) return this.#seeded;
    const seed = this.first.seed;
    const world = new World({ ...this.#options, state: ":memory:", seed, reset: true });
    this.#seeded = world.copy();
    world.close();
    return this.#seeded;
  }

  #checkRoom(): void {
    const { maxWorlds } = this.first.services.context.settings;
    if (this.#worlds.size < maxWorlds) return;
    throw new GatewayError("validation", {
      message: `There are ${this.#worlds.size} worlds already, as many as settings.max_worlds allows. DELETE /_emulator/worlds/{name} removes one; a seed can raise max_worlds.`,
    });
  }

  #freeName(): string {
    for (;;) {
      const name = `world-${++this.#named}`;
      if (!this.has(name)) return name;
    }
  }
}
