import { MAX_SLUG_LENGTH } from "../domain/slug.js";
import type { SlugRoute } from "../store/endpoints.js";
import type { Cache, WorldContext } from "./world-context.js";

export type { SlugRoute };

const LAST_SYNC = "last_endpoint_sync";
/** Whether an endpoint has changed since the last sync. */
const PENDING = "endpoint_sync_pending";

/** The cache of routes is emptied when it has this many entries. Unknown slugs are cached too. */
const MAX_ROUTES = 10_000;

/**
 * The endpoint of a slug, as the gateway sees it. With `endpoint_sync_seconds` the gateway sees the endpoints as they
 * were at the last multiple of that interval, else as they are (E-12).
 */
export class Routing implements Cache {
  readonly #context: WorldContext;
  readonly #routes = new Map<string, SlugRoute | null>();
  #lastSync: number | null = null;
  #announced: (() => void) | null = null;

  constructor(context: WorldContext) {
    this.#context = context;
    context.caches.push(this);
  }

  configurationChanged(): void {
    this.#routes.clear();
  }

  stateReplaced(): void {
    this.#routes.clear();
    this.#lastSync = null;
    this.#cancelAnnounced();
    if (this.#context.store.meta.get(PENDING) === true) this.#announceSync();
  }

  /** The current route of a slug, or null. */
  route(slug: string): SlugRoute | null {
    if (slug.length > MAX_SLUG_LENGTH) return null;
    this.#syncIfDue();
    let route = this.#routes.get(slug);
    if (route === undefined) {
      route = this.#find(slug);
      if (this.#routes.size >= MAX_ROUTES) this.#routes.clear();
      this.#routes.set(slug, route);
    }
    return route;
  }

  /**
   * Call before an endpoint changes. A sync that was due earlier must not include the change. Syncs run on demand,
   * because between two changes the endpoints stay the same.
   */
  beforeEndpointChange(): void {
    this.#syncIfDue();
    if (this.#context.settings.endpointSyncSeconds === 0) return;
    this.#context.store.meta.set(PENDING, true);
    this.#announceSync();
  }

  /** Makes all changes visible now. Seeded endpoints are visible at once. */
  publishNow(): void {
    this.#context.store.endpoints.publish();
    this.#routes.clear();
    this.#lastSync = this.#context.clock.now();
    this.#context.store.meta.set(LAST_SYNC, this.#lastSync);
    this.#context.store.meta.set(PENDING, false);
    this.#cancelAnnounced();
  }

  #syncIfDue(): void {
    const seconds = this.#context.settings.endpointSyncSeconds;
    if (seconds === 0) return;
    const period = seconds * 1000;
    const now = this.#context.clock.now();
    this.#lastSync ??= Number(this.#context.store.meta.get(LAST_SYNC) ?? 0);
    if (Math.floor(now / period) === Math.floor(this.#lastSync / period)) return;
    this.#context.store.transaction(() => this.publishNow());
  }

  /** Schedules a job, so that an advance of the clock reports the sync. */
  #announceSync(): void {
    const seconds = this.#context.settings.endpointSyncSeconds;
    if (seconds === 0) return;
    const period = seconds * 1000;
    const { clock } = this.#context;
    const next = (Math.floor(clock.now() / period) + 1) * period;
    this.#cancelAnnounced();
    this.#announced = clock.schedule(next, "endpoint sync", () => this.#syncIfDue());
  }

  #cancelAnnounced(): void {
    this.#announced?.();
    this.#announced = null;
  }

  #find(slug: string): SlugRoute | null {
    const { endpoints } = this.#context.store;
    if (this.#context.settings.endpointSyncSeconds > 0) return endpoints.route(slug);
    const endpoint = endpoints.bySlug(slug);
    return endpoint
      ? { slug, endpointId: endpoint.id, workspaceId: endpoint.workspaceId, targets: endpoint.targets }
      : null;
  }
}
