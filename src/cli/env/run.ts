import { ControlError, type Fetch } from "../../client/connection.js";
import { readView } from "../../client/view.js";
import { UserError } from "../user-error.js";
import { type EnvFormat, envText } from "./text.js";

const TIMEOUT_MS = 5_000;

/** Prints the environment of a running emulator. @throws UserError when none answers at the URL */
export async function runEnv(url: string, controlToken: string | null, format: EnvFormat): Promise<void> {
  process.stdout.write(envText(await environmentOf(baseUrl(url), controlToken), format));
}

async function environmentOf(
  base: string,
  controlToken: string | null,
): Promise<Readonly<Record<string, string>>> {
  try {
    const timed: Fetch = (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const health = await readView(base, timed, controlToken);
    return health.current().env;
  } catch (cause) {
    if (!(cause instanceof ControlError) || cause.status === null) {
      throw new UserError(
        `no emulator answers at ${base}. Start one with gateway-emulator, or pass its address with --url.`,
      );
    }
    // The emulator's own error, such as an unknown world.
    if (cause.code !== null) throw new UserError(cause.message);
    throw new UserError(
      `the server at ${base} is not a gateway-emulator. Pass the emulator's address with --url.`,
    );
  }
}

function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url.href.replace(/\/+$/, "");
  throw new UserError(`--url: expected a URL such as http://127.0.0.1:4110, got ${JSON.stringify(text)}`);
}
