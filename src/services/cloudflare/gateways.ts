import { type AiGateway, DEFAULT_ALIAS, NO_RETRY, openGateway } from "../../domain/cloudflare/gateway.js";
import { readAuthorization } from "../../domain/credential.js";
import { millisecondsOf } from "../../domain/duration.js";
import { GatewayError } from "../../domain/errors.js";
import type { AiGatewaySeed } from "../../schemas/cloudflare.js";
import { hashKey } from "../secrets.js";
import type { Cache, WorldContext } from "../world-context.js";

/** The AI Gateways of a world (I-6.1a, I-6.2b, I-6.2d). */
export class AiGateways implements Cache {
  readonly #context: WorldContext;
  #known: ReadonlyMap<string, AiGateway> | null = null;

  constructor(context: WorldContext) {
    this.#context = context;
    context.caches.push(this);
  }

  configurationChanged(): void {
    this.#known = null;
  }

  stateReplaced(): void {
    this.#known = null;
  }

  /**
   * Adds or replaces a gateway of the seed. Tokens are stored as hashes. Provider keys are stored as they are, because
   * they go upstream; no API shows them.
   */
  declare(seed: AiGatewaySeed): void {
    const { retry } = seed;
    this.#context.store.aiGateways.put({
      accountId: seed.account_id,
      gatewayId: seed.gateway_id,
      authenticated: seed.authenticated ?? false,
      tokenHashes: (seed.tokens ?? []).map(digestOf),
      keys: seed.keys ?? {},
      allowedModels: seed.allowed_models ?? null,
      cacheTtl: seed.cache_ttl ?? 0,
      retry: {
        attempts: retry?.max_attempts ?? NO_RETRY.attempts,
        delayMs: millisecondsOf(retry?.delay) ?? NO_RETRY.delayMs,
        backoff: retry?.backoff ?? NO_RETRY.backoff,
      },
    });
    this.#known = null;
  }

  /** The gateway of an account; without declared gateways any name works (Y-34). @throws GatewayError `cloudflare_gateway_unknown` */
  find(accountId: string, gatewayId: string): AiGateway {
    const known = this.#gateways();
    if (known.size === 0) return openGateway(accountId, gatewayId);
    const found = known.get(nameOf(accountId, gatewayId));
    if (found) return found;
    throw new GatewayError("cloudflare_gateway_unknown", {
      hint: `The seed declares ${[...known.keys()].join(", ")}, not ${nameOf(accountId, gatewayId)}.`,
    });
  }

  /**
   * Checks the gateway's token (I-6.2b). A token in `Authorization` opens the gateway too (I-6.2c).
   * @param gatewayAuthorization `cf-aig-authorization`
   * @returns `Authorization` for the provider; undefined if it was a token
   * @throws GatewayError `cloudflare_unauthorized`
   */
  authenticate(
    gateway: AiGateway,
    authorization: string | undefined,
    gatewayAuthorization: string | undefined,
  ): string | undefined {
    const tokenAsKey = holdsToken(gateway, authorization);
    const authenticated =
      gatewayAuthorization === undefined ? tokenAsKey : holdsToken(gateway, gatewayAuthorization);
    if (gateway.authenticated && !authenticated) {
      throw new GatewayError("cloudflare_unauthorized", {
        hint:
          gatewayAuthorization === undefined
            ? 'This gateway needs a token. Send "cf-aig-authorization: Bearer <token of the seed>".'
            : "The token in cf-aig-authorization is wrong. Send one of the gateway's tokens in the seed.",
      });
    }
    return tokenAsKey ? undefined : authorization;
  }

  /**
   * `Authorization` for the provider: the caller's own, else a stored key, else none (I-6.2a, I-6.2d, Y-35).
   * @param authorization the result of {@link authenticate}
   * @param alias `cf-aig-byok-alias`
   * @throws GatewayError `cloudflare_stored_key_unknown`
   */
  providerAuthorization(
    { keys }: AiGateway,
    authorization: string | undefined,
    alias: string | undefined,
  ): string | undefined {
    if (authorization !== undefined) return authorization;
    const aliases = Object.keys(keys);
    if (alias === undefined && aliases.length === 0) return undefined;
    const wanted = alias ?? DEFAULT_ALIAS;
    const key = Object.hasOwn(keys, wanted) ? keys[wanted] : undefined;
    if (key !== undefined) return `Api-Key ${key}`;
    const configured = aliases.map((name) => `'${name}'`).join(", ");
    throw new GatewayError("cloudflare_stored_key_unknown", {
      message: `Provider 'baseten' has no BYOK credential named '${wanted}'. Configured aliases: ${configured}`,
    });
  }

  #gateways(): ReadonlyMap<string, AiGateway> {
    this.#known ??= new Map(
      this.#context.store.aiGateways
        .all()
        .map((gateway) => [nameOf(gateway.accountId, gateway.gatewayId), gateway]),
    );
    return this.#known;
  }
}

function holdsToken({ tokenHashes }: AiGateway, header: string | undefined): boolean {
  if (tokenHashes.length === 0) return false;
  const credential = readAuthorization(header);
  return (
    credential.kind === "key" &&
    credential.scheme === "bearer" &&
    tokenHashes.includes(digestOf(credential.key))
  );
}

function digestOf(token: string): string {
  return hashKey(token).toString("hex");
}

function nameOf(accountId: string, gatewayId: string): string {
  return `${accountId}/${gatewayId}`;
}
