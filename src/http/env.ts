import type { Context } from "hono";
import type { GatewayError } from "../domain/errors.js";
import type { Destination } from "../domain/hosts.js";
import type { WorkspaceCaller } from "../services/access.js";
import type { ErrorCounter } from "../services/error-counter.js";
import type { RequestInProgress } from "../services/journal.js";
import type { Services } from "../services/services.js";
import type { Connection } from "./connection.js";
import type { RequestTarget } from "./node/target.js";

/** What Hono passes to the handlers of a request. */
export interface AppEnv {
  Bindings: {
    /** The connection of the answer: a socket, or a promise in this process. */
    connection: Connection;
    /** Host and path as a client sent them over a socket. A URL does not always keep them. */
    target?: RequestTarget | undefined;
    /** Why the guard refuses the request. */
    refusal?: GatewayError;
    /** The origin of a page that may read the answer. */
    corsOrigin?: string;
    /** The caller did not show the control token that the emulator asks for. */
    withoutToken?: boolean;
    /** Surface and path. Set when Hono asks for the path, or by a surface that calls another. */
    destination?: Destination & { readonly world: string | null };
    /** The number of the journal entry, for callers of the app itself. */
    requestNumber?: number;
  };
  Variables: {
    destination: Destination;
    /** The services of the request's world. */
    services: Services;
    emulator: EmulatorApi;
    /** Why the request is refused before its route: by the guard, or for an unknown world. The default world answers. */
    refusal: GatewayError | undefined;
    inProgress: RequestInProgress;
    /** The caller of a management request. */
    caller: WorkspaceCaller;
    /** Headers of every answer to this request, errors included. */
    answerHeaders: Readonly<Record<string, string>> | undefined;
    /** Set by streams, which end later than their handler and write their own journal entry. */
    recordsItself: true | undefined;
  };
}

export type AppContext = Context<AppEnv>;

/** The emulator, for the control API. */
export interface EmulatorApi {
  readonly version: string;
  /** Counts the errors of all worlds. */
  readonly errors: ErrorCounter;
  /** The request's world. */
  view(): WorldView;
  /** What keeps its state from being stored, and what to do; null: nothing that is known. */
  problem(): string | null;
  reset(): void;
  /** Adds to the current state. Rejects with GatewayError `validation` */
  seed(partial: unknown): Promise<void>;
  /** Makes another seed the target of a reset, and resets. Rejects with GatewayError `validation` */
  reseed(seed: unknown): Promise<void>;
  readonly snapshots: SnapshotsApi;
  readonly worlds: WorldsApi;
}

/** Snapshots of a world, by name. A reset keeps them; the end of the process does not. */
export interface SnapshotsApi {
  /** @param name generated when absent; a snapshot of that name is replaced. @throws GatewayError `validation` */
  take(name?: string): SnapshotView;
  list(): readonly SnapshotView[];
  /** The bytes of a state file. @throws GatewayError `not_found` */
  image(name: string): Uint8Array;
  /** @throws GatewayError `validation` when a snapshot of that name and size would be too much (Y-82) */
  checkRoom(name: string, bytes: number): void;
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

/** The emulator's worlds, the same for the control API of each. */
interface WorldsApi {
  list(): readonly WorldView[];
  /** @throws GatewayError `unknown_world` */
  get(name: string): WorldView;
  /** @throws GatewayError `validation`, `unknown_world` */
  fork(name?: string, from?: string): WorldView;
  /** @throws GatewayError `validation`, `unknown_world` */
  remove(name: string): void;
}

export interface WorldView {
  readonly name: string;
  readonly url: string;
  /** Environment for a process that uses the world. */
  readonly env: Readonly<Record<string, string>>;
  /** Whole federated keys of the seed, by name. */
  readonly keys: Readonly<Record<string, string>>;
  /** A key of the seed and a slug that it may call. */
  readonly example: { readonly key: string; readonly slug: string } | null;
}

/** A world, for requests. */
export interface ServedWorld {
  readonly services: Services;
  readonly emulator: EmulatorApi;
}

/** Finds the world that a request is for. */
export interface WorldLookup {
  readonly first: ServedWorld;
  /** Whether there is more than one world. */
  readonly several: boolean;
  /** @throws GatewayError `unknown_world` */
  named(world: string): ServedWorld;
  /** The only world that knows the key in an `Authorization` header, or the first. */
  ofCaller(authorization: string | undefined): ServedWorld;
}
