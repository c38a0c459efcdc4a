import {
  type AsyncRequest,
  type AsyncTarget,
  type AsyncWish,
  afterPrediction,
  arrived,
  canceled,
  expired,
  isKept,
  KEPT_MS,
  started,
} from "../../domain/async/request.js";
import { PREDICTION_TIMEOUT_MS, type PredictionOutcome } from "../../domain/async/retry.js";
import type { QueueCounts } from "../../store/async-requests.js";
import type { Kernel, Projection } from "../kernel.js";
import { Expiry } from "./expiry.js";
import type { Predictor, TimedPrediction } from "./predictor.js";
import { ResultWebhooks } from "./result-webhooks.js";

export type { QueueCounts };

/** One deployment's queue. */
interface Lane {
  readonly target: AsyncTarget;
  /** Ids of those in progress, waiting for a retry included: at most `async_concurrency` (Y-28). */
  readonly running: Set<string>;
  /** When the deployment is expected to be up; null: nobody waits for it. */
  readyAt: number | null;
}

/**
 * Queues of async requests, one per deployment (inference §5). All of it is in the store; what is in memory is
 * which requests are in progress. Time passes on the world's clock alone: a request that finds room starts at once,
 * and ends when its prediction's time is over.
 */
export class AsyncInference implements Projection {
  readonly #kernel: Kernel;
  readonly #predictor: Predictor;
  readonly #webhooks: ResultWebhooks;
  readonly #expiry: Expiry;
  readonly #lanes = new Map<string, Lane>();
  /** To be looked at when this turn of the event loop is over. */
  readonly #woken = new Set<Lane>();
  #stop = new AbortController();

  constructor(kernel: Kernel, predictor: Predictor) {
    this.#kernel = kernel;
    this.#predictor = predictor;
    this.#webhooks = new ResultWebhooks(kernel);
    this.#expiry = new Expiry(kernel);
    kernel.projections.push(this);
  }

  /** There may be more room now, or a deployment that was not there. */
  configurationChanged(): void {
    for (const lane of this.#lanes.values()) this.#wake(lane);
  }

  /**
   * What was under way belongs to the state that is gone. What the new state holds goes on: after a restart, a
   * restore or a refused reset alike (Y-31).
   */
  stateReplaced(): void {
    this.close();
    this.#stop = new AbortController();
    this.#lanes.clear();
    this.#woken.clear();
    this.#expiry.forget();
    if (this.#kernel.store.asyncRequests.hasWork()) this.#later(() => this.#goOn());
  }

  /** Nothing more is started, sent or written. */
  close(): void {
    this.#stop.abort();
  }

  /**
   * Puts a request into its deployment's queue.
   * @param key name and prefix of the caller's
   */
  submit(target: AsyncTarget, key: readonly string[], wish: AsyncWish): AsyncRequest {
    const { store, clock, random } = this.#kernel;
    const now = clock.now();
    store.asyncRequests.forget(now - KEPT_MS);
    const request = store.asyncRequests.insert(arrived({ id: random.hex(32), key, now }, target, wish));
    this.#expiry.entered(request);
    this.#wake(this.#lane(request));
    return request;
  }

  /** A request of this model or chain, as long as it is kept; null when there is none. */
  find(id: string, owner: Omit<AsyncTarget, "deploymentId">): AsyncRequest | null {
    const request = this.#kernel.store.asyncRequests.byId(id);
    if (!request || !isKept(request, this.#kernel.clock.now())) return null;
    const { workspaceId, kind, ownerId } = request;
    const own = workspaceId === owner.workspaceId && kind === owner.kind && ownerId === owner.ownerId;
    return own ? request : null;
  }

  /** Takes back a request that is still QUEUED. @returns whether it was */
  cancel(request: AsyncRequest): boolean {
    if (request.status !== "QUEUED") return false;
    this.#leaveQueue(canceled(request, this.#kernel.clock.now()));
    return true;
  }

  counts(target: AsyncTarget): QueueCounts {
    return this.#kernel.store.asyncRequests.counts(target);
  }

  #goOn(): void {
    const { store } = this.#kernel;
    for (const request of store.asyncRequests.inProgress()) {
      const lane = this.#lane(request);
      lane.running.add(request.id);
      this.#attemptAt(lane, request);
    }
    for (const target of store.asyncRequests.queues()) this.#wake(this.#lane(target));
    for (const request of store.asyncRequests.untold()) this.#webhooks.tell(request, this.#stop.signal);
    this.#expiry.watch();
  }

  #wake(lane: Lane): void {
    const first = this.#woken.size === 0;
    this.#woken.add(lane);
    if (!first) return;
    this.#later(() => {
      const woken = [...this.#woken];
      this.#woken.clear();
      for (const one of woken) this.#fill(one);
    });
  }

  /** In a turn of its own, so that no answer waits for it; an advance of the clock does. */
  #later(work: () => void): void {
    const { signal } = this.#stop;
    const done = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      if (!signal.aborted) work();
    });
    this.#kernel.clock.hold(done);
  }

  /** Starts requests while there is room for more. */
  #fill(lane: Lane): void {
    const { store, clock, settings } = this.#kernel;
    while (lane.running.size < settings.asyncConcurrency) {
      const request = store.asyncRequests.nextQueued(lane.target);
      if (!request) return;
      const now = clock.now();
      if (request.expiresAt <= now) {
        this.#leaveQueue(expired(request, now));
        continue;
      }
      const readyAt = this.#predictor.readyAt(lane.target);
      if (readyAt > now) {
        this.#waitFor(lane, readyAt);
        return;
      }
      lane.running.add(request.id);
      const taken = started(request, now);
      this.#leaveQueue(taken);
      this.#attempt(lane, taken);
    }
  }

  /** Requests wait in the queue while their deployment starts up. */
  #waitFor(lane: Lane, readyAt: number): void {
    if (lane.readyAt === readyAt) return;
    lane.readyAt = readyAt;
    this.#kernel.clock.schedule(readyAt, `deployment ${lane.target.deploymentId} is up`, () =>
      this.#wake(lane),
    );
  }

  /** One prediction. It is decided now and ends when its time is over. */
  #attempt(lane: Lane, request: AsyncRequest): void {
    const { clock } = this.#kernel;
    const { signal } = this.#stop;
    const from = clock.now();
    const decided = this.#predict(request).then((timed) => {
      if (signal.aborted) return;
      const { outcome, durationMs } = withinTimeout(timed);
      this.#at(from + durationMs, `async prediction ${request.id}`, () =>
        this.#settle(lane, request, outcome),
      );
    });
    clock.hold(decided);
  }

  #attemptAt(lane: Lane, request: AsyncRequest): void {
    const label = `async prediction ${request.id}, attempt ${request.attempts + 1}`;
    this.#at(request.dueAt, label, () => this.#attempt(lane, request));
  }

  async #predict(request: AsyncRequest): Promise<TimedPrediction> {
    try {
      return await this.#predictor.predict(request);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      return { outcome: { ok: false, code: "INTERNAL_SERVER_ERROR", message }, durationMs: 0 };
    }
  }

  #settle(lane: Lane, request: AsyncRequest, outcome: PredictionOutcome): void {
    const { store, clock } = this.#kernel;
    const next = afterPrediction(request, outcome, clock.now());
    store.asyncRequests.update(next);
    if (next.status === "IN_PROGRESS") {
      this.#attemptAt(lane, next);
      return;
    }
    lane.running.delete(next.id);
    if (next.result !== null) this.#webhooks.tell(next, this.#stop.signal);
    this.#wake(lane);
  }

  #leaveQueue(request: AsyncRequest): void {
    this.#kernel.store.asyncRequests.update(request);
    this.#expiry.left(request);
  }

  /** Now, when its time has come, so that a frozen clock does not hold up what takes no time. */
  #at(at: number, label: string, work: () => void): void {
    const { clock } = this.#kernel;
    if (at <= clock.now()) work();
    else clock.schedule(at, label, work);
  }

  #lane(target: AsyncTarget): Lane {
    const { workspaceId, kind, ownerId, deploymentId } = target;
    const key = JSON.stringify([workspaceId, kind, ownerId, deploymentId]);
    let lane = this.#lanes.get(key);
    if (!lane) {
      lane = { target: { workspaceId, kind, ownerId, deploymentId }, running: new Set(), readyAt: null };
      this.#lanes.set(key, lane);
    }
    return lane;
  }
}

/** A prediction that takes longer ends as a timeout. */
function withinTimeout(timed: TimedPrediction): TimedPrediction {
  if (timed.durationMs <= PREDICTION_TIMEOUT_MS) return timed;
  const message = `the prediction took longer than ${PREDICTION_TIMEOUT_MS / 1000} s`;
  return {
    outcome: { ok: false, code: "MODEL_PREDICT_TIMEOUT", message },
    durationMs: PREDICTION_TIMEOUT_MS,
  };
}
