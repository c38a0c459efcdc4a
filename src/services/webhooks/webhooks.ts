import { ROTATION_MS, type Webhook } from "../../domain/billing-webhook.js";
import { GatewayError } from "../../domain/errors.js";
import type { Workspace } from "../../domain/model.js";
import type { Attempt, Delivery, DeliveryFilter, DeliveryState } from "../../store/deliveries.js";
import type { Faults } from "../faults.js";
import type { Journal } from "../journal.js";
import { type Cache, type WorldContext, write } from "../world-context.js";
import { emptyOutbox, Outbox, type OutboxMemory } from "./outbox.js";
import { sendDelivery } from "./send-delivery.js";

export type { Attempt, Delivery, DeliveryFilter, DeliveryState };

/** In the meta table. */
const PAUSED = "webhooks_paused";

/** One workspace's deliveries. */
interface WorkspaceQueue {
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
export class Webhooks implements Cache {
  readonly #context: WorldContext;
  readonly #outbox: Outbox;
  readonly #queues = new Map<string, WorkspaceQueue>();
  /** Attempts that go on right now, by delivery. */
  readonly #sending = new Map<number, Promise<void>>();
  /** Due while deliveries are paused. */
  readonly #parked = new Set<number>();
  #hooks: Map<string, Webhook> | null = null;
  #stop = new AbortController();
  #pumping = false;
  /** Told whenever something came to its end. */
  #idleListeners: (() => void)[] = [];

  constructor(context: WorldContext, faults: Faults, journal: Journal) {
    this.#context = context;
    this.#outbox = new Outbox(context, faults, (workspaceId) => this.#webhooks().get(workspaceId)?.url ?? "");
    context.caches.push(this);
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
    this.#queues.clear();
    this.#sending.clear();
    this.#parked.clear();
    this.#hooks = null;
    this.#pumping = false;
  }

  /** Goes on with what a stopped or killed process left (W-8). */
  resume(): void {
    for (const workspaceId of this.#webhooks().keys()) this.#queueOf(workspaceId).backlogAfter = 0;
    this.#wake();
  }

  close(): void {
    this.#stop.abort();
    this.#notifyIdle();
  }

  get paused(): boolean {
    return this.#context.store.meta.get(PAUSED) === true;
  }

  /** Nothing is sent until {@link unpause}; attempts that go on come to their end. */
  pause(): void {
    this.#context.store.meta.set(PAUSED, true);
    this.#notifyIdle();
  }

  unpause(): void {
    this.#context.store.meta.set(PAUSED, false);
    const parked = [...this.#parked];
    this.#parked.clear();
    for (const seq of parked) this.#run(seq);
    this.#wake();
  }

  /** At most `limit` deliveries after number `after`, oldest first. */
  list(filter: DeliveryFilter, after: number, limit: number): Delivery[] {
    return this.#context.store.deliveries.page(filter, after, limit);
  }

  /** Every attempt of a delivery so far. */
  attempts(delivery: Delivery): Attempt[] {
    return this.#context.store.deliveries.attempts(delivery.seq);
  }

  /**
   * Resolves when nothing is being sent and nothing will be, unless somebody moves the clock, resumes, or makes
   * further requests: retries are waited for only while the clock runs by itself.
   */
  async idle(): Promise<void> {
    while (!this.#isIdle()) await new Promise<void>((resolve) => this.#idleListeners.push(resolve));
  }

  /**
   * A new signing secret; the old ones sign beside it for 24 hours (W-4).
   * @param name of the workspace; null: the only one that has a webhook
   * @throws GatewayError `validation`
   */
  rotate(name: string | null, secret: string): void {
    const workspace = this.#workspace(name);
    const { webhook } = workspace;
    const now = this.#context.clock.now();
    const old = webhook.secrets
      .map((known) => ({ ...known, until: known.until ?? now + ROTATION_MS }))
      .filter(({ until }) => until > now);
    const rotated = { ...workspace, webhook: { ...webhook, secrets: [{ secret, until: null }, ...old] } };
    write(this.#context, () => this.#context.store.workspaces.update(rotated));
  }

  /**
   * Sends a dead delivery again: the same ids and body, signed properly, to the URL of now.
   * @returns it after its first new attempt; still pending when there is no room for it yet (W-10)
   * @throws GatewayError `not_found`, `validation`
   */
  async redrive(id: string): Promise<Delivery> {
    const { deliveries } = this.#context.store;
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
    const { store, clock } = this.#context;
    const revived = store.deliveries.revive(dead?.seq ?? null, workspaceId, url, clock.now());
    const queue = this.#queueOf(workspaceId);
    queue.backlogAfter = dead ? Math.min(dead.seq - 1, queue.backlogAfter ?? dead.seq) : 0;
    this.#pump(queue);
    return revived;
  }

  #workspace(name: string | null): Workspace & { readonly webhook: Webhook } {
    const all = this.#context.store.workspaces.all().filter((known) => name === null || known.name === name);
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
      for (const workspaceId of this.#webhooks().keys()) this.#pump(this.#queueOf(workspaceId));
      this.#notifyIdle();
    });
    this.#context.clock.waitForExternal(pumped);
  }

  /** Begins deliveries while there is room for more. */
  #pump(queue: WorkspaceQueue): void {
    if (this.paused) return;
    while (queue.underWay.size < this.#context.settings.webhookConcurrency) {
      const delivery = this.#next(queue);
      if (!delivery) return;
      queue.underWay.add(delivery.seq);
      if (delivery.dueAt <= this.#context.clock.now()) this.#run(delivery.seq);
      else this.#schedule(delivery.seq, delivery.dueAt);
    }
  }

  /** What to begin next: the oldest that is pending already, or else what the outbox makes of the ledger. */
  #next(queue: WorkspaceQueue): Delivery | null {
    const { store } = this.#context;
    while (queue.backlogAfter !== null) {
      const known = store.deliveries.nextPending(queue.workspaceId, queue.backlogAfter);
      queue.backlogAfter = known?.seq ?? null;
      if (known && !queue.underWay.has(known.seq)) return known;
    }
    const [first, second] = store.transaction(() => this.#outbox.next(queue.workspaceId, queue.outbox));
    if (second) queue.backlogAfter = second.seq - 1;
    return first ?? null;
  }

  #schedule(seq: number, at: number): void {
    this.#context.clock.schedule(at, "webhook attempt", () => this.#run(seq));
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
      this.#notifyIdle();
    });
    this.#sending.set(seq, work);
    this.#context.clock.waitForExternal(work);
  }

  async #attempt(seq: number, stop: AbortSignal): Promise<void> {
    const delivery = this.#context.store.deliveries.bySeq(seq);
    if (delivery?.state !== "pending") return;
    const webhook = this.#webhooks().get(delivery.workspaceId);
    const retryAt = await sendDelivery(this.#context, delivery, webhook, stop);
    if (stop.aborted) return;
    if (retryAt !== null) return this.#schedule(seq, retryAt);
    const queue = this.#queueOf(delivery.workspaceId);
    queue.underWay.delete(seq);
    this.#wake();
  }

  #isIdle(): boolean {
    if (this.#stop.signal.aborted) return true;
    if (this.#pumping || this.#sending.size > 0) return false;
    if (this.paused || this.#context.clock.state.mode === "frozen") return true;
    return [...this.#queues.values()].every(({ underWay }) => underWay.size === 0);
  }

  #notifyIdle(): void {
    const told = this.#idleListeners;
    this.#idleListeners = [];
    for (const tell of told) tell();
  }

  #queueOf(workspaceId: string): WorkspaceQueue {
    let queue = this.#queues.get(workspaceId);
    if (!queue) {
      queue = { workspaceId, underWay: new Set(), backlogAfter: null, outbox: emptyOutbox() };
      this.#queues.set(workspaceId, queue);
    }
    return queue;
  }

  #webhooks(): ReadonlyMap<string, Webhook> {
    if (this.#hooks) return this.#hooks;
    const hooks = new Map<string, Webhook>();
    for (const { id, webhook } of this.#context.store.workspaces.all()) if (webhook) hooks.set(id, webhook);
    this.#hooks = hooks;
    return hooks;
  }
}

function hasWebhook(workspace: Workspace): workspace is Workspace & { readonly webhook: Webhook } {
  return workspace.webhook !== null;
}
