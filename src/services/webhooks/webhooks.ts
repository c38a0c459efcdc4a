import { rotatedSecrets, type Webhook } from "../../domain/billing-webhook.js";
import { GatewayError } from "../../domain/errors.js";
import type { Workspace } from "../../domain/model.js";
import type { Attempt, Delivery, DeliveryFilter, DeliveryState } from "../../store/deliveries.js";
import type { Faults } from "../faults.js";
import type { Journal } from "../journal.js";
import { type Cache, type WorldContext, write } from "../world-context.js";
import { Outbox } from "./outbox.js";
import { sendDelivery } from "./send-delivery.js";
import { WorkspaceQueue } from "./workspace-queue.js";

export type { Attempt, Delivery, DeliveryFilter, DeliveryState };

const PAUSED = "webhooks_paused";

/**
 * Delivers billing events to the workspaces' webhooks (W-1 to W-10). The ledger is the outbox: it has each event before
 * the answer is sent, and a mark per workspace says which events have deliveries. Memory only has the numbers of the
 * deliveries in flight and of those that wait for a retry.
 */
export class Webhooks implements Cache {
  readonly #context: WorldContext;
  readonly #outbox: Outbox;
  readonly #queues = new Map<string, WorkspaceQueue>();
  /** Running attempts by delivery. */
  readonly #sending = new Map<number, Promise<void>>();
  #hooks: Map<string, Webhook> | null = null;
  #stop = new AbortController();
  #wakeScheduled = false;
  /** Called when work finishes. */
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

  /** Drops all deliveries in flight; they belong to the old state. */
  stateReplaced(): void {
    this.close();
    this.#stop = new AbortController();
    this.#queues.clear();
    this.#sending.clear();
    this.#hooks = null;
    this.#wakeScheduled = false;
  }

  /** Continues the stored deliveries of a stopped or killed process (W-8). */
  resume(): void {
    for (const workspaceId of this.#webhooks().keys()) this.#queueOf(workspaceId).backlogAfter = 0;
    this.#wake();
  }

  /** Stops: nothing more is sent or stored. */
  close(): void {
    // Each reset does this, and the default reason is an error with a stack.
    this.#stop.abort("closed");
    this.#notifyIdle();
  }

  /** Attempts under way. */
  get sending(): number {
    return this.#sending.size;
  }

  get paused(): boolean {
    return this.#context.store.meta.get(PAUSED) === true;
  }

  /** Sends nothing until {@link unpause}. Running attempts finish. */
  pause(): void {
    this.#context.store.meta.set(PAUSED, true);
    this.#notifyIdle();
  }

  unpause(): void {
    this.#context.store.meta.set(PAUSED, false);
    this.#wake();
  }

  /** At most `limit` deliveries after number `after`, oldest first. */
  list(filter: DeliveryFilter, after: number, limit: number): Delivery[] {
    return this.#context.store.deliveries.page(filter, after, limit);
  }

  /** All attempts of a delivery. */
  attempts(delivery: Delivery): Attempt[] {
    return this.#context.store.deliveries.attempts(delivery.seq);
  }

  /**
   * Resolves when all deliveries are done. It waits for retries only if the clock is not frozen and deliveries are not
   * paused.
   */
  async idle(): Promise<void> {
    while (!this.#isIdle()) await new Promise<void>((resolve) => this.#idleListeners.push(resolve));
  }

  /**
   * Adds a signing secret. The old ones sign for 24 more hours (W-4).
   * @param name of the workspace; null: the only one with a webhook
   * @throws GatewayError `validation`
   */
  rotate(name: string | null, secret: string): void {
    const workspace = this.#workspace(name);
    const { webhook } = workspace;
    const secrets = rotatedSecrets(webhook, secret, this.#context.clock.now());
    const rotated = { ...workspace, webhook: { ...webhook, secrets } };
    write(this.#context, () => this.#context.store.workspaces.update(rotated));
  }

  /**
   * Sends a dead delivery again with the same ids and body, a valid signature, to the current URL.
   * @returns the delivery after its first new attempt, or pending when too many are in flight (W-10)
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

  /** Sends all dead letters again. @returns their number */
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
    this.#startDeliveries(queue);
    return revived;
  }

  #workspace(name: string | null): Workspace & { readonly webhook: Webhook } {
    const all = this.#context.store.workspaces.all().filter((known) => name === null || known.name === name);
    const [workspace, ...others] = all.filter(hasWebhook);
    if (workspace && others.length === 0) return workspace;
    const problem = workspace
      ? "several workspaces have a webhook: name one"
      : "no such workspace has a webhook";
    throw new GatewayError("validation", { message: `workspace: ${problem}` });
  }

  /** Starts deliveries in a later turn, so that no answer waits for a webhook (W-9). Once for all calls in a turn. */
  #wake(): void {
    if (this.#wakeScheduled || this.#webhooks().size === 0) return;
    this.#wakeScheduled = true;
    this.#context.clock.runInLaterTurn(() => {
      this.#wakeScheduled = false;
      for (const workspaceId of this.#webhooks().keys()) this.#startDeliveries(this.#queueOf(workspaceId));
      this.#notifyIdle();
    }, this.#stop.signal);
  }

  /** Starts attempts up to `webhook_concurrency`: retries that are due, then new deliveries in order (W-10). */
  #startDeliveries(queue: WorkspaceQueue): void {
    const { store, settings } = this.#context;
    if (this.paused || queue.inFlight.size >= settings.webhookConcurrency) return;
    const taken = queue.fillSlots(
      settings.webhookConcurrency,
      () => this.#nextDue(queue),
      (work) => store.transaction(work),
    );
    for (const seq of taken) this.#run(queue, seq);
  }

  /** The next new delivery. One that is due later waits on the clock, without a slot (Y-78). */
  #nextDue(queue: WorkspaceQueue): number | null {
    for (;;) {
      const delivery = this.#next(queue);
      if (!delivery) return null;
      if (delivery.dueAt <= this.#context.clock.now()) return delivery.seq;
      this.#wait(queue, delivery.seq, delivery.dueAt);
    }
  }

  /** The oldest stored delivery that is not in memory, or a new one from the outbox. */
  #next(queue: WorkspaceQueue): Delivery | null {
    const { store } = this.#context;
    const { workspaceId } = queue;
    const stored = queue.takeStored((after) => store.deliveries.nextPending(workspaceId, after));
    if (stored) return stored;
    const [first, second] = this.#outbox.next(workspaceId, queue.outbox);
    if (second) queue.backlogAfter = second.seq - 1;
    return first ?? null;
  }

  #wait(queue: WorkspaceQueue, seq: number, until: number): void {
    queue.waiting.add(seq);
    this.#context.clock.schedule(until, "webhook attempt", () => {
      queue.waiting.delete(seq);
      queue.due.add(seq);
      this.#startDeliveries(queue);
    });
  }

  #run(queue: WorkspaceQueue, seq: number): void {
    const { signal } = this.#stop;
    const work = this.#attempt(queue, seq, signal).finally(() => {
      // After a reset this number may belong to another delivery.
      if (signal.aborted) return;
      this.#sending.delete(seq);
      this.#notifyIdle();
    });
    this.#sending.set(seq, work);
    this.#context.clock.waitForExternal(work);
  }

  async #attempt(queue: WorkspaceQueue, seq: number, stop: AbortSignal): Promise<void> {
    const delivery = this.#context.store.deliveries.bySeq(seq);
    if (delivery?.state === "pending") {
      const webhook = this.#webhooks().get(delivery.workspaceId);
      const retryAt = await sendDelivery(this.#context, delivery, webhook, stop);
      if (stop.aborted) return;
      if (retryAt !== null) this.#wait(queue, seq, retryAt);
    }
    queue.inFlight.delete(seq);
    this.#wake();
  }

  #isIdle(): boolean {
    if (this.#stop.signal.aborted) return true;
    if (this.#wakeScheduled || this.#sending.size > 0) return false;
    if (this.paused || this.#context.clock.state.mode === "frozen") return true;
    return [...this.#queues.values()].every((queue) => queue.isEmpty);
  }

  #notifyIdle(): void {
    const listeners = this.#idleListeners;
    this.#idleListeners = [];
    for (const listener of listeners) listener();
  }

  #queueOf(workspaceId: string): WorkspaceQueue {
    let queue = this.#queues.get(workspaceId);
    if (!queue) {
      queue = new WorkspaceQueue(workspaceId);
      this.#queues.set(workspaceId, queue);
    }
    return queue;
  }

  #webhooks(): ReadonlyMap<string, Webhook> {
    this.#hooks ??= new Map(
      this.#context.store.workspaces.all().flatMap(({ id, webhook }) => (webhook ? [[id, webhook]] : [])),
    );
    return this.#hooks;
  }
}

function hasWebhook(workspace: Workspace): workspace is Workspace & { readonly webhook: Webhook } {
  return workspace.webhook !== null;
}
