import { EventEmitter } from "node:events";
import type { OutgoingHttpHeaders } from "node:http";
import { Socket } from "node:net";
import type { Outgoing } from "../outgoing.js";
import type { Header, Relay } from "./relay.js";

/** How one attempt at the provider ended. */
export type Outcome =
  /** Its answer is with the client, or the client is gone. */
  | { readonly kind: "passed" }
  /** Answered with a status that is worth another attempt, and kept back. */
  | { readonly kind: "refused"; readonly status: number }
  /** No first byte in time. */
  | { readonly kind: "late" }
  /** The connection ended before the first byte. */
  | { readonly kind: "disconnected" };

/**
 * The response that a route behind the gateway writes to. As soon as it has a status it is either passed on to the
 * client as it comes, or kept back because another attempt follows.
 */
export class Attempt extends EventEmitter implements Outgoing {
  /** What the route takes for its client's connection. */
  readonly socket: Socket;
  /** Resolves once. */
  readonly ended: Promise<Outcome>;
  readonly #relay: Relay;
  readonly #keepsBack: (status: number) => boolean;
  readonly #set: Header[] = [];
  #fate: "waiting" | "passing" | "kept back" | "over" = "waiting";
  #status = 0;
  #finish: (outcome: Outcome) => void = () => {};

  /**
   * @param keepsBack whether another attempt follows an answer with that status
   * @param forgotten the world dropped what the route was waiting for, so its client is left without an answer
   */
  constructor(relay: Relay, keepsBack: (status: number) => boolean, forgotten: () => void) {
    super();
    this.#relay = relay;
    this.#keepsBack = keepsBack;
    this.socket = new ProviderSocket(
      () => this.#cut(),
      () => {
        forgotten();
        this.#over({ kind: "passed" });
      },
    );
    this.ended = new Promise((resolve) => {
      this.#finish = resolve;
    });
    relay.client.once("close", this.#closed);
    relay.client.once("drain", this.#drained);
  }

  readonly #closed = (): void => void this.emit("close");
  readonly #drained = (): void => {
    this.#relay.client.once("drain", this.#drained);
    this.emit("drain");
  };

  get destroyed(): boolean {
    return this.#fate === "over" || this.#relay.client.destroyed;
  }

  get headersSent(): boolean {
    return this.#fate !== "waiting";
  }

  get writableNeedDrain(): boolean {
    return this.#fate === "passing" && this.#relay.client.writableNeedDrain;
  }

  setHeader(name: string, value: string): void {
    this.#set.push([name, value]);
  }

  writeHead(status: number, headers: OutgoingHttpHeaders | string[]): void {
    if (this.#fate !== "waiting") return;
    this.#status = status;
    this.#fate = this.#keepsBack(status) ? "kept back" : "passing";
    if (this.#fate === "passing") this.#relay.begin(status, [...this.#set, ...listOf(headers)]);
    this.emit("head");
  }

  write(chunk: string | Buffer): boolean {
    return this.#fate === "passing" ? this.#relay.write(chunk) : true;
  }

  flushHeaders(): void {
    if (this.#fate === "passing") this.#relay.flush();
  }

  end(chunk?: string | Buffer): void {
    if (this.#fate === "kept back") this.#over({ kind: "refused", status: this.#status });
    if (this.#fate === "passing") void this.#relay.end(chunk).then(() => this.#over({ kind: "passed" }));
  }

  /** What a route does when it cannot go on. */
  destroy(): void {
    this.#cut();
  }

  /** Gives up on it: to the route it looks as if its client hung up. */
  abandon(): void {
    if (this.#fate !== "waiting") return;
    this.#over({ kind: "late" });
    this.emit("close");
  }

  /** The route has returned. What it left open will not be answered. */
  returned(): void {
    if (this.#fate === "waiting" && !this.#relay.client.destroyed) this.#over({ kind: "disconnected" });
    // An end or a cut that is still being written down reports by itself.
    else if (!this.#relay.over) this.#over({ kind: "passed" });
  }

  #cut(): void {
    if (this.#fate === "waiting") this.#over({ kind: "disconnected" });
    if (this.#fate === "passing") void this.#relay.cut().then(() => this.#over({ kind: "passed" }));
  }

  #over(outcome: Outcome): void {
    if (this.#fate === "over") return;
    this.#fate = "over";
    this.#relay.client.off("close", this.#closed);
    this.#relay.client.off("drain", this.#drained);
    this.#finish(outcome);
  }
}

/** Never connected: a route only ends it, which means one thing or another about its answer. */
class ProviderSocket extends Socket {
  readonly #cut: () => void;
  readonly #forgotten: () => void;

  constructor(cut: () => void, forgotten: () => void) {
    super();
    this.#cut = cut;
    this.#forgotten = forgotten;
  }

  /** A fault cuts the answer. */
  override destroySoon(): void {
    this.#cut();
  }

  /** A fault resets the connection. */
  override resetAndDestroy(): this {
    this.#cut();
    return this;
  }

  /** The clock dropped its jobs. */
  override destroy(): this {
    this.#forgotten();
    return this;
  }
}

function listOf(headers: OutgoingHttpHeaders | string[]): Header[] {
  const list: Header[] = [];
  if (Array.isArray(headers)) {
    for (let at = 0; at + 1 < headers.length; at += 2) list.push([headers[at] ?? "", headers[at + 1] ?? ""]);
    return list;
  }
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) list.push([name, Array.isArray(value) ? value.join(", ") : String(value)]);
  }
  return list;
}
