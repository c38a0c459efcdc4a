import { APPROXIMATE, type Tokenizer } from "../domain/completion/tokens.js";
import type { Settings } from "../domain/settings.js";
import { Clock, type ClockState } from "../runtime/clock.js";
import { createRandom, type RandomState } from "../runtime/random.js";
import type { Seed } from "../schemas/seed.js";
import { clockOf, randomSeed } from "../services/seeded-start.js";
import {
  applySeed,
  declaredKeys,
  declaredWorkspaceKey,
  ensureWorkspaceKey,
  SeedError,
  settingsOf,
} from "../services/seeding.js";
import { createServices, type Services } from "../services/services.js";
import { TokenizerMissing, Tokenizers } from "../services/tokenizers.js";
import type { WorldContext } from "../services/world-context.js";
import { openStore, openStoreImage } from "../store/store.js";
import type { WorldOptions } from "./world-options.js";
import { META, type WorldState } from "./world-state.js";

export type { WorldOptions } from "./world-options.js";

/** The development key of a world whose seed declares none: fixed, so that it can be pasted. */
export const DEVELOPMENT_KEY = "emulator.local-development-key";

const EMPTY_SEED: Seed = {};

/**
 * One isolated emulator: its database, clock, random source and services. Reset is defined here, once, for
 * HTTP, command line and fixture alike.
 */
export class World {
  readonly services: Services;
  /** Whether the state had data, so that the seed was not applied but only remembered. */
  readonly resumed: boolean;
  /** Whether {@link close} was called. */
  closed = false;
  readonly #context: WorldContext;
  readonly #options: WorldOptions;
  readonly #tokenizers = new Tokenizers();
  #seed: Seed;
  /** Keys that {@link add} declared since the last reset. */
  #added: Readonly<Record<string, string>> = {};

  /** @throws StateError, SeedError */
  constructor(options: WorldOptions) {
    this.#options = options;
    const { image } = options;
    const store = image ? openStoreImage(image, "the copied world") : openStore(options.state);
    const clock = new Clock();
    const remembered = store.meta.get(META.seed) as Seed | undefined;
    this.#seed = options.seed ?? remembered ?? EMPTY_SEED;
    this.#context = {
      store,
      clock,
      random: createRandom(randomSeed(this.#seed, 0)),
      randomSeed: randomSeed(this.#seed, 0),
      settings: this.#settings(),
      tokenizer: APPROXIMATE,
      cursorSecret: "",
      caches: [],
    };
    this.services = createServices(this.#context);
    this.resumed = remembered !== undefined && !options.reset;
    try {
      if (image) this.#goOn();
      else if (this.resumed) this.#resume();
      else this.#start();
    } catch (cause) {
      store.close();
      throw cause;
    }
    clock.onChange((state) => store.meta.set(META.clock, state));
  }

  /** The key that manages the first workspace. */
  get workspaceKey(): string {
    return this.#options.workspaceKey ?? declaredWorkspaceKey(this.#seed) ?? DEVELOPMENT_KEY;
  }

  /** Federated keys that were declared by name, and their texts. */
  get keys(): Readonly<Record<string, string>> {
    return { ...declaredKeys(this.#seed), ...this.#added };
  }

  /** What reset goes back to. */
  get seed(): Seed {
    return this.#seed;
  }

  /** Back to the seed: rows, counters, clock, ids. What is under way is answered, but leaves no trace. */
  reset(): void {
    this.services.journal.flush();
    this.#start();
  }

  /** Makes a seed what reset goes back to, and resets. One that cannot be applied changes nothing. @throws SeedError */
  reseed(seed: Seed): void {
    // Tried elsewhere first: a reset also drops jobs and draws ids, which no rollback would bring back.
    new World({ ...this.#options, state: ":memory:", seed, reset: true }).close();
    this.#seed = seed;
    this.reset();
  }

  /** Adds to what is there; the target of a reset stays. All of it, or nothing. @throws SeedError */
  add(partial: Seed): void {
    const { store, caches } = this.#context;
    for (const key of ["clock", "random_seed"] as const) {
      if (partial[key] === undefined) continue;
      throw new SeedError(
        [key],
        "only the seed a world starts from can set this; POST /_emulator/clock moves time",
      );
    }
    const settings = settingsOf(partial, this.#context.settings);
    const tokenizer = this.#tokenizer(settings);
    this.services.journal.flush();
    const added = { ...this.#added, ...declaredKeys(partial) };
    store.transaction(() => {
      applySeed(this.services, partial);
      store.meta.set(META.state, { settings, added, random: null } satisfies WorldState);
    });
    this.#context.settings = settings;
    this.#context.tokenizer = tokenizer;
    this.#added = added;
    for (const cache of caches) cache.configurationChanged();
    this.services.limits.rebuild();
  }

  /**
   * This world as it stands, counters, clock, ids and jobs included, as the bytes of a state file. Requests
   * under way are not in it.
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

  /**
   * Back to an image of this world or another. What is under way leaves no trace: a stream that waits for the
   * clock is cut off, the rest is answered.
   * @param name what to call the image when it cannot be read
   * @throws StateError; nothing has changed then
   */
  restore(image: Uint8Array, name = "the snapshot"): void {
    const { store, clock } = this.#context;
    this.services.journal.flush();
    store.replace(image, name);
    clock.clear();
    this.#goOn();
  }

  close(): void {
    this.closed = true;
    this.services.journal.flush();
    this.services.journal.endWaits();
    this.services.webhooks.close();
    this.services.asyncInference.close();
    this.#context.clock.close();
    this.#context.store.close();
  }

  /** Everything anew, in one transaction: a seed that cannot be applied leaves the state as it was. */
  #start(): void {
    const { store, clock } = this.#context;
    const settings = this.#settings();
    this.#context.tokenizer = this.#tokenizer(settings);
    clock.clear();
    const before = clock.state;
    clock.restore(clockOf(this.#seed));
    this.#context.randomSeed = randomSeed(this.#seed, 0);
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
        store.meta.set(META.seed, this.#seed);
        applySeed(this.services, this.#seed);
        ensureWorkspaceKey(this.services, this.#seed, this.workspaceKey);
      });
    } catch (cause) {
      clock.restore(before);
      throw cause;
    } finally {
      this.#clearCaches();
    }
  }

  /** Goes on where the state file left off; ids continue with a sequence of their own. */
  #resume(): void {
    const { store, clock } = this.#context;
    const state = this.#savedState();
    if (state) this.#take(state);
    this.#context.tokenizer = this.#tokenizer(this.#context.settings);
    clock.restore(store.meta.get(META.clock) as ClockState);
    const epoch = Number(store.meta.get(META.epoch)) + 1;
    this.#context.randomSeed = randomSeed(this.#seed, 0);
    this.#context.random = createRandom(randomSeed(this.#seed, epoch));
    this.#context.cursorSecret = String(store.meta.get(META.cursorSecret));
    store.transaction(() => {
      store.meta.set(META.epoch, epoch);
      store.meta.set(META.seed, this.#seed);
      // Its random sequence has been left for another one.
      store.meta.set(META.state, state ? { ...state, random: null } : null);
      if (this.#options.workspaceKey)
        ensureWorkspaceKey(this.services, this.#seed, this.#options.workspaceKey);
    });
    this.#clearCaches();
    this.services.webhooks.resume();
  }

  /** Goes on from an image; a state file that is none does for one. */
  #goOn(): void {
    this.#seed = (this.#context.store.meta.get(META.seed) as Seed | undefined) ?? EMPTY_SEED;
    const state = this.#savedState();
    if (state?.random) this.#continueFrom(state, state.random);
    else this.#resume();
  }

  /** Exactly where the image was taken, with the same ids to come. */
  #continueFrom(state: WorldState, random: RandomState): void {
    const { store, clock } = this.#context;
    this.#take(state);
    this.#context.tokenizer = this.#tokenizer(this.#context.settings);
    this.#context.randomSeed = randomSeed(this.#seed, 0);
    this.#context.random = createRandom(random);
    this.#context.cursorSecret = String(store.meta.get(META.cursorSecret));
    clock.restore(store.meta.get(META.clock) as ClockState);
    const { workspaceKey } = this.#options;
    if (workspaceKey) ensureWorkspaceKey(this.services, this.#seed, workspaceKey);
    this.#clearCaches();
    this.services.webhooks.resume();
  }

  #savedState(): WorldState | null {
    return (this.#context.store.meta.get(META.state) as WorldState | null | undefined) ?? null;
  }

  /** What was seeded on top is part of the state. */
  #take({ settings, added }: WorldState): void {
    this.#added = added;
    this.#context.settings = { ...settings, ...this.#options.overrides };
  }

  #clearCaches(): void {
    for (const cache of this.#context.caches) cache.stateReplaced();
  }

  #tokenizer({ tokenizer }: Settings): Tokenizer {
    try {
      return this.#tokenizers.get(tokenizer);
    } catch (cause) {
      if (!(cause instanceof TokenizerMissing)) throw cause;
      throw new SeedError(["settings", "tokenizer"], cause.message);
    }
  }

  #settings(): Settings {
    return { ...settingsOf(this.#seed), ...this.#options.overrides };
  }
}
