import { type SlugUsage, usageOf } from "../../domain/limits/usage.js";
import type { Group } from "../../domain/model.js";
import type { Limits } from "../limits.js";
import type { WorldContext } from "../world-context.js";

/** `GET /v1/gateway/groups/{id}/usage` (U-1 to U-3). */
export class UsageReport {
  readonly #context: WorldContext;
  readonly #limits: Limits;

  constructor(context: WorldContext, limits: Limits) {
    this.#context = context;
    this.#limits = limits;
  }

  /** @param chain the group and its ancestors, up to the root */
  of(chain: readonly [Group, ...Group[]]): SlugUsage[] {
    return usageOf(chain, (groupId, slug) => this.#limits.meter(groupId, slug), this.#context.clock.now());
  }
}
