import { GatewayError } from "../../domain/errors.js";
import { RollingCounts } from "../../domain/limits/rolling.js";
import { SECOND_MS } from "../../domain/limits/time.js";
import type { Cache, WorldContext } from "../world-context.js";

/** Requests per second, workspace key and route. */
const REQUESTS_PER_SECOND = 100;
/** The windows are dropped when there are this many (key, route) pairs. */
const MAX_WINDOWS = 10_000;

/** The management API's rate limit. Not stored, because a restart takes longer than its window. */
export class ManagementRate implements Cache {
  readonly #context: WorldContext;
  readonly #windows = new Map<string, RollingCounts>();

  constructor(context: WorldContext) {
    this.#context = context;
    context.caches.push(this);
  }

  stateReplaced(): void {
    this.#windows.clear();
  }

  /**
   * @param route method and pattern, such as `POST /v1/gateway/groups`
   * @throws GatewayError `management_rate_limited`
   */
  check(keyId: string, route: string): void {
    if (!this.#context.settings.managementRateLimit) return;
    const id = `${keyId} ${route}`;
    let window = this.#windows.get(id);
    if (!window) {
      if (this.#windows.size >= MAX_WINDOWS) this.#windows.clear();
      window = new RollingCounts(SECOND_MS);
      this.#windows.set(id, window);
    }
    const now = this.#context.clock.now();
    const instant = window.advance(now);
    if (window.sum(0, "REQUEST") < REQUESTS_PER_SECOND) {
      window.add(instant, 1, 0);
      return;
    }
    const wait = (window.roomAt(0, "REQUEST", REQUESTS_PER_SECOND, now) ?? now + SECOND_MS) - now;
    throw new GatewayError("management_rate_limited", {
      retryAfter: Math.max(1, Math.ceil(wait / SECOND_MS)),
      hint: `More than ${REQUESTS_PER_SECOND} requests in one second to ${route}. --no-management-rate-limit turns this limit off.`,
    });
  }
}
