import { setImmediate } from "node:timers/promises";
import type { GatewayEmulator, SeedInput } from "../../src/index.js";
import { until } from "../scenarios/support.js";
import { FEDERATED_KEY, HELLO, seedWith } from "../support/chat.js";
import { type Answered, call } from "../support/client.js";

/** In front of every path of the AI Gateway's host. */
export const HOST = "/_host/gateway.ai.cloudflare.com";
export const CHAT_PATH = "/baseten/v1/chat/completions";
export const TOKEN = "cf-token-0123456789";

/** A world with one declared gateway, `acc/gw`, and `parts` over it. */
export function gatewaySeed(gateway: object = {}, parts: Parameters<typeof seedWith>[0] = {}): SeedInput {
  const declared = { account_id: "acc", gateway_id: "gw", ...gateway };
  return seedWith({ ...parts, top: { cloudflare: { gateways: [declared] }, ...parts.top } });
}

export interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly fields?: object;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly key?: string | null;
}

/** A chat through gateway `acc/gw`, with the federated key of the seed. */
export function aig(gateway: GatewayEmulator, sent: Sent = {}): Promise<Answered> {
  const { path = CHAT_PATH, method = "POST", fields = {}, headers = {}, key = FEDERATED_KEY } = sent;
  const body = method === "GET" ? undefined : (sent.body ?? { ...HELLO, ...fields });
  return call(gateway, method, `${HOST}/v1/acc/gw${path}`, { key, headers, body });
}

/** The gateway's own error, byte for byte (I-6). */
export function ownError(httpCode: number, internalCode: number, message: string): string {
  const said = JSON.stringify(message);
  return `{"success":false,"result":[],"messages":[],"error":[{"code":${internalCode},"message":${said}}],"name":"AiGatewayError","httpCode":${httpCode},"internalCode":${internalCode},"message":${said}}`;
}

/** Requests that reached the provider, oldest first. */
export function upstream(gateway: GatewayEmulator) {
  return gateway.requests({ surface: "inference" });
}

/** Until so many requests to the provider have ended; what follows each is then under way. */
export async function untilAsked(gateway: GatewayEmulator, times: number): Promise<void> {
  await until(async () => (await upstream(gateway)).length >= times);
  await setImmediate();
}

/** Until faults struck so many times: those requests then wait for the clock, if the fault makes them. */
export async function untilStruck(gateway: GatewayEmulator, times: number): Promise<void> {
  await until(async () => {
    const { body } = await call(gateway, "GET", "/_emulator/faults", { key: null });
    return body.items.reduce((sum: number, { struck }: { struck: number }) => sum + struck, 0) >= times;
  });
  await setImmediate();
}

/** What the gateway's own journal entries say. */
export async function notesOf(gateway: GatewayEmulator): Promise<readonly string[]> {
  return (await gateway.requests({ surface: "cloudflare" })).flatMap(({ notes }) => [...notes]);
}
