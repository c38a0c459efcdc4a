import { UserError } from "../user-error.js";
import type { EnvFormat } from "./formats.js";
import { envText } from "./text.js";

/** How long to wait for an emulator to answer. */
const TIMEOUT_MS = 5_000;

/** Prints the environment of a running emulator. @throws UserError when none answers at the URL */
export async function runEnv(url: string, format: EnvFormat): Promise<void> {
  const base = baseUrl(url);
  process.stdout.write(envText(rebased(base, await health(base)), format));
}

function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url.href.replace(/\/+$/, "");
  throw new UserError(`--url: expected a URL such as http://127.0.0.1:4110, got ${JSON.stringify(text)}`);
}

interface Health {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
}

async function health(base: string): Promise<Health> {
  let answer: unknown;
  try {
    const response = await fetch(`${base}/_emulator/health`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    answer = await response.json();
    if (response.status === 404 && isControlError(answer)) throw new UserError(answer.message);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    // Another server answered, and not with JSON.
    if (cause instanceof SyntaxError) answer = null;
    else {
      throw new UserError(
        `no emulator answers at ${base}. Start one with gateway-emulator, or pass its address with --url.`,
      );
    }
  }
  if (isHealth(answer)) return answer;
  throw new UserError(
    `the server at ${base} is not a gateway-emulator. Pass the emulator's address with --url.`,
  );
}

/** An error of the control plane, such as an unknown world. */
function isControlError(value: unknown): value is { readonly message: string } {
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

/** The environment with `base` in place of the emulator's own URL: they differ behind a forwarded port. */
function rebased(base: string, { url, env }: Health): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      value === url || value.startsWith(`${url}/`) ? base + value.slice(url.length) : value,
    ]),
  );
}
