import { type LimitPlan, planFor } from "../domain/limits/admission.js";
import { Meter } from "../domain/limits/meter.js";
import { dayOf, MINUTE_MS, SECOND_MS } from "../domain/limits/time.js";
import { type SlugUsage, usageOf } from "../domain/limits/usage.js";
import type { Group, Limit } from "../domain/model.js";
import { type DecisionParts, decisionParts } from "./limit-decision.js";
import type { Cache, WorldContext } from "./world-context.js";

/** A group's permission to call a slug, with the limits that apply. */
export interface Grant {
  /** The group and its ancestors, up to the root. */
  readonly chain: readonly [Group, ...Group[]];
  readonly slug: string;
  readonly plan: LimitPlan;
  /** Ids of the groups whose counters include an admitted request (L-6). */
  readonly countedGroupIds: readonly string[];
  readonly decisionParts: DecisionParts;
}

/** Usage that a seed declares (Y-10). */
interface DeclaredUse extends Pick<Limit, "type" | "unit"> {
  readonly slug: string;
  readonly used: number;
}

/** The cache of grants is emptied when it has this many entries. */
const MAX_GRANTS = 100_000;

/**
 * Counters and limit plans in memory, built from the ledger and the groups. When limits change, counters stay (L-14) and
 * plans are rebuilt.
 */
export class Limits implements Cache {
  readonly #context: WorldContext;
  readonly #meters = new Map<string, Map<string, Meter>>();
  readonly #grants = new Map<string, Map<string, Grant>>();
  #grantCount = 0;

  constructor(context: WorldContext) {
    this.#context = context;
    context.caches.push(this);
  }

  configurationChanged(): void {
    this.#grants.clear();
    this.#grantCount = 0;
  }

  stateReplaced(): void {
    this.rebuild();
  }

  /** The grant of a group for a slug, or null when the group does not have the slug. */
  grant(groupId: string, slug: string): Grant | null {
    const known = this.#grants.get(groupId)?.get(slug);
    if (known) return known;
    const grant = this.#resolve(groupId, slug);
    if (!grant) return null;
    if (this.#grantCount >= MAX_GRANTS) this.configurationChanged();
    entry(this.#grants, groupId, () => new Map<string, Grant>()).set(slug, grant);
    this.#grantCount++;
    return grant;
  }

  /** Today's usage of a group (U-1 to U-3). @param chain the group and its ancestors, up to the root */
  usage(chain: readonly [Group, ...Group[]]): SlugUsage[] {
    return usageOf(chain, (group, slug) => this.meter(group, slug), this.#context.clock.now());
  }

  /** The counter of a (group, slug), created on first use from the ledger. */
  meter(groupId: string, slug: string): Meter {
    const bySlug = entry(this.#meters, groupId, () => new Map<string, Meter>());
    // `rebuild` has restored all rolling windows; only the day is missing.
    return entry(bySlug, slug, () =>
      Meter.restore({ buckets: [], lastDay: this.#context.store.ledger.lastDay(groupId, slug) }),
    );
  }

  #resolve(groupId: string, slug: string): Grant | null {
    const [group, ...ancestors] = this.#context.store.groups.chain(groupId);
    if (!group?.models.some((model) => model.slug === slug)) return null;
    const chain: readonly [Group, ...Group[]] = [group, ...ancestors];
    const plan = planFor(chain, slug, (group, name) => this.meter(group, name));
    return {
      chain,
      slug,
      plan,
      decisionParts: decisionParts(chain, plan),
      countedGroupIds: countedGroups(chain),
    };
  }

  /**
   * Adds usage that a seed declares, as if the group's own keys had caused it (Y-10). Usage of a minute is dated one
   * second back, so that it does not count for the second. Call {@link rebuild} afterwards.
   */
  preload(group: Group, declared: DeclaredUse): void {
    const { ledger, groups } = this.#context.store;
    const now = this.#context.clock.now();
    const requests = declared.type === "REQUEST" ? declared.used : 0;
    const tokens = declared.type === "TOKEN" ? declared.used : 0;
    for (const groupId of countedGroups(groups.chain(group.id))) {
      const { slug, unit } = declared;
      const at = unit === "MINUTE" ? now - SECOND_MS : now;
      ledger.declare(unit, { groupId, slug, at, requests, tokens });
      if (unit === "DAY") ledger.addToDay(groupId, slug, dayOf(now), requests, tokens);
    }
  }

  /** When all rolling windows are empty without further requests: `now` or later (Y-14). */
  windowsEmptyAt(now: number): number {
    let latest = now;
    for (const bySlug of this.#meters.values()) {
      for (const meter of bySlug.values()) {
        for (const type of ["REQUEST", "TOKEN"] as const) {
          latest = Math.max(latest, meter.roomAt(type, "MINUTE", 1, now) ?? now);
        }
      }
    }
    return latest;
  }

  /** Rebuilds the counters from the database (L-15): all rolling windows now, days on first use. */
  rebuild(): void {
    this.configurationChanged();
    this.#meters.clear();
    const { ledger, groups } = this.#context.store;
    const since = this.#context.clock.now() - MINUTE_MS;
    const countedBy = new Map<string, readonly string[]>();
    const counts = ledger.endedSince(since).flatMap((count) => {
      const groupIds = entry(countedBy, count.groupId, () => countedGroups(groups.chain(count.groupId)));
      return groupIds.map((groupId) => ({ ...count, groupId }));
    });
    counts.push(...ledger.declaredSince(since));
    counts.sort((a, b) => a.at - b.at);
    for (const { groupId, slug, at, requests, tokens } of counts) {
      this.meter(groupId, slug).recall(at, requests, tokens);
    }
  }
}

/** The groups whose counters include a request of the first group (L-5, L-6). */
function countedGroups(chain: readonly Group[]): readonly string[] {
  const [group] = chain;
  if (!group) return [];
  return group.enforcement === "CASCADING" ? chain.map(({ id }) => id) : [group.id];
}

/** The value of a key, created if missing. */
function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
