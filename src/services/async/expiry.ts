import { type AsyncRequest, expired } from "../../domain/async/request.js";
import type { Cancel } from "../../runtime/clock.js";
import type { WorldContext } from "../world-context.js";

/** Requests that wait too long leave their queue. One job of the clock for all: for the one that expires first. */
export class Expiry {
  readonly #context: WorldContext;
  #watched: { readonly id: string; readonly at: number; readonly cancel: Cancel } | null = null;

  constructor(context: WorldContext) {
    this.#context = context;
  }

  /** A request has entered a queue. */
  entered({ expiresAt }: AsyncRequest): void {
    if (this.#watched === null || expiresAt < this.#watched.at) this.watch();
  }

  /** A request has left its queue. */
  left({ id }: AsyncRequest): void {
    if (this.#watched?.id === id) this.watch();
  }

  /** Looks for the one to watch. */
  watch(): void {
    this.forget();
    const { store, clock } = this.#context;
    const next = store.asyncRequests.nextToExpire();
    if (!next) return;
    const { id, expiresAt: at } = next;
    const cancel = clock.schedule(at, `async request ${id} expires`, () => this.#expire(id));
    this.#watched = { id, at, cancel };
  }

  /** What it watched belongs to a state that is gone. */
  forget(): void {
    this.#watched?.cancel();
    this.#watched = null;
  }

  #expire(id: string): void {
    const { store, clock } = this.#context;
    const request = store.asyncRequests.byId(id);
    if (request?.status === "QUEUED") store.asyncRequests.update(expired(request, clock.now()));
    this.watch();
  }
}
