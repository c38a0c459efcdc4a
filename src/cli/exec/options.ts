import { GUARD_OPTIONS, type GuardFlags } from "../start/guard-options.js";
import {
  DEFAULT_HOST,
  type ParsedFlag,
  readBoolean,
  type StartFlags,
  type StartOptions,
  startOptions,
  variable,
  wrong,
} from "../start/options.js";

/** Flags as commander parsed them. Absent ones may come from the environment. */
export interface ExecFlags
  extends GuardFlags,
    Pick<StartFlags, "seed" | "acceptBearer" | "managementRateLimit"> {
  readonly minErrorCoverage?: string;
  readonly verbose?: boolean;
}

/** Which emulator to start for a command, and what to report when the command ends. */
export interface ExecOptions extends StartOptions {
  /** Required percentage of provoked errors, 0 to 100; null: no report. */
  readonly minErrorCoverage: number | null;
  readonly verbose: boolean;
}

/** The variables that `exec` reads. Variables for `start` alone, such as the port, must not affect it. */
const VARIABLES = [
  ...["seed", "accept-bearer", "management-rate-limit", "min-error-coverage", "verbose"].map(variable),
  ...GUARD_OPTIONS.map(variable),
  "BASETEN_API_KEY",
];

/**
 * Reads each option from its flag, else from `GATEWAY_EMULATOR_<NAME>`, else takes the default. An empty variable
 * counts as absent.
 * @throws UserError
 */
export function execOptions(flags: ExecFlags, environment: NodeJS.ProcessEnv): ExecOptions {
  const env = Object.fromEntries(VARIABLES.map((name) => [name, environment[name]]));
  const parsed = (flag: string | undefined, name: string): ParsedFlag | null => {
    if (flag !== undefined) return { from: `--${name}`, value: flag };
    const from = variable(name);
    return env[from] ? { from, value: env[from] } : null;
  };
  const verbose = parsed(undefined, "verbose");
  return {
    ...startOptions(flags, env),
    port: 0,
    host: DEFAULT_HOST,
    state: ":memory:",
    minErrorCoverage: readPercent(parsed(flags.minErrorCoverage, "min-error-coverage")),
    verbose: flags.verbose ?? (verbose !== null && readBoolean(verbose)),
  };
}

/** Accepts whole percentages only, because 0.8 could mean 80. */
function readPercent(flag: ParsedFlag | null): number | null {
  if (!flag) return null;
  const [, digits] = /^(\d{1,3})%?$/.exec(flag.value) ?? [];
  if (digits !== undefined && Number(digits) <= 100) return Number(digits);
  throw wrong(flag, "a whole percentage from 0 to 100, such as 80 or 80%");
}
