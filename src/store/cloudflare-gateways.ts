import type { AiGateway } from "../domain/cloudflare/gateway.js";
import type { Db } from "./database.js";

/** Declared AI Gateways. */
export interface AiGatewayStore {
  /** Adds or replaces the gateway of that account and name. */
  put(gateway: AiGateway): void;
  all(): AiGateway[];
}

export function createAiGatewayStore(db: Db): AiGatewayStore {
  const put = db.prepare<[string, string, string]>(
    `INSERT INTO ai_gateways (account_id, gateway_id, gateway) VALUES (?, ?, ?)
     ON CONFLICT (account_id, gateway_id) DO UPDATE SET gateway = excluded.gateway`,
  );
  const all = db.prepare<[], { gateway: string }>("SELECT gateway FROM ai_gateways");
  return {
    put: (gateway) => void put.run(gateway.accountId, gateway.gatewayId, JSON.stringify(gateway)),
    all: () =>
      all.all().map(({ gateway: text }) => {
        const gateway: AiGateway = JSON.parse(text);
        return gateway;
      }),
  };
}
