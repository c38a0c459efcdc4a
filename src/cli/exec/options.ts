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

/** The flags as commander read them; absent ones may come from the environment. */
export interface ExecFlags extends Pick<StartFlags, "seed" | "acceptBearer" | "managementRateLimit"> {
  readonly minErrorCoverage?: string;
  readonly verbose?: boolean;
}

/** What to start beside a command, and what to say when it has ended. */
export interface ExecOptions extends StartOptions {
  /** Percent of the errors that can be provoked, 0 to 100; null: no report. */
  readonly minErrorCoverage: number | null;
  readonly verbose: boolean;
}

/** What is read of the environment: a variable for another command, such as a port, must not stop this one. */
const VARIABLES = [
  ...["seed", "accept-bearer", "management-rate-limit", "min-error-coverage", "verbose"].map(variable),
  "BASETEN_API_KEY",
];

/**
 * Flags, then `GATEWAY_EMULATOR_<NAME>`, then defaults. An empty variable is an absent one.
 * @throws UserError
 */
export function execOptions(flags: ExecFlags, environment: NodeJS.ProcessEnv): ExecOptions {
  const env = Object.fromEntries(VARIABLES.map((name) => [name, environment[name]]));
  const given = (flag: string | undefined, name: string): ParsedFlag | null => {
    if (flag !== undefined) return { from: `--${name}`, value: flag };
    const from = variable(name);
    return env[from] ? { from, value: env[from] } : null;
  };
  const verbose = given(undefined, "verbose");
  return {
    ...startOptions(flags, env),
    port: 0,
    host: DEFAULT_HOST,
    state: ":memory:",
    minErrorCoverage: readPercent(given(flags.minErrorCoverage, "min-error-coverage")),
    verbose: flags.verbose ?? (verbose !== null && readBoolean(verbose)),
  };
}

/** Whole percents only: 0.8 may be meant as 80. */
function readPercent(given: ParsedFlag | null): number | null {
  if (!given) return null;
  const [, digits] = /^(\d{1,3})%?$/.exec(given.value) ?? [];
  if (digits !== undefined && Number(digits) <= 100) return Number(digits);
  throw wrong(given, "a whole percentage from 0 to 100, such as 80 or 80%");
}
