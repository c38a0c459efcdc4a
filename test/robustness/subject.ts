import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { BASETEN_TARGET, call, management } from "../support/client.js";
import type { Route } from "../support/routes.js";
import { ROUTES } from "../support/routes.js";

export const SLUG = "acme/llama";
export const FEDERATED_KEY = "sky_acmeprod0001.local-secret";
/** Of a workspace key that nobody calls with. */
const WORKSPACE_PREFIX = "spare123";
const TEAM = "team1";
/** Stands for the management host. */
export const MANAGEMENT_HOST = "/_host/api.localhost";
/** Stands for the AI Gateway's host. */
export const AI_GATEWAY_HOST = "/_host/gateway.ai.localhost";
/** Stand for the hosts of a model and a chain, and of their regional environment. */
const DEDICATED_HOST = "/_host/model-3kz9xqd";
const CHAIN_HOST = "/_host/chain-ch4in01";
const BASETEN_DOMAIN = ".api.localhost";
export const CLOCK = "2026-06-17T12:00:00Z";

/** An Ed25519 private key from 32 fixed bytes, in its DER form (RFC 8410). */
const SIGNING_KEY = createPrivateKey({
  key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, 7)]),
  format: "der",
  type: "pkcs8",
});
const PUBLIC_KEY = createPublicKey(SIGNING_KEY)
  .export({ format: "der", type: "spki" })
  .subarray(-32)
  .toString("base64");

/** `X-Baseten-Signature` of a body (K-3). */
export function signatureOf(body: string | Buffer): string {
  return sign(null, Buffer.from(body), SIGNING_KEY).toString("base64");
}

/** A workspace with everything a wrong request could damage, and a second one that is none of its business. */
export const SEED = {
  clock: CLOCK,
  settings: { management_rate_limit: false },
  cloudflare: { gateways: [{ account_id: "acc", gateway_id: "gw" }] },
  workspaces: [
    {
      name: "acme",
      org_prefixes: ["acme"],
      team: { id: TEAM },
      api_keys: [{ key: `${WORKSPACE_PREFIX}.of-nobody`, type: "WORKSPACE_INVOKE" as const }],
      models: [
        { id: BASETEN_TARGET.model_id, environments: ["development"], served_model_names: [SLUG] },
        { id: "m" },
        { id: "another" },
      ],
      chains: [{ id: "ch4in01", environments: ["development"] }],
      registration_public_key: PUBLIC_KEY,
      endpoints: [
        { slug: SLUG, targets: [BASETEN_TARGET] },
        { slug: "acme/glm", targets: [BASETEN_TARGET] },
      ],
      groups: [
        {
          external_entity_id: "org",
          limit_enforcement: "CASCADING" as const,
          models: [
            {
              slug: SLUG,
              rate_limits: [{ type: "REQUEST" as const, unit: "MINUTE" as const, threshold: 1_000 }],
              usage_limits: [
                { type: "TOKEN" as const, unit: "DAY" as const, threshold: 1_000_000 },
                { type: "REQUEST" as const, unit: "DAY" as const, threshold: 1_000_000 },
              ],
            },
          ],
          keys: [{ name: "acme-prod", key: FEDERATED_KEY }],
          groups: [{ external_entity_id: "team", models: [{ slug: SLUG }] }],
        },
      ],
    },
    {
      name: "other",
      api_keys: [{ key: "emulator.other-workspace" }],
      endpoints: [{ slug: "other/llama", targets: [BASETEN_TARGET] }],
      groups: [{ external_entity_id: "foreign", models: [{ slug: "other/llama" }] }],
    },
  ],
};

/** What real path parameters are filled with. */
export interface Ids {
  readonly endpoint: string;
  readonly group: string;
  readonly prefix: string;
  readonly request: string;
}

/** A running emulator that has served one chat, so that there is usage to lose. */
export async function startSubject(): Promise<{ gateway: GatewayEmulator; ids: Ids }> {
  const gateway = await startGatewayEmulator({ seed: SEED });
  return { gateway, ids: await subjectIds(gateway) };
}

/** Makes one chat. @returns the ids of what is there then */
export async function subjectIds(gateway: GatewayEmulator): Promise<Ids> {
  await goodChat(gateway);
  const api = management(gateway);
  const endpoints = (await api.get("/endpoints")).body;
  const groups = (await api.get("/groups?external_entity_id=org")).body;
  const [chat] = await gateway.requests({ path: "/v1/chat/completions" });
  return {
    endpoint: endpoints.items[0].id,
    group: groups.items[0].id,
    prefix: FEDERATED_KEY.slice(0, 16),
    request: String(chat?.seq),
  };
}

/** A request that has to work, whatever came before. @returns its status */
export async function goodChat(gateway: GatewayEmulator, key = FEDERATED_KEY): Promise<number> {
  const body = { model: SLUG, messages: [{ role: "user", content: "Hello" }] };
  return (await call(gateway, "POST", "/v1/chat/completions", { key, body })).status;
}

/** Everything the APIs show of the state: endpoints, groups, keys, usage, clock and the control plane's lists. */
export async function dump(gateway: GatewayEmulator): Promise<unknown> {
  const workspaces = [gateway.workspaceKey, "emulator.other-workspace"];
  const controls = ROUTES.filter(
    ({ surface, method, path }) =>
      surface === "control" &&
      method === "GET" &&
      !path.includes(":") &&
      !/health|requests|openapi|errors|worlds|fidelity/.test(path),
  );
  return {
    workspaces: await Promise.all(workspaces.map((key) => dumpWorkspace(gateway, key))),
    controls: await Promise.all(
      controls.map(async ({ path }) => [path, (await call(gateway, "GET", path)).body]),
    ),
  };
}

async function dumpWorkspace(gateway: GatewayEmulator, key: string): Promise<unknown> {
  const api = management(gateway, key);
  const groups: { id: string }[] = await everyItem(api.get, "/groups");
  return {
    endpoints: await everyItem(api.get, "/endpoints"),
    workspaceKeys: (await call(gateway, "GET", "/v1/api_keys", { key })).body,
    secrets: (await call(gateway, "GET", "/v1/secrets", { key })).body,
    groups: await Promise.all(
      groups.map(async (group) => ({
        group,
        keys: await everyItem(api.get, `/groups/${group.id}/api_keys`),
        usage: (await api.get(`/groups/${group.id}/usage`)).body,
      })),
    ),
  };
}

/** All pages of a list. */
export async function everyItem<T>(get: ReturnType<typeof management>["get"], path: string): Promise<T[]> {
  const items: T[] = [];
  for (let cursor = ""; ; ) {
    const { status, text, body } = await get(`${path}?limit=1000${cursor}`);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${text}`);
    items.push(...body.items);
    if (!body.pagination.has_more) return items;
    cursor = `&cursor=${body.pagination.cursor}`;
  }
}

/** The path of a route with its parameters filled in, on the host that has it. */
export function pathOf(
  route: Route,
  ids: Ids,
  spoilt?: { readonly name: string; readonly odd: string },
): string {
  const path = route.path.replace(PARAMETER, (_, name: string) =>
    name === spoilt?.name ? spoilt.odd : (realValue(route, name, ids) ?? "nothing"),
  );
  return hostOf(route) + path;
}

/** A named part of a route's pattern, with the pattern of its own if it has one. */
export const PARAMETER = /:(\w+)(?:\{[^}]+\})?/g;

function hostOf({ surface, path }: Route): string {
  switch (surface) {
    case "cloudflare":
      return AI_GATEWAY_HOST;
    case "dedicated": {
      const owner = path.endsWith("run_remote") ? CHAIN_HOST : DEDICATED_HOST;
      const bare = /^\/(\w+|sync\/.+)$/.test(path);
      return `${owner}${bare ? "-development" : ""}${BASETEN_DOMAIN}`;
    }
    case "management":
      // On the plain host this path is the inference API's.
      return path === "/v1/models" ? MANAGEMENT_HOST : "";
    case "inference":
    case "control":
      return "";
  }
}

/** The value that makes a parameter point at something; undefined where nothing of the kind exists. */
export function realValue(route: Route, name: string, ids: Ids): string | undefined {
  if (route.surface === "cloudflare") return { account: "acc", gateway: "gw" }[name];
  if (route.surface === "dedicated") {
    const id = route.path.endsWith("run_remote") ? "ch4in01" : BASETEN_TARGET.model_id;
    return { env_name: "development", deployment_id: `${id}-development` }[name];
  }
  if (name === "prefix") return route.path.startsWith("/v1/gateway/") ? ids.prefix : WORKSPACE_PREFIX;
  if (route.path.startsWith("/v1/models/") && name === "id") return BASETEN_TARGET.model_id;
  if (route.path.startsWith("/v1/models/")) return "production";
  if (route.path.startsWith("/v1/teams/")) return TEAM;
  if (route.path.startsWith("/v1/gateway/endpoints/")) return ids.endpoint;
  if (route.path.startsWith("/v1/gateway/groups/")) return ids.group;
  if (/^\/_emulator\/(requests|decisions)\//.test(route.path)) return ids.request;
  return undefined;
}
