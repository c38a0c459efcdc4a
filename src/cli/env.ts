import { type Command, Option } from "commander";
import { ENV_FORMATS, type EnvFormat, envText } from "./env-text.js";
import { UserError } from "./user-error.js";

const DEFAULT_URL = "http://127.0.0.1:4110";
/** A local server that takes longer is not going to answer. */
const PATIENCE_MS = 5_000;

/** `gateway-emulator env`: the environment of a running emulator's clients. */
export function defineEnv(program: Command): void {
  program
    .command("env")
    .summary("print environment lines of a running emulator")
    .description(
      "Asks a running emulator for the environment that clients of it need, and prints it as lines to " +
        "evaluate: where it is, the workspace key, and the seed's first federated key.",
    )
    .option("--url <url>", `where it runs (default: GATEWAY_EMULATOR_URL, else ${DEFAULT_URL})`)
    .addOption(
      new Option("--format <format>", "how to print it").choices(ENV_FORMATS).default("shell" as const),
    )
    .addHelpText("after", HELP)
    .action(printEnv);
}

const HELP = `
Examples:
  $ eval "$(gateway-emulator env)"
  $ gateway-emulator env --format dotenv > .env.gateway
  $ gateway-emulator env --url http://127.0.0.1:5000 --format json`;

async function printEnv({ url, format }: { url?: string; format: EnvFormat }): Promise<void> {
  const asked = url ?? (process.env.GATEWAY_EMULATOR_URL || DEFAULT_URL);
  const base = baseOf(asked);
  process.stdout.write(envText(reachedAt(base, await health(base)), format));
}

function baseOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url.href.replace(/\/+$/, "");
  throw new UserError(`--url: expected a URL such as ${DEFAULT_URL}, got ${JSON.stringify(text)}`);
}

interface Health {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
}

async function health(base: string): Promise<Health> {
  let answer: unknown;
  try {
    const response = await fetch(`${base}/_emulator/health`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    answer = await response.json();
    if (response.status === 404 && saysWhy(answer)) throw new UserError(answer.message);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    // Something answered, but not with JSON.
    if (cause instanceof SyntaxError) answer = null;
    else {
      throw new UserError(
        `no emulator answers at ${base}. Start one with gateway-emulator, or say where it runs with --url.`,
      );
    }
  }
  if (isHealth(answer)) return answer;
  throw new UserError(`what answers at ${base} is not a gateway-emulator. Say where one runs with --url.`);
}

/** The control plane's refusal, such as of a world that is not there. */
function saysWhy(value: unknown): value is { readonly message: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    "code" in value &&
    "message" in value &&
    typeof value.message === "string"
  );
}

function isHealth(value: unknown): value is Health {
  if (typeof value !== "object" || value === null || !("url" in value) || !("env" in value)) return false;
  const { url, env } = value;
  return (
    typeof url === "string" &&
    typeof env === "object" &&
    env !== null &&
    Object.values(env).every((text) => typeof text === "string")
  );
}

/** Behind a forwarded port the emulator has another address than it knows of. */
function reachedAt(base: string, { url, env }: Health): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      value === url || value.startsWith(`${url}/`) ? base + value.slice(url.length) : value,
    ]),
  );
}
