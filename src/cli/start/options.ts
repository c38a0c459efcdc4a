import { delimiter } from "node:path";
import type { EmulatorOptions } from "../../emulator/start.js";
import { LOG_FORMATS, type LogFormat } from "../log/log.js";
import { UserError } from "../user-error.js";

export const DEFAULT_PORT = 4110;
export const DEFAULT_HOST = "127.0.0.1";
export const DEFAULT_STATE = ".gateway-emulator/state.db";
const MAX_PORT = 65_535;

/** The flags as commander read them; absent ones may come from the environment. */
export interface StartFlags {
  readonly port?: string;
  readonly host?: string;
  readonly state?: string;
  readonly seed?: readonly string[];
  readonly reset?: boolean;
  readonly watch?: boolean;
  readonly acceptBearer?: boolean;
  /** true unless `--no-management-rate-limit` is given. */
  readonly managementRateLimit: boolean;
  readonly exitWithStdin?: boolean;
  readonly log?: string;
}

/** What to start. */
export interface StartOptions {
  readonly port: number;
  readonly host: string;
  readonly state: string;
  readonly seeds: readonly string[];
  readonly reset: boolean;
  readonly watch: boolean;
  /** undefined: what the seed says. */
  readonly acceptBearer: boolean | undefined;
  readonly managementRateLimit: boolean | undefined;
  /** Stop when standard input ends. */
  readonly exitWithStdin: boolean;
  readonly log: LogFormat;
  readonly workspaceKey: string | undefined;
}

/** What of it the emulator itself is started with. */
export function emulatorOptions(options: StartOptions): EmulatorOptions {
  const { port, host, state, seeds, reset, acceptBearer, managementRateLimit, workspaceKey } = options;
  const seed = seeds.length > 0 ? seeds : undefined;
  return { port, host, state, seed, reset, acceptBearer, managementRateLimit, workspaceKey };
}

/**
 * Flags, then `GATEWAY_EMULATOR_<NAME>`, then defaults. An empty variable is an absent one.
 * @throws UserError
 */
export function startOptions(flags: StartFlags, env: NodeJS.ProcessEnv): StartOptions {
  const text = (flag: string | undefined, name: string): ParsedFlag | null => {
    if (flag === "") throw new UserError(`--${name}: expected a value, got nothing`);
    if (flag !== undefined) return { from: `--${name}`, value: flag };
    const from = variable(name);
    return env[from] ? { from, value: env[from] } : null;
  };
  const flag = (given: boolean | undefined, name: string): boolean | undefined => {
    const from = variable(name);
    return given ?? (env[from] ? readBoolean({ from, value: env[from] }) : undefined);
  };
  const seeds = flags.seed ?? seedList(env[variable("seed")] ?? "");
  const watch = flag(flags.watch, "watch") ?? false;
  if (watch && seeds.length === 0) {
    throw new UserError("--watch looks at seed files, and none is given: add --seed <file>.");
  }
  return {
    port: readPort(text(flags.port, "port")),
    host: text(flags.host, "host")?.value ?? DEFAULT_HOST,
    state: text(flags.state, "state")?.value ?? DEFAULT_STATE,
    seeds,
    reset: flag(flags.reset, "reset") ?? false,
    watch,
    acceptBearer: flag(flags.acceptBearer, "accept-bearer"),
    managementRateLimit: flag(flags.managementRateLimit ? undefined : false, "management-rate-limit"),
    exitWithStdin: flag(flags.exitWithStdin, "exit-with-stdin") ?? false,
    log: readLog(text(flags.log, "log")),
    workspaceKey: readKey(env.BASETEN_API_KEY),
  };
}

/** A value that the user gave, and the flag or variable that it came by. */
export interface ParsedFlag {
  readonly from: string;
  readonly value: string;
}

/** The variable of an option, by its name without dashes. */
export function variable(name: string): string {
  return `GATEWAY_EMULATOR_${name.toUpperCase().replaceAll("-", "_")}`;
}

/** File names separated by commas, or as in PATH. */
function seedList(text: string): string[] {
  return text
    .split(",")
    .flatMap((part) => part.split(delimiter))
    .map((file) => file.trim())
    .filter((file) => file !== "");
}

function readPort(given: ParsedFlag | null): number {
  if (!given) return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(given.value) ? Number(given.value) : Number.NaN;
  if (port <= MAX_PORT) return port;
  throw wrong(given, `a whole number from 0 to ${MAX_PORT} (0 picks a free port)`);
}

function readLog(given: ParsedFlag | null): LogFormat {
  const format = LOG_FORMATS.find((one) => one === (given?.value ?? "pretty"));
  if (format) return format;
  throw wrong(given, LOG_FORMATS.join(", "));
}

/** @throws UserError */
export function readBoolean(given: ParsedFlag): boolean {
  const value = given.value.toLowerCase();
  if (["1", "true", "yes", "on"].includes(value)) return true;
  if (["0", "false", "no", "off"].includes(value)) return false;
  throw wrong(given, "1 or 0");
}

/** The value stays out of the message: it may be a real key. */
function readKey(key: string | undefined): string | undefined {
  if (!key) return undefined;
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new UserError(
    "BASETEN_API_KEY: expected printable ASCII without spaces. It becomes the workspace key; unset it for the development key.",
  );
}

/** One line: where it stands, what belongs there, what is there. */
export function wrong(given: ParsedFlag | null, expected: string): UserError {
  return new UserError(`${given?.from}: expected ${expected}, got ${JSON.stringify(given?.value)}`);
}
