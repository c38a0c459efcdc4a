import type { JournalEntry } from "../domain/journal.js";
import type { EmulatorApi, ServedWorld, WorldLookup, WorldView } from "../http/env.js";
import { orRefusedSeed } from "./seed-errors.js";
import { WorldSnapshots } from "./snapshots.js";
import type { World } from "./world.js";
import { viewOf, worldUrl } from "./world-view.js";
import { DEFAULT_WORLD, type Worlds } from "./worlds.js";

interface RegistryOptions extends Pick<EmulatorApi, "version" | "errors"> {
  /** What `/_emulator/` asks for; null: nothing. */
  readonly controlToken: string | null;
  /** Called after every request to any world. */
  readonly onRequest: ((entry: JournalEntry) => void) | undefined;
}

/** The worlds of one emulator as requests find them. */
export class WorldRegistry implements WorldLookup {
  /** Where the emulator is reached. */
  origin = "";
  readonly first: ServedWorld;
  readonly #worlds: Worlds;
  readonly #options: RegistryOptions;
  readonly #served = new Map<string, ServedWorld>();
  readonly #snapshots = new Map<string, WorldSnapshots>();

  constructor(worlds: Worlds, options: RegistryOptions) {
    this.#worlds = worlds;
    this.#options = options;
    this.first = this.#add(DEFAULT_WORLD, worlds.first);
  }

  get several(): boolean {
    return this.#worlds.several;
  }

  /** @throws GatewayError `unknown_world` */
  named(name: string): ServedWorld {
    return this.#served.get(name) ?? this.#add(name, this.#worlds.get(name));
  }

  ofCaller(authorization: string | undefined): ServedWorld {
    return this.named(this.#worlds.ofCaller(authorization));
  }

  #add(name: string, world: World): ServedWorld {
    const { onRequest, version, errors } = this.#options;
    if (onRequest) world.services.journal.onEntry(onRequest);
    const snapshots = new WorldSnapshots(world, () => this.#snapshotRoom());
    this.#snapshots.set(name, snapshots);
    const emulator: EmulatorApi = {
      version,
      errors,
      view: () => this.#view(name),
      problem: () => world.problem(),
      reset: () => world.reset(),
      seed: (partial) => orRefusedSeed(partial, (seed) => world.add(seed)),
      reseed: (wanted) =>
        orRefusedSeed(wanted, (seed) => {
          world.reseed(seed);
          if (name === DEFAULT_WORLD) this.#worlds.seedChanged();
        }),
      snapshots,
      worlds: {
        list: () => this.#worlds.names.map((each) => this.#view(each)),
        get: (wanted) => this.#view(wanted),
        fork: (wanted, from) => this.#view(this.#worlds.fork(wanted, from)),
        remove: (wanted) => this.#remove(wanted),
      },
    };
    const served: ServedWorld = { services: world.services, emulator };
    this.#served.set(name, served);
    return served;
  }

  /** @throws GatewayError, as {@link Worlds.remove} */
  #remove(name: string): void {
    this.#worlds.remove(name);
    this.#served.delete(name);
    this.#snapshots.delete(name);
  }

  /** Bytes that the snapshots of all worlds may still grow by. */
  #snapshotRoom(): number {
    let room = this.#worlds.first.services.context.settings.maxSnapshotBytes;
    for (const snapshots of this.#snapshots.values()) room -= snapshots.bytes;
    return room;
  }

  /** @throws GatewayError `unknown_world` */
  #view(name: string): WorldView {
    return viewOf(this.#worlds.get(name), name, worldUrl(this.origin, name), this.#options.controlToken);
  }
}
