import type { IncomingMessage, ServerResponse } from "node:http";
import type { DeploymentHost } from "../domain/hosts.js";
import type { Surface } from "../domain/journal.js";
import type { Exchange } from "../services/journal.js";
import type { Services } from "../services/services.js";
import type { Answer } from "./answer.js";

/** What the control plane may ask of the emulator as a whole. */
export interface EmulatorFace {
  readonly version: string;
  url(): string;
  /** Environment lines for a child process. */
  env(): Readonly<Record<string, string>>;
  reset(): void;
  seed(partial: unknown): void;
}

/** What a route works with. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly services: Services;
  readonly exchange: Exchange;
  readonly query: URLSearchParams;
  /** On the dedicated surface: the model or chain whose host was asked. */
  readonly deployment: DeploymentHost | null;
  readonly emulator: EmulatorFace;
  /** A named part of the path, decoded. */
  param(name: string): string;
}

/** Builds a whole answer; what it throws becomes the surface's error. */
export type Handler = (call: Call) => Answer | Promise<Answer>;

/** Writes its answer itself, as streams do; it settles the exchange in every case. */
export type RawHandler = (call: Call) => Promise<void>;

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

/** One entry of the map. */
export type Route = {
  readonly surface: Surface;
  readonly method: Method;
  /** Hono's pattern, such as `/v1/gateway/groups/:id`. */
  readonly path: string;
} & ({ readonly handler: Handler } | { readonly raw: RawHandler });
