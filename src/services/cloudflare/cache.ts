import type { AiGateway } from "../../domain/cloudflare/gateway.js";
import type { CachedAnswer } from "../../store/cloudflare-cache.js";
import { hashKey } from "../secrets.js";
import type { WorldContext } from "../world-context.js";

/** What an answer depends on, unless the caller names a key of their own. */
export interface CacheSubject {
  /** The provider's path. */
  readonly path: string;
  /** `Authorization` as it goes upstream, so that nobody is given another one's answer. */
  readonly authorization: string | undefined;
  readonly body: Buffer;
}

/** Answers that the AI Gateway gives again without asking the provider (Y-37). */
export class AiCache {
  readonly #context: WorldContext;

  constructor(context: WorldContext) {
    this.#context = context;
  }

  /** @param custom the caller's own key, which says by itself what is the same */
  keyOf({ accountId, gatewayId }: AiGateway, subject: CacheSubject, custom: string | null): Buffer {
    const { path, authorization, body } = subject;
    const what =
      custom === null ? ["request", path, authorization ?? null, body.toString("latin1")] : ["key", custom];
    return hashKey(JSON.stringify([accountId, gatewayId, ...what]));
  }

  find(key: Buffer): CachedAnswer | null {
    const { store, clock } = this.#context;
    return store.aiCache.get(key, clock.now());
  }

  /** @param ttlMs from now */
  keep(key: Buffer, answer: CachedAnswer, ttlMs: number): void {
    const { store, clock } = this.#context;
    const now = clock.now();
    store.transaction(() => store.aiCache.put(key, answer, now + ttlMs, now));
  }
}
