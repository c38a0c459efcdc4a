import { type SlugUsage, usageOf } from "../../domain/limits/usage.js";
import type { Group } from "../../domain/model.js";
import type { Kernel } from "../kernel.js";
import type { Limits } from "../limits.js";

/** `GET /v1/gateway/groups/{id}/usage` (U-1 to U-3). */
export class UsageReport {
  readonly #kernel: Kernel;
  readonly #limits: Limits;

  constructor(kernel: Kernel, limits: Limits) {
    this.#kernel = kernel;
    this.#limits = limits;
  }

  /** @param chain the group, its parent, up to the root */
  of(chain: readonly [Group, ...Group[]]): SlugUsage[] {
    return usageOf(chain, (groupId, slug) => this.#limits.meter(groupId, slug), this.#kernel.clock.now());
  }
}
