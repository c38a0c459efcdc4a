import { APPROXIMATE } from "../domain/completion/tokens.js";
import { DEFAULT_SETTINGS, type Settings } from "../domain/settings.js";
import { storageFault } from "../domain/storage-error.js";
import { Clock, type ClockState } from "../runtime/clock.js";
import { createRandom, type RandomState } from "../runtime/random.js";
import type { Seed } from "../schemas/seed.js";
import { Patterns } from "../services/patterns.js";
import {
  applySeed,
  declaredKeys,
  declaredWorkspaceKey,
  ensureWorkspaceKey,
  settingsOf,
} from "../services/seeding.js";
import { createServices, type Services } from "../services/services.js";
import { tokenizerNamed } from "../services/tokenizers.js";
import type { WorldContext } from "../services/world-context.js";
import { openState, orDamaged } from "./open-state.js";
import { watchState } from "./watch-state.js";
import type { WorldCopy, WorldOptions } from "./world-options.js";
import {
  clockOf,
  type DeclaredSeed,
  declaredBy,
  META,
  randomSeed,
  refuseStartOnly,
  storedSeed,
  type WorldState,
} from "./world-state.js";

/** The workspace key of a world whose seed declares none: fixed, so that it can be pasted. */
const DEVELOPMENT_KEY = "emulator.local-development-key";

const EMPTY_SEED = declaredBy({});

/**
 * One isolated emulator: its database, clock, random source and services.
 */
export class World {
  readonly services: Services;
  /** Whether the state had data; the seed is then only the target of resets. */
  readonly resumed: boolean;
  /** Whether {@link close} was called. */
  closed = false;
  readonly #context: WorldContext;
  readonly #options: WorldOptions;
  #declared: DeclaredSeed;
  #endWatch = (): void => {};
  /** Keys that {@link add} has added since the last reset. */
  #added: Readonly<Record<string, string>> = {};

  /** @throws StateError, SeedError */
  constructor(options: WorldOptions) {
    this.#options = options;
    const { copy } = options;
    const store = openState(options);
    const clock = new Clock({ mode: "real" }, options.machineTime);
    const stored = copy?.declared ?? orDamaged(store, options.state, () => storedSeed(store));
    this.#declared = options.seed ? declaredBy(options.seed) : (stored ?? EMPTY_SEED);
    this.#context = {
      store,
      clock,
      random: createRandom(randomSeed(this.seed, 0)),
      randomSeed: randomSeed(this.seed, 0),
      settings: this.#settings(),
      addressGuard: options.addressGuard,
      tokenizer: APPROXIMATE,
      cursorSecret: "",
      patterns: new Patterns(),
      schemaWorkers: options.schemaWorkers,
      caches: [],
    };
    this.services = createServices(this.#context);
    this.resumed = stored !== null && !options.reset;
    try {
      if (copy) this.#continueImage();
      else if (this.resumed) orDamaged(store, options.state, () => this.#continue(null));
      else this.#start();
    } catch (cause) {
      store.close();
      throw cause;
    }
    if (options.state !== ":memory:") this.#endWatch = watchState(() => this.problem());
    clock.onChange((state) => store.meta.set(META.clock, state));
  }

  /** The managing key of the first workspace. */
  get workspaceKey(): string {
    return this.#options.workspaceKey ?? declaredWorkspaceKey(this.seed) ?? DEVELOPMENT_KEY;
  }

  /** Federated keys of the seeds, by name. */
  get keys(): Readonly<Record<string, string>> {
    return { ...this.#declared.keys, ...this.#added };
  }

  /** What keeps the state from being stored, and what to do; null: nothing that is known. */
  problem(): string | null {
    return this.#context.store.problem() ?? this.services.journal.problem;
  }

  /** The target of a reset. */
  get seed(): Seed {
    return this.#declared.seed;
  }

  /** Back to the seed: tables, counters, clock and ids. Requests in progress get an answer but are not stored. */
  reset(): void {
    this.services.journal.flush();
    this.#start();
  }

  /** Makes a seed the target of resets, and resets. Changes nothing if the seed cannot be applied. @throws SeedError */
  reseed(seed: Seed): void {
    // Tested in another world first, because a rollback does not restore jobs and ids.
    new World({ ...this.#options, state: ":memory:", seed, reset: true }).close();
    this.#declared = declaredBy(seed);
    this.reset();
  }

  /** Adds a seed, all of it or nothing. The target of resets stays. @throws SeedError */
  add(partial: Seed): void {
    const { store, caches } = this.#context;
    refuseStartOnly(partial);
    const settings = settingsOf(partial, this.#context.settings);
    const tokenizer = tokenizerNamed(settings.tokenizer);
    this.services.journal.flush();
    const added = { ...this.#added, ...declaredKeys(partial) };
    store.transaction(() => {
      applySeed(this.services, partial);
      store.meta.set(META.state, { settings, added, random: null } satisfies WorldState);
    });
    this.#context.settings = settings;
    this.#context.tokenizer = tokenizer;
    this.#added = added;
    for (const cache of caches) cache.configurationChanged?.();
    this.services.limits.rebuild();
  }

  /**
   * The whole world with counters, clock, ids and jobs, as the bytes of a state file. Requests in progress are not in it.
   */
  image(): Uint8Array {
    const { store, settings, random } = this.#context;
    this.services.journal.flush();
    const before = this.#savedState();
    const state: WorldState = { settings, added: this.#added, random: random.state() };
    store.meta.set(META.state, state);
    const image = store.image();
    store.meta.set(META.state, before);
    return image;
  }

  /** What a copy of this world starts with. */
  copy(): WorldCopy {
    return { image: this.image(), declared: this.#declared };
  }

  /**
   * Restores an image of this or another world. Requests in progress get an answer but are not stored; streams that wait
   * for the clock are cut off.
   * @param name of the image, for errors
   * @throws StateError; nothing has changed then
   */
  restore(image: Uint8Array, name = "the snapshot"): void {
    const { store, clock } = this.#context;
    this.services.journal.flush();
    store.replace(image, name);
    clock.clear();
    this.#declared = storedSeed(store) ?? EMPTY_SEED;
    this.#continueImage();
  }

  close(): void {
    this.closed = true;
    this.#endWatch();
    this.services.journal.flush();
    this.services.journal.endWaits();
    this.services.webhooks.close();
    this.services.asyncInference.close();
    this.#context.clock.close();
    this.#context.store.close();
  }

  /** Starts from the seed, in a new file when the present one cannot be emptied. */
  #start(): void {
    const { store } = this.#context;
    try {
      if (store.problem() === null) return void this.#fill();
    } catch (cause) {
      if (!["damaged", "full"].includes(storageFault(cause) ?? "")) throw cause;
    }
    store.recreate();
    this.#fill();
  }

  /** Starts from the seed, in one transaction. A seed that cannot be applied changes nothing. */
  #fill(): void {
    const { store, clock } = this.#context;
    const settings = this.#settings();
    this.#context.tokenizer = tokenizerNamed(settings.tokenizer);
    clock.clear();
    const before = clock.state;
    clock.restore(clockOf(this.seed));
    this.#context.randomSeed = randomSeed(this.seed, 0);
    this.#context.random = createRandom(this.#context.randomSeed);
    this.#context.settings = settings;
    this.#added = {};
    try {
      store.transaction(() => {
        store.clear();
        this.#clearCaches();
        this.#context.cursorSecret = this.#context.random.hex(32);
        store.meta.set(META.cursorSecret, this.#context.cursorSecret);
        store.meta.set(META.epoch, 0);
        store.meta.set(META.clock, clock.state);
        store.meta.set(META.seed, this.seed);
        applySeed(this.services, this.seed);
        ensureWorkspaceKey(this.services, this.seed, this.workspaceKey);
      });
    } catch (cause) {
      clock.restore(before);
      throw cause;
    } finally {
      this.#clearCaches();
    }
  }

  /** Continues an image exactly like its world. A state file works too. */
  #continueImage(): void {
    this.#continue(this.#savedState()?.random ?? null);
  }

  /**
   * Continues a state file, or an image of a world. After an image come the same ids as in its world.
   * @param random the random sequence to continue; null: a new one, so that no id repeats
   */
  #continue(random: RandomState | null): void {
    const { store, clock } = this.#context;
    const state = this.#savedState();
    if (state) {
      this.#added = state.added;
      // A state of an earlier version lacks the settings that came later.
      this.#context.settings = { ...DEFAULT_SETTINGS, ...state.settings, ...this.#options.overrides };
    }
    this.#context.tokenizer = tokenizerNamed(this.#context.settings.tokenizer);
    clock.restore(store.meta.get(META.clock) as ClockState);
    this.#context.randomSeed = randomSeed(this.seed, 0);
    this.#context.cursorSecret = String(store.meta.get(META.cursorSecret));
    const epoch = Number(store.meta.get(META.epoch)) + 1;
    this.#context.random = createRandom(random ?? randomSeed(this.seed, epoch));
    const { workspaceKey } = this.#options;
    store.transaction(() => {
      if (!random) {
        store.meta.set(META.epoch, epoch);
        store.meta.set(META.seed, this.seed);
        // The random sequence of an image ends here.
        store.meta.set(META.state, state ? { ...state, random: null } : null);
      }
      if (workspaceKey) ensureWorkspaceKey(this.services, this.seed, workspaceKey);
    });
    this.#clearCaches();
    this.services.webhooks.resume();
  }

  #savedState(): WorldState | null {
    return (this.#context.store.meta.get(META.state) as WorldState | null | undefined) ?? null;
  }

  #clearCaches(): void {
    for (const cache of this.#context.caches) cache.stateReplaced();
  }

  #settings(): Settings {
    return { ...settingsOf(this.seed), ...this.#options.overrides };
  }
}
