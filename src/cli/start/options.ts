import { delimiter } from "node:path";
import { milliseconds } from "../../client/durations.js";
import type { EmulatorOptions } from "../../emulator/start.js";
import { DEFAULT_STOP_GRACE } from "../../emulator/stop-grace.js";
import { LOG_FORMATS, type LogFormat } from "../log/formats.js";
import { UserError } from "../user-error.js";
import { type CliGuardOptions, type GuardFlags, readGuard } from "./guard-options.js";

export const DEFAULT_PORT = 4110;
export const DEFAULT_HOST = "127.0.0.1";
export const DEFAULT_STATE = ".gateway-emulator/state.db";
const MAX_PORT = 65_535;
type Durability = NonNullable<EmulatorOptions["durability"]>;
const DURABILITIES: readonly Durability[] = ["process", "power"];
const DEFAULT_GRACE: ParsedFlag = { from: "--stop-grace", value: DEFAULT_STOP_GRACE };

/** Flags as commander parsed them. Absent ones may come from the environment. */
export interface StartFlags extends GuardFlags {
  readonly port?: string;
  readonly host?: string;
  readonly forwardAllow?: string;
  readonly state?: string;
  readonly durability?: string;
  readonly seed?: readonly string[];
  readonly reset?: boolean;
  readonly watch?: boolean;
  readonly acceptBearer?: boolean;
  /** False only with `--no-management-rate-limit`. */
  readonly managementRateLimit: boolean;
  readonly exitWithStdin?: boolean;
  readonly stopGrace?: string;
  readonly log?: string;
}

/** The options of `start`, from flags, environment and defaults. */
export interface StartOptions {
  readonly port: number;
  readonly host: string;
  /** Internal hosts that rules and webhooks may call. */
  readonly forwardAllow: readonly string[];
  readonly state: string;
  readonly durability: Durability;
  readonly seeds: readonly string[];
  readonly reset: boolean;
  readonly watch: boolean;
  /** undefined: the seed decides. */
  readonly acceptBearer: boolean | undefined;
  readonly managementRateLimit: boolean | undefined;
  /** Stop when standard input ends. */
  readonly exitWithStdin: boolean;
  /** How long a stop waits for what is under way. */
  readonly stopGraceMs: number;
  readonly log: LogFormat;
  readonly workspaceKey: string | undefined;
  readonly guard: CliGuardOptions;
}

/** The options that go to the emulator itself. */
export function emulatorOptions(options: StartOptions): EmulatorOptions {
  const { port, host, forwardAllow, state, durability, seeds, reset, guard } = options;
  const { acceptBearer, managementRateLimit, workspaceKey } = options;
  const seed = seeds.length > 0 ? seeds : undefined;
  const ofState = { state, durability, seed, reset };
  return { port, host, forwardAllow, ...ofState, acceptBearer, managementRateLimit, workspaceKey, ...guard };
}

/**
 * Reads each option from its flag, else from `GATEWAY_EMULATOR_<NAME>`, else takes the default. An empty variable
 * counts as absent.
 * @throws UserError
 */
export function startOptions(flags: StartFlags, env: NodeJS.ProcessEnv): StartOptions {
  const text = (flag: string | undefined, name: string): ParsedFlag | null => {
    if (flag === "") throw new UserError(`--${name}: expected a value, got nothing`);
    if (flag !== undefined) return { from: `--${name}`, value: flag };
    const from = variable(name);
    return env[from] ? { from, value: env[from] } : null;
  };
  const toggle = (flag: boolean | undefined, name: string): boolean | undefined => {
    const from = variable(name);
    return flag ?? (env[from] ? readBoolean({ from, value: env[from] }) : undefined);
  };
  const seeds = flags.seed ?? seedList(env[variable("seed")] ?? "");
  const watch = toggle(flags.watch, "watch") ?? false;
  if (watch && seeds.length === 0) {
    throw new UserError("--watch needs a seed file to watch. Add --seed <file>.");
  }
  return {
    port: readPort(text(flags.port, "port")),
    host: text(flags.host, "host")?.value ?? DEFAULT_HOST,
    forwardAllow: readHosts(text(flags.forwardAllow, "forward-allow")),
    state: text(flags.state, "state")?.value ?? DEFAULT_STATE,
    durability: readWord(text(flags.durability, "durability"), DURABILITIES),
    seeds,
    reset: toggle(flags.reset, "reset") ?? false,
    watch,
    acceptBearer: toggle(flags.acceptBearer, "accept-bearer"),
    managementRateLimit: toggle(flags.managementRateLimit ? undefined : false, "management-rate-limit"),
    exitWithStdin: toggle(flags.exitWithStdin, "exit-with-stdin") ?? false,
    log: readWord(text(flags.log, "log"), LOG_FORMATS),
    stopGraceMs: readDuration(text(flags.stopGrace, "stop-grace") ?? DEFAULT_GRACE),
    workspaceKey: readKey(env.BASETEN_API_KEY),
    guard: readGuard(flags, text, toggle),
  };
}

/** A value given by the user, and the flag or variable that it came from. */
export interface ParsedFlag {
  readonly from: string;
  readonly value: string;
}

/** The environment variable of an option, such as `GATEWAY_EMULATOR_ACCEPT_BEARER` for `accept-bearer`. */
export function variable(name: string): string {
  return `GATEWAY_EMULATOR_${name.toUpperCase().replaceAll("-", "_")}`;
}

/** Splits file names at commas, and as in PATH. */
function seedList(text: string): string[] {
  return text
    .split(",")
    .flatMap((part) => part.split(delimiter))
    .map((file) => file.trim())
    .filter((file) => file !== "");
}

function readPort(flag: ParsedFlag | null): number {
  if (!flag) return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(flag.value) ? Number(flag.value) : Number.NaN;
  if (port <= MAX_PORT) return port;
  throw wrong(flag, `a whole number from 0 to ${MAX_PORT} (0 picks a free port)`);
}

/** One of some words, the first when absent. */
function readWord<T extends string>(flag: ParsedFlag | null, words: readonly T[]): T {
  const word = words.find((one) => one === (flag?.value ?? words[0]));
  if (word !== undefined) return word;
  throw wrong(flag, words.join(", "));
}

function readDuration(flag: ParsedFlag): number {
  const { from, value } = flag;
  try {
    return milliseconds(from, /^\d+$/.test(value) ? Number(value) : value);
  } catch (cause) {
    throw cause instanceof TypeError ? new UserError(cause.message) : cause;
  }
}

function readHosts(flag: ParsedFlag | null): string[] {
  return flag ? flag.value.split(",").map((host) => host.trim()) : [];
}

/** @throws UserError */
export function readBoolean(flag: ParsedFlag): boolean {
  const value = flag.value.toLowerCase();
  if (["1", "true", "yes", "on"].includes(value)) return true;
  if (["0", "false", "no", "off"].includes(value)) return false;
  throw wrong(flag, "1 or 0");
}

/** Checks the workspace key. The message does not show it, because it may be a real key. */
function readKey(key: string | undefined): string | undefined {
  if (!key) return undefined;
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new UserError(
    "BASETEN_API_KEY: expected printable ASCII without spaces. It sets the workspace key; unset it to use the development key.",
  );
}

/** The error for a wrong value: which option, what it expects, what it got. */
export function wrong(flag: ParsedFlag | null, expected: string): UserError {
  return new UserError(`${flag?.from}: expected ${expected}, got ${JSON.stringify(flag?.value)}`);
}
