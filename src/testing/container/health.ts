import { reachedAt } from "../../client/remote-view.js";

/** What a running emulator says of itself. */
export interface Health {
  /** Federated keys that the seed named, by name. */
  readonly keys: Readonly<Record<string, string>>;
  /** Environment for a process that is to use it at the address asked. */
  readonly env: Readonly<Record<string, string>>;
}

/** A local server that takes longer is not going to answer. */
const PATIENCE_MS = 10_000;

/** Asks `GET /_emulator/health`. @throws Error when something else answers */
export async function askHealth(base: string): Promise<Health> {
  const response = await fetch(`${base}/_emulator/health`, { signal: AbortSignal.timeout(PATIENCE_MS) });
  const health: unknown = await response.json();
  if (!isObject(health) || typeof health.url !== "string" || !isTexts(health.env) || !isTexts(health.keys)) {
    throw new Error(`what answers at ${base} is not a gateway-emulator of this version`);
  }
  return { keys: health.keys, env: reachedAt(base, health.url, health.env) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every((text) => typeof text === "string");
}
