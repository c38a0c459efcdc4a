import type { AiGateway } from "../../domain/cloudflare/gateway.js";
import type { CachedAnswer } from "../../store/cloudflare-cache.js";
import { hashKey } from "../secrets.js";
import type { WorldContext } from "../world-context.js";

/** What an answer depends on, unless the caller sets a cache key. */
interface CacheSubject {
  /** The provider's path. */
  readonly path: string;
  /** `Authorization` for the provider, so that callers never share answers. */
  readonly authorization: string | undefined;
  readonly body: Buffer;
}

/** The AI Gateway's cache of answers (Y-37). */
export class AiCache {
  readonly #context: WorldContext;

  constructor(context: WorldContext) {
    this.#context = context;
  }

  /** @param custom `cf-aig-cache-key`, which replaces the subject; or null */
  keyOf({ accountId, gatewayId }: AiGateway, subject: CacheSubject, custom: string | null): Buffer {
    const { path, authorization, body } = subject;
    const what =
      custom === null ? ["request", path, authorization ?? null, body.toString("latin1")] : ["key", custom];
    return hashKey(JSON.stringify([accountId, gatewayId, ...what]));
  }

  /** The fresh answer of a key, or null. */
  find(key: Buffer): CachedAnswer | null {
    const { store, clock } = this.#context;
    return store.aiCache.get(key, clock.now());
  }

  /** @param ttlMs lifetime from now */
  keep(key: Buffer, answer: CachedAnswer, ttlMs: number): void {
    const { store, clock } = this.#context;
    const now = clock.now();
    store.transaction(() => store.aiCache.put(key, answer, now + ttlMs, now));
  }
}
