import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { MAX_LEVELS } from "../../src/domain/limits/hierarchy.js";
import { nextMidnight } from "../../src/domain/limits/time.js";
import type { Group, GroupModel, LimitEnforcement } from "../../src/domain/model.js";
import type { Settings } from "../../src/domain/settings.js";
import { type GatewayEmulator, type SeedInput, startGatewayEmulator } from "../../src/index.js";
import * as domain from "../domain/limits/build.js";
import { SlowMeter, slowFits, slowLimits } from "../domain/limits/reference.js";
import { BASETEN_TARGET, management } from "../support/client.js";
import { chatWith, decisionOf, NOON, OTHER_SLUG, SLUG } from "./support.js";
import { type Ask, NAMES, type Step, type World, worlds } from "./worlds.js";

/** Prompt tokens of the message that `chatWith` sends. */
const PROMPT = 10;
const BARE: readonly GroupModel[] = [domain.model(SLUG), domain.model(OTHER_SLUG)];

interface Member {
  readonly group: Group;
  readonly key: string;
  /** The parent's name, which outlives its id. */
  readonly parent: string | null;
}

/** One world twice: a running emulator, and a list of what was admitted, filtered for every question. */
class Twins {
  readonly #open: () => Promise<GatewayEmulator>;
  readonly #mode: Settings["tokenAdmission"];
  readonly #members = new Map<string, Member>();
  readonly #meters = new Map<string, SlowMeter>();
  #gateway: GatewayEmulator;
  #now = Date.parse(NOON);
  readonly seen = { 200: 0, 429: 0, 400: 0, 404: 0 };

  constructor(
    gateway: GatewayEmulator,
    open: () => Promise<GatewayEmulator>,
    mode: Settings["tokenAdmission"],
  ) {
    this.#gateway = gateway;
    this.#open = open;
    this.#mode = mode;
  }

  async build({ enforcement, parents, models }: World): Promise<void> {
    for (const [index, name] of NAMES.entries()) {
      const back = parents[index] ?? 0;
      const above = back === 0 ? undefined : this.#members.get(NAMES[index - back] ?? "")?.group;
      const fits = above !== undefined && this.#chain(above).length < MAX_LEVELS;
      await this.#create(name, enforcement, fits ? above.externalEntityId : null);
    }
    for (const [index, name] of NAMES.entries()) {
      await this.run({ do: "patch", who: name, models: models[index] ?? [...BARE] });
    }
  }

  async run(step: Step): Promise<void> {
    switch (step.do) {
      case "ask":
        return this.#ask(step);
      case "wait":
        return this.#moveTo(this.#now + step.ms);
      case "midnight":
        return this.#moveTo(Math.max(this.#now, nextMidnight(this.#now) + step.off));
      case "patch":
        return this.#patch(this.#member(step.who), step.models);
      case "recreate":
        return this.#recreate(this.#member(step.who));
      case "restart":
        await this.#gateway.stop();
        this.#gateway = await this.#open();
    }
  }

  /** U-1 to U-3, for every group. */
  async compareUsage(): Promise<void> {
    for (const { group } of this.#members.values()) {
      const expected: Record<string, unknown[]> = {};
      for (const { slug } of group.models) {
        const limits = slowLimits(this.#chain(group), slug).filter(({ unit }) => unit === "DAY");
        const nearest = limits.filter(
          (limit, index) => limits.findIndex((other) => other.type === limit.type) === index,
        );
        if (nearest.length === 0) continue;
        expected[slug] = nearest.map(({ type, threshold, sourceGroup }) => {
          const current_usage = this.#meter(group, sourceGroup, slug).dayUsage(type, this.#now);
          return { type, threshold, current_usage };
        });
      }
      const answer = await management(this.#gateway).get(`/groups/${group.id}/usage`);
      expect(Object.keys(answer.body.usage)).toEqual(Object.keys(expected));
      expect(answer.body.usage).toMatchObject(expected);
    }
  }

  stop(): Promise<void> {
    return this.#gateway.stop();
  }

  async #ask({ who, slug, max_tokens, usage, stream, broken }: Ask): Promise<void> {
    const { group, key } = this.#member(who);
    const limits = slowLimits(this.#chain(group), slug);
    const bound = limits.find((limit) => {
      const used = this.#meter(group, limit.sourceGroup, slug).used(limit.type, limit.unit, this.#now);
      // The values of a broken body are not looked at by the limits.
      const mode = broken ? "consumed" : this.#mode;
      return !slowFits(limit, used, PROMPT, max_tokens, mode);
    });
    const known = group.models.some((model) => model.slug === slug);
    const expected = !known ? 404 : bound ? 429 : broken ? 400 : 200;

    const body = { max_tokens, stream, ...(broken ? { temperature: 3 } : {}) };
    const answer = await chatWith(this.#gateway, key, { slug, usage: usage.join("/"), body });
    expect(answer.status).toBe(expected);
    this.seen[expected]++;
    if (bound && known) {
      const decision = await decisionOf(this.#gateway, answer);
      const { type, unit, threshold, sourceGroup } = bound;
      expect(decision.limits.filter((limit: { bound: boolean }) => limit.bound)).toMatchObject([
        { type, unit, threshold, source_group: sourceGroup },
      ]);
    }
    if (expected !== 200) return;
    const fed = group.enforcement === "CASCADING" ? this.#chain(group) : [group];
    for (const { id } of fed) this.#slow(id, slug).book(this.#now, 1, usage[0] + usage[1]);
  }

  async #patch(member: Member, models: readonly GroupModel[]): Promise<void> {
    const { group } = member;
    const answer = await management(this.#gateway).patch(`/groups/${group.id}`, { models });
    const allowed = group.enforcement === "INDEPENDENT" || !this.#exceeds(group, models);
    expect(answer.status).toBe(allowed ? 200 : 400);
    if (allowed) this.#members.set(group.externalEntityId, { ...member, group: { ...group, models } });
  }

  /** G-6: some threshold above an ancestor's, or below a descendant's. */
  #exceeds(group: Group, models: readonly GroupModel[]): boolean {
    const clash = (upper: readonly GroupModel[], lower: readonly GroupModel[]) =>
      flat(lower).some((low) =>
        flat(upper).some((up) => up.what === low.what && low.threshold > up.threshold),
      );
    const ancestors = this.#chain(group).slice(1);
    return (
      ancestors.some((above) => clash(above.models, models)) ||
      this.#below(group).some((below) => clash(models, below.group.models))
    );
  }

  /** Deletes a group with all below it, and makes them again: everything there starts at zero (L-14). */
  async #recreate(member: Member): Promise<void> {
    const gone = [member, ...this.#below(member.group)];
    const { id } = member.group;
    expect((await management(this.#gateway).delete(`/groups/${id}`)).status).toBe(200);
    for (const { key } of gone) expect((await chatWith(this.#gateway, key)).status).toBe(403);
    for (const { group, parent } of gone)
      await this.#create(group.externalEntityId, group.enforcement, parent);
  }

  async #create(name: string, enforcement: LimitEnforcement, parent: string | null): Promise<void> {
    const { post } = management(this.#gateway);
    const above = parent === null ? null : this.#member(parent).group;
    const made = await post("/groups", {
      metadata: { external_entity_id: name },
      models: BARE,
      hierarchy: { limit_enforcement: enforcement, parent_group_id: above?.id ?? null },
    });
    expect(made.status).toBe(200);
    const { api_key } = (await post(`/groups/${made.body.id}/api_keys`)).body;
    const group = { ...domain.group(made.body.id, enforcement, above, ...BARE), externalEntityId: name };
    this.#members.set(name, { group, key: api_key, parent });
  }

  async #moveTo(at: number): Promise<void> {
    await this.#gateway.clock.advance({ to: new Date(at).toISOString() });
    this.#now = at;
  }

  #member(name: string): Member {
    const member = this.#members.get(name);
    if (!member) throw new Error(`no group ${name}`);
    return member;
  }

  /** The counter that a limit of that source looks at (L-5, L-6). */
  #meter(group: Group, source: string, slug: string): SlowMeter {
    return this.#slow(group.enforcement === "CASCADING" ? source : group.id, slug);
  }

  #slow(id: string, slug: string): SlowMeter {
    const name = `${id} ${slug}`;
    const meter = this.#meters.get(name) ?? new SlowMeter();
    this.#meters.set(name, meter);
    return meter;
  }

  #chain(group: Group): Group[] {
    const parent = [...this.#members.values()].find((member) => member.group.id === group.parentId);
    return parent ? [group, ...this.#chain(parent.group)] : [group];
  }

  /** All below, parents before children. */
  #below(group: Group): Member[] {
    const children = [...this.#members.values()].filter((member) => member.group.parentId === group.id);
    return children.flatMap((child) => [child, ...this.#below(child.group)]);
  }
}

function flat(models: readonly GroupModel[]) {
  return models.flatMap(({ slug, rate_limits, usage_limits }) =>
    [...rate_limits, ...usage_limits].map(({ type, unit, threshold }) => ({
      what: `${slug} ${type} ${unit}`,
      threshold,
    })),
  );
}

it("L-1 to L-15: every admission and refusal agrees with a list of what was admitted, over HTTP", async () => {
  const seen = { 200: 0, 429: 0, 400: 0, 404: 0 };
  const property = fc.asyncProperty(worlds, async (world) => {
    const folder = await mkdtemp(join(tmpdir(), "gateway-emulator-"));
    const seed: SeedInput = {
      clock: NOON,
      settings: { token_admission: world.mode },
      workspaces: [
        {
          name: "acme",
          endpoints: [SLUG, OTHER_SLUG].map((slug) => ({ slug, targets: [BASETEN_TARGET] })),
        },
      ],
    };
    const open = () =>
      startGatewayEmulator({
        seed,
        state: world.restarts ? join(folder, "state.db") : ":memory:",
        managementRateLimit: false,
      });
    const twins = new Twins(await open(), open, world.mode);
    try {
      await twins.build(world);
      for (const step of world.steps) if (world.restarts || step.do !== "restart") await twins.run(step);
      await twins.compareUsage();
    } finally {
      await twins.stop();
      await rm(folder, { recursive: true, force: true });
    }
    for (const status of [200, 429, 400, 404] as const) seen[status] += twins.seen[status];
  });
  await fc.assert(property, { seed: 20260617, numRuns: 20 });
  // Enough of each, or the worlds above test nothing.
  expect(seen[200]).toBeGreaterThan(100);
  expect(seen[429]).toBeGreaterThan(100);
  expect(Math.min(seen[400], seen[404])).toBeGreaterThan(10);
}, 60_000);
