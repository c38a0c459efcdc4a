import { type AsyncRequest, expired } from "../../domain/async/request.js";
import type { Cancel } from "../../runtime/clock.js";
import type { WorldContext } from "../world-context.js";

/** Expires requests that wait too long in a queue (I-5.4j). One job on the clock, for the request that expires first. */
export class Expiry {
  readonly #context: WorldContext;
  #scheduled: { readonly id: string; readonly at: number; readonly cancel: Cancel } | null = null;

  constructor(context: WorldContext) {
    this.#context = context;
  }

  /** Call after a request has entered a queue. */
  enteredQueue({ expiresAt }: AsyncRequest): void {
    if (this.#scheduled === null || expiresAt < this.#scheduled.at) this.scheduleNext();
  }

  /** Call after a request has left its queue. */
  leftQueue({ id }: AsyncRequest): void {
    if (this.#scheduled?.id === id) this.scheduleNext();
  }

  /** Schedules the expiry of the request that expires first. */
  scheduleNext(): void {
    this.cancel();
    const { store, clock } = this.#context;
    const next = store.asyncRequests.nextToExpire();
    if (!next) return;
    const { id, expiresAt: at } = next;
    const cancel = clock.schedule(at, `async request ${id} expires`, () => this.#expire(id));
    this.#scheduled = { id, at, cancel };
  }

  /** Cancels the scheduled expiry. */
  cancel(): void {
    this.#scheduled?.cancel();
    this.#scheduled = null;
  }

  #expire(id: string): void {
    const { store, clock } = this.#context;
    const request = store.asyncRequests.byId(id);
    if (request?.status === "QUEUED") store.asyncRequests.update(expired(request, clock.now()));
    this.scheduleNext();
  }
}
