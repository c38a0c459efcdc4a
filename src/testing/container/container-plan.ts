import type { Readable } from "node:stream";
import type { SeedSource } from "../../index.js";

/** The port inside: what {@link Running.port} is mapped from. */
export const EMULATOR_PORT = 4110;
/** How long a start may take, milliseconds; the default of testcontainers. */
export const STARTUP_TIMEOUT_MS = 60_000;
/** How long what is in flight may take when it stops, milliseconds; as long as `docker stop` waits. */
export const STOP_TIMEOUT_MS = 10_000;

/** A port as testcontainers takes it: the one inside, or also the one outside that it is to have. */
export type ExposedPort = number | { readonly container: number; readonly host: number };

/** What the builder was told. */
export interface ContainerPlan {
  readonly seeds: readonly SeedSource[];
  readonly environment: Readonly<Record<string, string>>;
  /** The port outside, or null for a free one. */
  readonly hostPort: number | null;
  readonly startupTimeoutMs: number;
  readonly logConsumer: ((stream: Readable) => unknown) | null;
}

/** An emulator that listens, whatever it runs in. */
export interface Running {
  readonly host: string;
  readonly port: number;
  /** What it wrote so far and will write, ending when it does. */
  logs(): Promise<Readable>;
  /** @param timeoutMs what is in flight may take that long, then it is ended */
  stop(timeoutMs: number): Promise<void>;
}

/**
 * Variables for the emulator, unless the user says otherwise: its state is gone with it, and `/_emulator/` asks for no
 * token, because the published port decides who may (Y-63).
 */
export function environmentOf({ environment }: ContainerPlan): Record<string, string> {
  return { GATEWAY_EMULATOR_STATE: ":memory:", GATEWAY_EMULATOR_OPEN_CONTROL: "1", ...environment };
}
