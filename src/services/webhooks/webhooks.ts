import { nextStep, ROTATION_MS, signingSecrets, type Webhook } from "../../domain/billing.js";
import { GatewayError } from "../../domain/errors.js";
import type { WebhookFlaw } from "../../domain/faults.js";
import type { Workspace } from "../../domain/model.js";
import type { Attempt, Delivery, DeliveryState } from "../../store/deliveries.js";
import type { Faults } from "../faults.js";
import type { Journal } from "../journal.js";
import { type Kernel, type Projection, write } from "../kernel.js";
import { attempt } from "./attempt.js";
import { type HeldBack, Outbox } from "./outbox.js";
import { signatureHeader } from "./signature.js";

export type { Attempt, Delivery, DeliveryState };

/** In the meta table. */
const PAUSED = "webhooks_paused";
/** Signs what a fault wants signed wrongly. */
const WRONG_SECRET = "not the secret";

/** Deliveries of one workspace that are under way, waiting for a retry included (W-10). */
interface Lane {
  readonly workspaceId: string;
  readonly underWay: Set<number>;
  readonly outbox: HeldBack;
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
  readonly #waiting = new Set<number>();
  #hooks: Map<string, Webhook> | null = null;
  #stop = new AbortController();
  #pumping = false;

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
    this.#waiting.clear();
    this.#hooks = null;
  }

  /** Goes on with what a stopped or killed process left (W-8). */
  resume(): void {
    for (const workspaceId of this.#webhooks().keys()) {
      for (const delivery of this.#kernel.store.deliveries.pending(workspaceId)) this.#start(delivery);
    }
    this.#wake();
  }

  close(): void {
    this.#stop.abort();
  }

  get paused(): boolean {
    return this.#kernel.store.meta.get(PAUSED) === true;
  }

  pause(): void {
    this.#kernel.store.meta.set(PAUSED, true);
  }

  unpause(): void {
    this.#kernel.store.meta.set(PAUSED, false);
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const seq of waiting) void this.#run(seq);
    this.#wake();
  }

  /** At most `limit` deliveries after number `after`, oldest first. */
  list(state: DeliveryState | null, after: number, limit: number): Delivery[] {
    return this.#kernel.store.deliveries.page(state, after, limit);
  }

  /** Every attempt of a delivery so far. */
  attempts(delivery: Delivery): Attempt[] {
    return this.#kernel.store.deliveries.attempts(delivery.seq);
  }

  /**
   * A new signing secret; the old ones sign beside it for 24 hours (W-4).
   * @param name of the workspace; null: the only one that has a webhook
   * @throws GatewayError `validation`
   */
  rotate(name: string | null, secret: string): void {
    const workspace = this.#workspace(name);
    const { webhook } = workspace;
    const until = this.#kernel.clock.now() + ROTATION_MS;
    const old = webhook.secrets.map((known) => ({ ...known, until: known.until ?? until }));
    const rotated = { ...workspace, webhook: { ...webhook, secrets: [{ secret, until: null }, ...old] } };
    write(this.#kernel, () => this.#kernel.store.workspaces.update(rotated));
  }

  /**
   * Sends a dead delivery again, with the same ids. @returns it after its first new attempt
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
    const dueAt = this.#kernel.clock.now();
    deliveries.update({ ...dead, state: "pending", reason: null, startedAt: null, dueAt, attempts: 0 });
    this.#lane(dead.workspaceId).underWay.add(dead.seq);
    await this.#run(dead.seq);
    return deliveries.byId(id) ?? dead;
  }

  /** Every dead letter, one after the other. */
  async redriveAll(): Promise<Delivery[]> {
    const redriven: Delivery[] = [];
    for (let after = 0; ; ) {
      const dead = this.list("dead", after, 100);
      const last = dead.at(-1);
      if (!last) return redriven;
      for (const { id } of dead) redriven.push(await this.redrive(id));
      after = last.seq;
    }
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
      this.#pumping = false;
      if (signal.aborted) return;
      for (const workspaceId of this.#webhooks().keys()) this.#pump(this.#lane(workspaceId));
    });
    this.#kernel.clock.hold(pumped);
  }

  /** Makes events into deliveries while there is room for more. */
  #pump(lane: Lane): void {
    const { settings, store } = this.#kernel;
    if (this.paused) return;
    while (lane.underWay.size < settings.webhookConcurrency) {
      const started = store.transaction(() => this.#outbox.next(lane.workspaceId, lane.outbox));
      if (started.length === 0) return;
      for (const delivery of started) this.#start(delivery);
    }
  }

  #start(delivery: Delivery): void {
    this.#lane(delivery.workspaceId).underWay.add(delivery.seq);
    if (delivery.dueAt <= this.#kernel.clock.now()) void this.#run(delivery.seq);
    else this.#schedule(delivery.seq, delivery.dueAt);
  }

  #schedule(seq: number, at: number): void {
    this.#kernel.clock.schedule(at, "webhook attempt", () => void this.#run(seq));
  }

  /** One attempt and what follows from it. Never rejects. */
  #run(seq: number): Promise<void> {
    const work = this.#attempt(seq);
    this.#kernel.clock.hold(work);
    return work;
  }

  async #attempt(seq: number): Promise<void> {
    const { store, clock } = this.#kernel;
    const { signal } = this.#stop;
    if (signal.aborted) return;
    const delivery = store.deliveries.bySeq(seq);
    if (delivery?.state !== "pending") return;
    if (this.paused) {
      this.#waiting.add(seq);
      return;
    }
    const at = clock.now();
    const result = await attempt(clock, delivery.url, this.#headers(delivery, at), delivery.body, signal);
    if (signal.aborted) return;
    const now = clock.now();
    const attempts = delivery.attempts + 1;
    const startedAt = delivery.startedAt ?? at;
    const next = nextStep(result.outcome, attempts, startedAt, now);
    store.transaction(() => {
      const { status, error, answer } = result;
      store.deliveries.addAttempt(seq, { at, durationMs: now - at, status, error, answer });
      store.deliveries.update({
        seq,
        state: next.kind === "retry" ? "pending" : next.kind,
        reason: next.kind === "dead" ? next.reason : null,
        startedAt,
        dueAt: next.kind === "retry" ? next.at : now,
        attempts,
      });
    });
    if (next.kind === "retry") return this.#schedule(seq, next.at);
    this.#lane(delivery.workspaceId).underWay.delete(seq);
    this.#wake();
  }

  /** W-4. The signature is of now: a rotation between two attempts shows. */
  #headers(delivery: Delivery, now: number): Record<string, string> {
    const webhook = this.#webhooks().get(delivery.workspaceId);
    const flaw: WebhookFlaw = delivery.flaws === null ? {} : JSON.parse(delivery.flaws);
    const secrets = flaw.bad_signature ? [WRONG_SECRET] : webhook ? signingSecrets(webhook, now) : [];
    return {
      "Content-Type": "application/json",
      "X-Baseten-Signature": signatureHeader(delivery.body, secrets),
      "X-Baseten-Request-ID": delivery.id,
    };
  }

  #lane(workspaceId: string): Lane {
    let lane = this.#lanes.get(workspaceId);
    if (!lane) {
      lane = { workspaceId, underWay: new Set(), outbox: { event: null } };
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
