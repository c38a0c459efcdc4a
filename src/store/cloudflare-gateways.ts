import type { AiGateway } from "../domain/cloudflare/gateway.js";
import type { Preparing } from "./lazy-statements.js";

/** Declared AI Gateways. */
export function createAiGatewayStore(db: Preparing) {
  const put = db.prepare<[string, string, string]>(
    `INSERT INTO ai_gateways (account_id, gateway_id, gateway) VALUES (?, ?, ?)
     ON CONFLICT (account_id, gateway_id) DO UPDATE SET gateway = excluded.gateway`,
  );
  const all = db.prepare<[], string>("SELECT gateway FROM ai_gateways").pluck();
  return {
    /** Adds or replaces the gateway of that account and name. */
    put: (gateway: AiGateway) => void put.run(gateway.accountId, gateway.gatewayId, JSON.stringify(gateway)),
    all: (): AiGateway[] => all.all().map((gateway) => JSON.parse(gateway)),
  };
}
