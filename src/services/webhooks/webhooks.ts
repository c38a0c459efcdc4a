import { ROTATION_MS, type Webhook } from "../../domain/billing.js";
import { GatewayError } from "../../domain/errors.js";
import type { Workspace } from "../../domain/model.js";
import type { Attempt, Delivery, DeliveryFilter, DeliveryState } from "../../store/deliveries.js";
import type { Faults } from "../faults.js";
import type { Journal } from "../journal.js";
import { type Kernel, type Projection, write } from "../kernel.js";
import { emptyOutbox, Outbox, type OutboxMemory } from "./outbox.js";
import { send } from "./send.js";

export type { Attempt, Delivery, DeliveryFilter, DeliveryState };

/** In the meta table. */
const PAUSED = "webhooks_paused";

/** One workspace's deliveries. */
interface Lane {
  readonly workspaceId: string;
  /** Numbers of those that were begun, waiting for a retry included: at most `webhook_concurrency` (W-10). */
  readonly underWay: Set<number>;
  /** Above this number there may be pending deliveries that are not under way; null: there are none. */
  backlogAfter: number | null;
  readonly outbox: OutboxMemory;
}

/**
 * Takes billing events from the ledger to the workspaces' webhooks (W-1 to W-10). The ledger is the outbox: an
 * event is there from the moment its answer is acknowledged, and a mark per workspace says how far it has been
 * made into deliveries. Only what is under way is in memory.
 */
export class Webhooks implements Projection {
  readonly #kernel: Kernel;
  readonly #outbox: Outbox;
  readonly #lanes = new Map<string, Lane>();
  /** Attempts that go on right now, by delivery. */
  readonly #sending = new Map<number, Promise<void>>();
  /** Due while deliveries are paused. */
  readonly #parked = new Set<number>();
  #hooks: Map<string, Webhook> | null = null;
  #stop = new AbortController();
  #pumping = false;
  /** Told whenever something came to its end. */
  #onQuieter: (() => void)[] = [];

  constructor(kernel: Kernel, faults: Faults, journal: Journal) {
    this.#kernel = kernel;
    this.#outbox = new Outbox(kernel, faults, (workspaceId) => this.#webhooks().get(workspaceId)?.url ?? "");
    kernel.projections.push(this);
    journal.onBilled(() => this.#wake());
  }

  configurationChanged(): void {
    this.#hooks = null;
    this.#wake();
  }

  /** What was under way belongs to the state that is gone. */
  stateReplaced(): void {
    this.close();
    this.#stop = new AbortController();
    this.#lanes.clear();
    this.#sending.clear();
    this.#parked.clear();
    this.#hooks = null;
    this.#pumping = false;
  }

  /** Goes on with what a stopped or killed process left (W-8). */
  resume(): void {
    for (const workspaceId of this.#webhooks().keys()) this.#lane(workspaceId).backlogAfter = 0;
    this.#wake();
  }

  close(): void {
    this.#stop.abort();
    this.#quieter();
  }

  get paused(): boolean {
    return this.#kernel.store.meta.get(PAUSED) === true;
  }

  /** Nothing is sent until {@link unpause}; attempts that go on come to their end. */
  pause(): void {
    this.#kernel.store.meta.set(PAUSED, true);
    this.#quieter();
  }

  unpause(): void {
    this.#kernel.store.meta.set(PAUSED, false);
    const parked = [...this.#parked];
    this.#parked.clear();
    for (const seq of parked) this.#run(seq);
    this.#wake();
  }

  /** At most `limit` deliveries after number `after`, oldest first. */
  list(filter: DeliveryFilter, after: number, limit: number): Delivery[] {
    return this.#kernel.store.deliveries.page(filter, after, limit);
  }

  /** Every attempt of a delivery so far. */
  attempts(delivery: Delivery): Attempt[] {
    return this.#kernel.store.deliveries.attempts(delivery.seq);
  }

  /**
   * Resolves when nothing is being sent and nothing will be, unless somebody moves the clock, resumes, or makes
   * further requests: retries are waited for only while the clock runs by itself.
   */
  async idle(): Promise<void> {
    while (!this.#quiet()) await new Promise<void>((resolve) => this.#onQuieter.push(resolve));
  }

  /**
   * A new signing secret; the old ones sign beside it for 24 hours (W-4).
   * @param name of the workspace; null: the only one that has a webhook
   * @throws GatewayError `validation`
   */
  rotate(name: string | null, secret: string): void {
    const workspace = this.#workspace(name);
    const { webhook } = workspace;
    const now = this.#kernel.clock.now();
    const old = webhook.secrets
      .map((known) => ({ ...known, until: known.until ?? now + ROTATION_MS }))
      .filter(({ until }) => until > now);
    const rotated = { ...workspace, webhook: { ...webhook, secrets: [{ secret, until: null }, ...old] } };
    write(this.#kernel, () => this.#kernel.store.workspaces.update(rotated));
  }

  /**
   * Sends a dead delivery again: the same ids and body, signed properly, to the URL of now.
   * @returns it after its first new attempt; still pending when there is no room for it yet (W-10)
   * @throws GatewayError `not_found`, `validation`
   */
  async redrive(id: string): Promise<Delivery> {
    const { deliveries } = this.#kernel.store;
    const dead = deliveries.byId(id);
    if (!dead) throw new GatewayError("not_found", { message: `Delivery ${id} not found.` });
    if (dead.state !== "dead") {
      throw new GatewayError("validation", {
        message: `Delivery ${id} is ${dead.state}, not a dead letter.`,
      });
    }
    this.#revive(dead.workspaceId, dead);
    await this.#sending.get(dead.seq);
    return deliveries.byId(id) ?? dead;
  }

  /** Sends every dead letter again, each as soon as there is room. @returns how many there are */
  redriveAll(): number {
    let revived = 0;
    for (const workspaceId of this.#webhooks().keys()) revived += this.#revive(workspaceId, null);
    return revived;
  }

  #revive(workspaceId: string, dead: Delivery | null): number {
    const url = this.#webhooks().get(workspaceId)?.url ?? dead?.url ?? "";
    const { store, clock } = this.#kernel;
    const revived = store.deliveries.revive(dead?.seq ?? null, workspaceId, url, clock.now());
    const lane = this.#lane(workspaceId);
    lane.backlogAfter = dead ? Math.min(dead.seq - 1, lane.backlogAfter ?? dead.seq) : 0;
    this.#pump(lane);
    return revived;
  }

  #workspace(name: string | null): Workspace & { readonly webhook: Webhook } {
    const all = this.#kernel.store.workspaces.all().filter((known) => name === null || known.name === name);
    const [found, ...others] = all.filter(hasWebhook);
    if (found && others.length === 0) return found;
    const problem = found ? "several workspaces have a webhook: name one" : "no such workspace has a webhook";
    throw new GatewayError("validation", { message: `workspace: ${problem}` });
  }

  /** Later, so that no answer waits for a webhook (W-9); once for all that happened in this turn. */
  #wake(): void {
    if (this.#pumping || this.#webhooks().size === 0) return;
    this.#pumping = true;
    const { signal } = this.#stop;
    const pumped = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      if (signal.aborted) return;
      this.#pumping = false;
      for (const workspaceId of this.#webhooks().keys()) this.#pump(this.#lane(workspaceId));
      this.#quieter();
    });
    this.#kernel.clock.hold(pumped);
  }

  /** Begins deliveries while there is room for more. */
  #pump(lane: Lane): void {
    if (this.paused) return;
    while (lane.underWay.size < this.#kernel.settings.webhookConcurrency) {
      const delivery = this.#next(lane);
      if (!delivery) return;
      lane.underWay.add(delivery.seq);
      if (delivery.dueAt <= this.#kernel.clock.now()) this.#run(delivery.seq);
      else this.#schedule(delivery.seq, delivery.dueAt);
    }
  }

  /** What to begin next: the oldest that is pending already, or else what the outbox makes of the ledger. */
  #next(lane: Lane): Delivery | null {
    const { store } = this.#kernel;
    while (lane.backlogAfter !== null) {
      const known = store.deliveries.nextPending(lane.workspaceId, lane.backlogAfter);
      lane.backlogAfter = known?.seq ?? null;
      if (known && !lane.underWay.has(known.seq)) return known;
    }
    const [first, second] = store.transaction(() => this.#outbox.next(lane.workspaceId, lane.outbox));
    if (second) lane.backlogAfter = second.seq - 1;
    return first ?? null;
  }

  #schedule(seq: number, at: number): void {
    this.#kernel.clock.schedule(at, "webhook attempt", () => this.#run(seq));
  }

  /** One attempt and what follows from it. */
  #run(seq: number): void {
    if (this.paused) {
      this.#parked.add(seq);
      return;
    }
    const { signal } = this.#stop;
    const work = this.#attempt(seq, signal).finally(() => {
      // A later world may know another delivery by this number.
      if (signal.aborted) return;
      this.#sending.delete(seq);
      this.#quieter();
    });
    this.#sending.set(seq, work);
    this.#kernel.clock.hold(work);
  }

  async #attempt(seq: number, stop: AbortSignal): Promise<void> {
    const delivery = this.#kernel.store.deliveries.bySeq(seq);
    if (delivery?.state !== "pending") return;
    const webhook = this.#webhooks().get(delivery.workspaceId);
    const retryAt = await send(this.#kernel, delivery, webhook, stop);
    if (stop.aborted) return;
    if (retryAt !== null) return this.#schedule(seq, retryAt);
    const lane = this.#lane(delivery.workspaceId);
    lane.underWay.delete(seq);
    this.#wake();
  }

  #quiet(): boolean {
    if (this.#stop.signal.aborted) return true;
    if (this.#pumping || this.#sending.size > 0) return false;
    if (this.paused || this.#kernel.clock.state.mode === "frozen") return true;
    return [...this.#lanes.values()].every(({ underWay }) => underWay.size === 0);
  }

  #quieter(): void {
    const told = this.#onQuieter;
    this.#onQuieter = [];
    for (const tell of told) tell();
  }

  #lane(workspaceId: string): Lane {
    let lane = this.#lanes.get(workspaceId);
    if (!lane) {
      lane = { workspaceId, underWay: new Set(), backlogAfter: null, outbox: emptyOutbox() };
      this.#lanes.set(workspaceId, lane);
    }
    return lane;
  }

  #webhooks(): ReadonlyMap<string, Webhook> {
    if (this.#hooks) return this.#hooks;
    const hooks = new Map<string, Webhook>();
    for (const { id, webhook } of this.#kernel.store.workspaces.all()) if (webhook) hooks.set(id, webhook);
    this.#hooks = hooks;
    return hooks;
  }
}

function hasWebhook(workspace: Workspace): workspace is Workspace & { readonly webhook: Webhook } {
  return workspace.webhook !== null;
}
