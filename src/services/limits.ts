import { type LimitPlan, planFor } from "../domain/limits/admission.js";
import type { Bucket } from "../domain/limits/buckets.js";
import { Meter } from "../domain/limits/meter.js";
import { dayOf, MINUTE_MS, SECOND_MS } from "../domain/limits/time.js";
import type { Group, LimitType, LimitUnit } from "../domain/model.js";
import type { CountedAt } from "../store/ledger.js";
import { type DecisionParts, decisionParts } from "./limit-decision.js";
import type { Cache, WorldContext } from "./world-context.js";

/** A federated key's group and slug, resolved: what a chat request is admitted by. */
export interface Grant {
  /** The group, its parent, up to the root. */
  readonly chain: readonly [Group, ...Group[]];
  readonly slug: string;
  readonly plan: LimitPlan;
  /** Ids of the groups whose counters an admitted request feeds (L-6). */
  readonly countedGroupIds: readonly string[];
  readonly decisionParts: DecisionParts;
}

/** What a seed says was used before the first request. */
export interface DeclaredUse {
  readonly slug: string;
  readonly type: LimitType;
  readonly unit: LimitUnit;
  readonly used: number;
}

/** More (group, slug) pairs than this in memory, and the memory starts afresh. */
const GRANTS_KEPT = 100_000;

/**
 * Counters and limit plans in memory: a cache of the ledger and the groups. Counters stay when limits
 * change (L-14); plans are made anew.
 */
export class Limits implements Cache {
  readonly #context: WorldContext;
  readonly #meters = new Map<string, Map<string, Meter>>();
  readonly #grants = new Map<string, Map<string, Grant | null>>();
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

  /** What lets this group call this slug, or null when the slug is not in its set. */
  grant(groupId: string, slug: string): Grant | null {
    let bySlug = this.#grants.get(groupId);
    const known = bySlug?.get(slug);
    if (known !== undefined) return known;
    const found = this.#resolve(groupId, slug);
    if (!found) return null;
    if (this.#grantCount >= GRANTS_KEPT) {
      this.configurationChanged();
      bySlug = undefined;
    }
    if (!bySlug) {
      bySlug = new Map();
      this.#grants.set(groupId, bySlug);
    }
    bySlug.set(slug, found);
    this.#grantCount++;
    return found;
  }

  /** The counter of a (group, slug); made on first use, going on from what the ledger holds. */
  meter(groupId: string, slug: string): Meter {
    let bySlug = this.#meters.get(groupId);
    if (!bySlug) {
      bySlug = new Map();
      this.#meters.set(groupId, bySlug);
    }
    let meter = bySlug.get(slug);
    if (!meter) {
      // Windows were restored for all at once on open; what is left to fetch is the day.
      meter = Meter.restore({ buckets: [], lastDay: this.#context.store.ledger.lastDay(groupId, slug) });
      bySlug.set(slug, meter);
    }
    return meter;
  }

  #resolve(groupId: string, slug: string): Grant | null {
    const [group, ...ancestors] = this.#context.store.groups.chain(groupId);
    if (!group?.models.some((model) => model.slug === slug)) return null;
    const chain: readonly [Group, ...Group[]] = [group, ...ancestors];
    const plan = planFor(chain, slug, (id, of) => this.meter(id, of));
    return {
      chain,
      slug,
      plan,
      decisionParts: decisionParts(chain, plan),
      countedGroupIds: countedGroups(chain),
    };
  }

  /**
   * Declares what a group's own keys have used already, as real requests would have counted it. Each unit
   * stands for itself: a minute's use is put one second back, where it is out of the second's window.
   * Call {@link rebuild} when all is declared.
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

  /** The first instant from `now` on at which every rolling window is empty, if nothing more is asked. */
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

  /** Counters anew from the database (L-15): windows for all at once, days when first needed. */
  rebuild(): void {
    this.configurationChanged();
    this.#meters.clear();
    const { ledger } = this.#context.store;
    const buckets = new BucketTable();
    const since = this.#context.clock.now() - MINUTE_MS;
    for (const count of ledger.declaredSince(since)) buckets.add(count.groupId, count);
    this.#addRequests(buckets, since);
    for (const { groupId, slug, ascending } of buckets.counters()) {
      const meter = Meter.restore({ buckets: ascending, lastDay: ledger.lastDay(groupId, slug) });
      entry(this.#meters, groupId, () => new Map<string, Meter>()).set(slug, meter);
    }
  }

  /** Every request of the last minute, counted where it was counted then. */
  #addRequests(buckets: BucketTable, since: number): void {
    const { ledger, groups } = this.#context.store;
    const feeds = new Map<string, readonly string[]>();
    for (const count of ledger.endedSince(since)) {
      const fed = entry(feeds, count.groupId, () => countedGroups(groups.chain(count.groupId)));
      for (const groupId of fed) buckets.add(groupId, count);
    }
  }
}

/** Whose counters a request of the first group of the chain feeds (L-5, L-6). */
function countedGroups(chain: readonly Group[]): readonly string[] {
  const [group] = chain;
  if (!group) return [];
  return group.enforcement === "CASCADING" ? chain.map(({ id }) => id) : [group.id];
}

/** Buckets by group, slug and instant, while they are gathered. */
class BucketTable {
  readonly #byGroup = new Map<string, Map<string, Map<number, Bucket>>>();

  add(groupId: string, { slug, at, requests, tokens }: Omit<CountedAt, "groupId">): void {
    const bySlug = entry(this.#byGroup, groupId, () => new Map<string, Map<number, Bucket>>());
    const byInstant = entry(bySlug, slug, () => new Map<number, Bucket>());
    const bucket = byInstant.get(at);
    byInstant.set(at, {
      at,
      requests: (bucket?.requests ?? 0) + requests,
      tokens: (bucket?.tokens ?? 0) + tokens,
    });
  }

  *counters(): Generator<{ groupId: string; slug: string; ascending: Bucket[] }> {
    for (const [groupId, bySlug] of this.#byGroup) {
      for (const [slug, byInstant] of bySlug) {
        yield { groupId, slug, ascending: [...byInstant.values()].sort((one, other) => one.at - other.at) };
      }
    }
  }
}

/** The value of a key, made when it is not there. */
function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
