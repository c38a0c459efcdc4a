import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { GatewayEmulator } from "../../src/index.js";

/** What a command of curl printed. */
export interface Printed {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers as their users do, without types
  readonly body: any;
}

/** `https://<host>` as it reaches the emulator: nothing but the host changes. */
export function atEmulator(gateway: GatewayEmulator, url: string): string {
  return url.replace("https://", `${gateway.url}/_host/`);
}

/**
 * Runs a curl line in bash, as it stands in a document, with its hosts led to the emulator.
 * @param variables of the shell that the line uses, such as `BASETEN_API_KEY`
 */
export async function curlLine(
  gateway: GatewayEmulator,
  line: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Printed> {
  const script = `${atEmulator(gateway, line.trim())} --silent --show-error --write-out '\\n%{http_code}'`;
  const env = { PATH: process.env.PATH ?? "", ...variables };
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script], { env });
  const end = stdout.lastIndexOf("\n");
  const text = stdout.slice(0, end);
  return { status: Number(stdout.slice(end + 1)), text, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
