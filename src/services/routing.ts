import { MAX_SLUG_LENGTH } from "../domain/slug.js";
import type { SlugRoute } from "../store/endpoints.js";
import type { Cache, WorldContext } from "./world-context.js";

export type { SlugRoute };

const LAST_SYNC = "last_endpoint_sync";
/** Whether an endpoint changed since then. */
const PENDING = "endpoint_sync_pending";

/** Slugs that lead nowhere are remembered too, so callers must not be able to fill the memory. */
const ROUTES_KEPT = 10_000;

/**
 * Slug to endpoint as the gateway sees it. By default that is what the endpoints are; with
 * `endpoint_sync_seconds` it is what they were at the last multiple of that many seconds (E-12).
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

  /** Where the slug leads now, or null. */
  route(slug: string): SlugRoute | null {
    if (slug.length > MAX_SLUG_LENGTH) return null;
    this.#syncIfDue();
    let route = this.#routes.get(slug);
    if (route === undefined) {
      route = this.#find(slug);
      if (this.#routes.size >= ROUTES_KEPT) this.#routes.clear();
      this.#routes.set(slug, route);
    }
    return route;
  }

  /**
   * A sync that fell due before this change has to see the endpoints without it. Nothing is scheduled:
   * between two changes the endpoints stay as they are, so looking when somebody asks is as good.
   */
  beforeEndpointChange(): void {
    this.#syncIfDue();
    if (this.#context.settings.endpointSyncSeconds === 0) return;
    this.#context.store.meta.set(PENDING, true);
    this.#announceSync();
  }

  /** Makes every change visible at once; what a seed declares is there from the start. */
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

  /** A job only so that an advance of the clock can say that a sync fell due. */
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
