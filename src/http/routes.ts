import type { IncomingMessage } from "node:http";
import type { DeploymentHost } from "../domain/hosts.js";
import type { Surface } from "../domain/journal.js";
import type { ErrorCounter } from "../services/error-counter.js";
import type { RequestInProgress } from "../services/journal.js";
import type { Services } from "../services/services.js";
import type { Answer } from "./answer.js";
import type { Outgoing } from "./outgoing.js";

/** What the control plane may ask of the emulator as a whole. */
export interface EmulatorFace {
  readonly version: string;
  /** Which errors were answered, over all worlds. */
  readonly errors: ErrorCounter;
  /** The world that is asked. */
  view(): WorldView;
  reset(): void;
  /** @throws GatewayError `validation` */
  seed(partial: unknown): void;
  /** Makes another seed what a reset goes back to, and resets. @throws GatewayError `validation` */
  reseed(seed: unknown): void;
  readonly snapshots: Snapshots;
  readonly worlds: WorldsFace;
}

/** Images of a world, by name; they outlive a reset, not the process. */
export interface Snapshots {
  /** @param name made up when absent; one of that name is replaced */
  take(name?: string): SnapshotView;
  list(): readonly SnapshotView[];
  /** The bytes of a state file. @throws GatewayError `not_found` */
  image(name: string): Uint8Array;
  /** Stores an image of this world or another. @throws GatewayError `validation` when it is not a readable state */
  put(name: string, image: Uint8Array): SnapshotView;
  /** @throws GatewayError `not_found` */
  restore(name: string): void;
  /** @throws GatewayError `not_found` */
  remove(name: string): void;
}

export interface SnapshotView {
  readonly name: string;
  /** When it was taken, epoch milliseconds on the world's clock. */
  readonly at: number;
  readonly bytes: number;
}

/** The emulator's worlds, as the control plane of any of them sees them. */
export interface WorldsFace {
  list(): readonly WorldView[];
  /** @throws GatewayError `not_found` */
  get(name: string): WorldView;
  /** @throws GatewayError `validation`, `not_found` */
  fork(name?: string, from?: string): WorldView;
  /** @throws GatewayError */
  remove(name: string): void;
}

export interface WorldView {
  readonly name: string;
  readonly url: string;
  /** Environment for a process that is to use it. */
  readonly env: Readonly<Record<string, string>>;
  /** Federated keys that the seed named, whole, by name. */
  readonly keys: Readonly<Record<string, string>>;
  /** A key of the seed with a slug it may call. */
  readonly example: { readonly key: string; readonly slug: string } | null;
}

/** A world as requests find it. */
export interface Tenant {
  readonly services: Services;
  readonly emulator: EmulatorFace;
}

/** Which world a request is for. */
export interface Tenants {
  readonly first: Tenant;
  /** Whether there is any besides the first. */
  readonly several: boolean;
  /** @throws GatewayError `unknown_world` */
  named(world: string): Tenant;
  /** The only world that knows the key behind an `Authorization` header, or the first. */
  ofCaller(authorization: string | undefined): Tenant;
}

/** What a route works with. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: Outgoing;
  readonly services: Services;
  readonly inProgress: RequestInProgress;
  readonly query: URLSearchParams;
  /** On the dedicated surface: the model or chain whose host was asked. */
  readonly deployment: DeploymentHost | null;
  readonly emulator: EmulatorFace;
  /** A named part of the path, decoded. */
  param(name: string): string;
}

/** Builds a whole answer; what it throws becomes the surface's error. */
export type Handler = (call: Call) => Answer | Promise<Answer>;

/** Writes its answer itself, as streams do; it settles the inProgress in every case. */
export type RawHandler = (call: Call) => Promise<void>;

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

/** One entry of the map. */
export type Route = {
  readonly surface: Surface;
  readonly method: Method;
  /** Hono's pattern, such as `/v1/gateway/groups/:id`. */
  readonly path: string;
} & ({ readonly handler: Handler } | { readonly raw: RawHandler });
