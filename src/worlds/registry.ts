import type { WorldHandle } from "../client/faces-world.js";
import type { EmulatorApi, ServedWorld, WorldLookup, WorldView } from "../http/env.js";
import type { Services } from "../services/services.js";
import { DEFAULT_WORLD, type Worlds } from "./worlds.js";

/** A world as tests and as requests find it. */
interface Place {
  readonly handle: WorldHandle;
  readonly tenant: ServedWorld;
}

/** What every world of one emulator is told. */
export type Shared = Pick<EmulatorApi, "version" | "errors">;

/** Which request and which test belongs to which world. */
export class Tenancy implements WorldLookup {
  readonly first: ServedWorld;
  readonly #worlds: Worlds;
  readonly #shared: Shared;
  readonly #places = new Map<string, Place>();
  readonly #handleOf: (name: string) => WorldHandle;

  /** @param handleOf makes the handle of a world that is there */
  constructor(worlds: Worlds, first: WorldHandle, handleOf: (name: string) => WorldHandle, shared: Shared) {
    this.#worlds = worlds;
    this.#shared = shared;
    this.#handleOf = handleOf;
    this.first = this.#place(first, worlds.first.services).tenant;
  }

  get several(): boolean {
    return this.#worlds.several;
  }

  /** @throws GatewayError `unknown_world` */
  named(name: string): ServedWorld {
    return this.#at(name).tenant;
  }

  ofCaller(authorization: string | undefined): ServedWorld {
    return this.named(this.#worlds.ofCaller(authorization));
  }

  /** @throws GatewayError `unknown_world` */
  handle(name: string): WorldHandle {
    return this.#at(name).handle;
  }

  /** @throws GatewayError, as {@link Worlds.fork} */
  fork(name?: string, from?: string): WorldHandle {
    const made = this.#worlds.fork(name, from);
    return this.#place(this.#handleOf(made), this.#worlds.get(made).services).handle;
  }

  /** @throws GatewayError, as {@link Worlds.remove} */
  remove(name: string): void {
    this.#worlds.remove(name);
    this.#places.delete(name);
  }

  #at(name: string): Place {
    const place = this.#places.get(name);
    if (place) return place;
    this.#worlds.get(name);
    throw new Error(`world ${name} has no handle`);
  }

  #place(handle: WorldHandle, services: Services): Place {
    const { snapshots } = handle;
    const emulator: EmulatorApi = {
      ...this.#shared,
      view: () => this.#view(handle.name),
      reset: () => handle.resetNow(),
      seed: (partial) => handle.addSeed(partial),
      reseed: (seed) => {
        handle.replaceSeed(seed);
        if (handle.name === DEFAULT_WORLD) this.#worlds.seedChanged();
      },
      snapshots,
      worlds: {
        list: () => this.#worlds.names.map((name) => this.#view(name)),
        get: (name) => this.#view(name),
        fork: (name, from) => this.#view(this.fork(name, from).name),
        remove: (name) => this.remove(name),
      },
    };
    const place: Place = { handle, tenant: { services, emulator } };
    this.#places.set(handle.name, place);
    return place;
  }

  #view(name: string): WorldView {
    const { url, env, keys, example } = this.#at(name).handle;
    return { name, url, env, keys, example };
  }
}

/** The URL of a world on a server. */
export function worldUrl(origin: string, name: string): string {
  return name === DEFAULT_WORLD ? origin : `${origin}/_worlds/${name}`;
}
