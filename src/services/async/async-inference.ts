import {
  type AsyncOptions,
  type AsyncRequest,
  type AsyncTarget,
  afterPrediction,
  arrived,
  canceled,
  expired,
  isKept,
  KEPT_MS,
  started,
} from "../../domain/async/request.js";
import { PREDICTION_TIMEOUT_MS, type PredictionResult } from "../../domain/async/retry.js";
import { errorMessage } from "../../domain/error-message.js";
import type { QueueCounts } from "../../store/async-requests.js";
import type { Cache, WorldContext } from "../world-context.js";
import type { DeploymentPredictor, TimedPrediction } from "./deployment-predictor.js";
import { Expiry } from "./expiry.js";
import { deliverResult } from "./result-webhooks.js";

export type { QueueCounts };

interface DeploymentQueue {
  readonly target: AsyncTarget;
  /** Ids of requests in progress, also while they wait for a retry: at most `async_concurrency` (Y-28). */
  readonly running: Set<string>;
  /** When the deployment will be ready; null: no job waits for it. */
  readyAt: number | null;
}

/**
 * Async requests, in one queue per deployment (I-5.4a to I-5.4m). The store has all requests; memory only has the ids of
 * those in progress. All times are on the world's clock: a request starts as soon as there is room, and ends after its
 * prediction's duration.
 */
export class AsyncInference implements Cache {
  readonly #context: WorldContext;
  readonly #predictor: DeploymentPredictor;
  readonly #expiry: Expiry;
  readonly #queues = new Map<string, DeploymentQueue>();
  /** Queues to process after this turn of the event loop. */
  readonly #woken = new Set<DeploymentQueue>();
  #stop = new AbortController();

  constructor(context: WorldContext, predictor: DeploymentPredictor) {
    this.#context = context;
    this.#predictor = predictor;
    this.#expiry = new Expiry(context);
    context.caches.push(this);
  }

  /** There may be more room or a new deployment. */
  configurationChanged(): void {
    for (const queue of this.#queues.values()) this.#wake(queue);
  }

  /**
   * Drops the requests of the old state and continues those of the new one: after a restart, a restore or a failed reset
   * (Y-31).
   */
  stateReplaced(): void {
    this.close();
    this.#stop = new AbortController();
    this.#queues.clear();
    this.#woken.clear();
    this.#expiry.cancel();
    const { store, clock } = this.#context;
    if (store.asyncRequests.hasWork()) clock.runInLaterTurn(() => this.#continueStored(), this.#stop.signal);
  }

  /** Stops: nothing more is started, sent or written. */
  close(): void {
    // Each reset does this, and the default reason is an error with a stack.
    this.#stop.abort("closed");
  }

  /**
   * Adds a request to its deployment's queue.
   * @param key name and prefix of the caller's key
   */
  submit(target: AsyncTarget, key: readonly string[], options: AsyncOptions): AsyncRequest {
    const { store, clock, random } = this.#context;
    const now = clock.now();
    store.asyncRequests.deleteOld(now - KEPT_MS);
    const request = store.asyncRequests.insert(arrived({ id: random.hex(32), key, now }, target, options));
    this.#expiry.enteredQueue(request);
    this.#wake(this.#queueOf(request));
    return request;
  }

  /** A request of this model or chain, or null when it is unknown or no longer kept (I-5.4e). */
  find(id: string, owner: Omit<AsyncTarget, "deploymentId">): AsyncRequest | null {
    const request = this.#context.store.asyncRequests.byId(id);
    if (!request || !isKept(request, this.#context.clock.now())) return null;
    const { workspaceId, kind, ownerId } = request;
    const own = workspaceId === owner.workspaceId && kind === owner.kind && ownerId === owner.ownerId;
    return own ? request : null;
  }

  /** Cancels a QUEUED request (I-5.4g). @returns false for any other status */
  cancel(request: AsyncRequest): boolean {
    if (request.status !== "QUEUED") return false;
    this.#leaveQueue(canceled(request, this.#context.clock.now()));
    return true;
  }

  counts(target: AsyncTarget): QueueCounts {
    return this.#context.store.asyncRequests.counts(target);
  }

  #continueStored(): void {
    const { store } = this.#context;
    for (const request of store.asyncRequests.inProgress()) {
      const queue = this.#queueOf(request);
      queue.running.add(request.id);
      this.#attemptAt(queue, request);
    }
    for (const target of store.asyncRequests.queues()) this.#wake(this.#queueOf(target));
    for (const request of store.asyncRequests.undelivered())
      deliverResult(this.#context, request, this.#stop.signal);
    this.#expiry.scheduleNext();
  }

  #wake(queue: DeploymentQueue): void {
    const first = this.#woken.size === 0;
    this.#woken.add(queue);
    if (!first) return;
    this.#context.clock.runInLaterTurn(() => {
      const woken = [...this.#woken];
      this.#woken.clear();
      for (const wokenQueue of woken) this.#fill(wokenQueue);
    }, this.#stop.signal);
  }

  /** Starts requests while there is room for more. */
  #fill(queue: DeploymentQueue): void {
    const { store, clock, settings } = this.#context;
    while (queue.running.size < settings.asyncConcurrency) {
      const request = store.asyncRequests.nextQueued(queue.target);
      if (!request) return;
      const now = clock.now();
      if (request.expiresAt <= now) {
        this.#leaveQueue(expired(request, now));
        continue;
      }
      const readyAt = this.#predictor.readyAt(queue.target);
      if (readyAt > now) {
        this.#waitFor(queue, readyAt);
        return;
      }
      queue.running.add(request.id);
      const taken = started(request, now);
      this.#leaveQueue(taken);
      this.#attempt(queue, taken);
    }
  }

  /** Wakes the queue when its deployment is ready. */
  #waitFor(queue: DeploymentQueue, readyAt: number): void {
    if (queue.readyAt === readyAt) return;
    queue.readyAt = readyAt;
    this.#context.clock.schedule(readyAt, `deployment ${queue.target.deploymentId} is ready`, () =>
      this.#wake(queue),
    );
  }

  /** One attempt. Its result is decided now and recorded after its duration. */
  #attempt(queue: DeploymentQueue, request: AsyncRequest): void {
    const { clock } = this.#context;
    const { signal } = this.#stop;
    const from = clock.now();
    const prediction = this.#predict(request).then((timed) => {
      if (signal.aborted) return;
      const { outcome, durationMs } = withinTimeout(timed);
      clock.runAt(from + durationMs, `async prediction ${request.id}`, () =>
        this.#recordResult(queue, request, outcome),
      );
    });
    clock.waitForExternal(prediction);
  }

  #attemptAt(queue: DeploymentQueue, request: AsyncRequest): void {
    const label = `async prediction ${request.id}, attempt ${request.attempts + 1}`;
    this.#context.clock.runAt(request.dueAt, label, () => this.#attempt(queue, request));
  }

  async #predict(request: AsyncRequest): Promise<TimedPrediction> {
    try {
      return this.#predictor.predict(request);
    } catch (cause) {
      const outcome = { ok: false, code: "INTERNAL_SERVER_ERROR", message: errorMessage(cause) } as const;
      return { outcome, durationMs: 0 };
    }
  }

  #recordResult(queue: DeploymentQueue, request: AsyncRequest, outcome: PredictionResult): void {
    const { store, clock } = this.#context;
    const next = afterPrediction(request, outcome, clock.now());
    store.asyncRequests.update(next);
    if (next.status === "IN_PROGRESS") {
      this.#attemptAt(queue, next);
      return;
    }
    queue.running.delete(next.id);
    if (next.result !== null) deliverResult(this.#context, next, this.#stop.signal);
    this.#wake(queue);
  }

  #leaveQueue(request: AsyncRequest): void {
    this.#context.store.asyncRequests.update(request);
    this.#expiry.leftQueue(request);
  }

  #queueOf(target: AsyncTarget): DeploymentQueue {
    const { workspaceId, kind, ownerId, deploymentId } = target;
    const key = JSON.stringify([workspaceId, kind, ownerId, deploymentId]);
    let queue = this.#queues.get(key);
    if (!queue) {
      queue = { target: { workspaceId, kind, ownerId, deploymentId }, running: new Set(), readyAt: null };
      this.#queues.set(key, queue);
    }
    return queue;
  }
}

/** A longer prediction ends with a timeout (I-5.4m). */
function withinTimeout(timed: TimedPrediction): TimedPrediction {
  if (timed.durationMs <= PREDICTION_TIMEOUT_MS) return timed;
  const message = `the prediction took longer than ${PREDICTION_TIMEOUT_MS / 1000} s`;
  return {
    outcome: { ok: false, code: "MODEL_PREDICT_TIMEOUT", message },
    durationMs: PREDICTION_TIMEOUT_MS,
  };
}
