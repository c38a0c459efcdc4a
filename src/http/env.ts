import type { Context, Handler } from "hono";
import type { Destination } from "../domain/hosts.js";
import type { ManagementCaller } from "../services/access.js";
import type { ErrorCounter } from "../services/error-counter.js";
import type { RequestInProgress } from "../services/journal.js";
import type { Services } from "../services/services.js";
import type { Connection } from "./connection.js";

/** What the app knows of each request, as Hono hands it on. */
export interface AppEnv {
  Bindings: {
    /** What carries the answer: a socket, or a promise in this process. */
    connection: Connection;
    /** Host and path as a client sent them over a socket, which a URL does not always keep. */
    target?: { readonly host: string; readonly path: string } | undefined;
    /** Surface and path: found when Hono asks for the path, or said by a surface that asks another. */
    destination?: Destination & { readonly world: string | null };
    /** The number of the journal entry, for who calls the app itself. */
    requestNumber?: number;
  };
  Variables: {
    destination: Destination;
    /** The services of the world that is asked. */
    services: Services;
    emulator: EmulatorApi;
    /** A request for a world that is not there is answered by the default world, with this. */
    worldError: Error | null;
    inProgress: RequestInProgress;
    /** Whom the workspace key of a management request speaks for. */
    caller: ManagementCaller;
    /** Headers of every answer to this request, errors included. */
    answerHeaders: Readonly<Record<string, string>> | undefined;
    /** The answer ends later than its handler: it writes its own journal entry. */
    recordsItself: true | undefined;
  };
}

export type AppContext = Context<AppEnv>;
export type AppHandler = Handler<AppEnv>;

/** What the control plane can ask of the emulator as a whole. */
export interface EmulatorApi {
  readonly version: string;
  /** Which errors were answered, over all worlds. */
  readonly errors: ErrorCounter;
  /** The world that is asked. */
  view(): WorldView;
  reset(): void;
  /** Adds to what is there. @throws GatewayError `validation` */
  seed(partial: unknown): void;
  /** Makes another seed the target of a reset, and resets. @throws GatewayError `validation` */
  reseed(seed: unknown): void;
  readonly snapshots: SnapshotsApi;
  readonly worlds: WorldsApi;
}

/** Images of a world, by name. They outlive a reset, not the process. */
export interface SnapshotsApi {
  /** @param name generated when absent; a snapshot of that name is replaced */
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
export interface WorldsApi {
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
  /** A key of the seed with a slug it can call. */
  readonly example: { readonly key: string; readonly slug: string } | null;
}

/** A world as requests find it. */
export interface ServedWorld {
  readonly services: Services;
  readonly emulator: EmulatorApi;
}

/** Finds the world that a request is for. */
export interface WorldLookup {
  readonly first: ServedWorld;
  /** Whether there are worlds besides the first. */
  readonly several: boolean;
  /** @throws GatewayError `unknown_world` */
  named(world: string): ServedWorld;
  /** The only world that knows the key in an `Authorization` header, or the first. */
  ofCaller(authorization: string | undefined): ServedWorld;
}
