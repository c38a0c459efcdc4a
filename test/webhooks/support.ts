import { type GatewayEmulator, startGatewayEmulator, type WebhookDelivery } from "../../src/index.js";
import { seedWith } from "../support/chat.js";

/** Where the seed's clock stands. */
export const NOON = Date.parse("2026-06-17T12:00:00Z");
export const SECRET = "whsec_test";

type Parts = NonNullable<Parameters<typeof seedWith>[0]>;

/** The one-group world of `seedWith`, frozen at noon, with a webhook. */
export function webhookSeed(url: string, parts: Parts = {}, secrets: readonly string[] = [SECRET]) {
  return seedWith({ ...parts, workspace: { ...parts.workspace, webhook: { url, secrets } } });
}

/** An emulator whose events go to that receiver. */
export function startWith(receiver: { readonly url: string }, parts: Parts = {}): Promise<GatewayEmulator> {
  return startGatewayEmulator({ seed: webhookSeed(receiver.url, parts) });
}

/** When each attempt began, in seconds after noon, and what came of it. */
export function attemptsOf({ attempts }: WebhookDelivery): [seconds: number, status: number | string][] {
  return attempts.map(({ at, status, error }) => [(at - NOON) / 1000, status ?? error ?? ""]);
}

/** The only delivery there is. */
export async function onlyDelivery(gateway: GatewayEmulator): Promise<WebhookDelivery> {
  const [delivery, ...others] = await gateway.webhooks.deliveries();
  if (!delivery || others.length > 0) throw new Error(`${others.length + (delivery ? 1 : 0)} deliveries`);
  return delivery;
}
