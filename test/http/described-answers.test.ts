import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { complaints } from "../generate/judge.js";
import { BASETEN_TARGET, call } from "../support/client.js";

type Json = Readonly<Record<string, unknown>>;

/** The parts of an API description that these tests read. */
interface Description {
  readonly paths: Record<string, Record<string, { tags: string[]; responses: Record<string, Json> }>>;
  readonly components: { readonly schemas: Json };
}

const MODEL = "3kZ9xqd";
const HOST = `/_host/model-${MODEL}.api.baseten.co`;
const CHAIN_HOST = "/_host/chain-ch4in01.api.baseten.co";
const { privateKey, publicKey } = generateKeyPairSync("ed25519");

const SEED: object = {
  clock: "2026-06-17T12:00:00Z",
  workspaces: [
    {
      name: "acme",
      api_keys: [{ key: "personal1.secret", type: "PERSONAL" }],
      team: { id: "team1", name: "Team" },
      registration_public_key: Buffer.from(
        String(publicKey.export({ format: "jwk" }).x),
        "base64url",
      ).toString("base64"),
      models: [{ id: MODEL, environments: ["staging"] }],
      chains: [{ id: "ch4in01" }],
      endpoints: [{ slug: "acme/llama", targets: [BASETEN_TARGET] }],
      groups: [
        {
          external_entity_id: "org",
          models: [
            {
              slug: "acme/llama",
              rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold: 100 }],
              usage_limits: [{ type: "TOKEN", unit: "DAY", threshold: 1_000 }],
            },
          ],
          keys: [{ name: "acme-prod", key: "sky_acmeprod0001.local-secret" }],
        },
      ],
    },
  ],
};

describe("the description and the answers agree", () => {
  test("every answer that the management API and async inference describe is as described", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const described: Description = (await call(gateway, "GET", "/v1/spec")).body;
    const seen = new Set<string>();

    /** Sends a request and holds the answer against the schema of its operation. */
    const check = async (
      operation: string,
      path: string,
      options: Parameters<typeof call>[3] = {},
    ): Promise<Json> => {
      const [method = "", pattern = ""] = operation.split(" ");
      const answer = await call(gateway, method, path, options);
      const response = described.paths[pattern]?.[method.toLowerCase()]?.responses[answer.status];
      const { schema } = (response?.content as Record<string, { schema: Json }> | undefined)?.[
        "application/json"
      ] ?? { schema: null };
      expect(schema, `${operation} answers ${answer.status} with a schema`).not.toBeNull();
      expect(complaints({ ...schema, components: described.components }, answer.body), operation).toEqual([]);
      seen.add(operation);
      return answer.body;
    };

    await check("GET /v1/users/me", "/v1/users/me");
    const key = { name: "ci", type: "WORKSPACE_MANAGE_ALL" };
    const { api_key } = await check("POST /v1/api_keys", "/v1/api_keys", { body: key });
    await check("POST /v1/teams/{id}/api_keys", "/v1/teams/team1/api_keys", { body: key });
    await check("GET /v1/api_keys", "/v1/api_keys");
    const prefix = String(api_key).split(".")[0];
    await check("DELETE /v1/api_keys/{prefix}", `/v1/api_keys/${prefix}`);

    const host = "/_host/api.baseten.co";
    await check("GET /v1/models", `${host}/v1/models`);
    const model = `/v1/models/${MODEL}`;
    await check("GET /v1/models/{id}", model);
    await check("GET /v1/models/{id}/environments", `${model}/environments`);
    await check("GET /v1/models/{id}/environments/{name}", `${model}/environments/staging`);
    await check("GET /v1/models/{id}/deployments", `${model}/deployments`);
    await check("GET /v1/models/{id}/deployments/{deployment_id}", `${model}/deployments/production`);
    await check("GET /v1/model_apis", "/v1/model_apis");
    await check("POST /v1/secrets", "/v1/secrets", { body: { name: "openai", value: "sk-1" } });
    await check("GET /v1/secrets", "/v1/secrets");

    const endpoint = { slug: "acme/second", targets: [BASETEN_TARGET], region: "UNRESTRICTED" };
    const endpoints = "/v1/gateway/endpoints";
    const { id } = await check(`POST ${endpoints}`, endpoints, { body: endpoint });
    await check(`GET ${endpoints}`, endpoints);
    await check(`GET ${endpoints}/{id}`, `${endpoints}/${id}`);
    await check(`PATCH ${endpoints}/{id}`, `${endpoints}/${id}`, { body: { targets: [BASETEN_TARGET] } });
    await check(`DELETE ${endpoints}/{id}`, `${endpoints}/${id}`);

    const groups = "/v1/gateway/groups";
    const parent = ((await check(`GET ${groups}`, groups)).items as Json[])[0];
    const child = {
      metadata: { external_entity_id: "child" },
      models: [{ slug: "acme/llama" }],
      hierarchy: { parent_group_id: parent?.id },
    };
    const group = `${groups}/${(await check(`POST ${groups}`, groups, { body: child })).id}`;
    await check(`GET ${groups}/{id}`, group);
    await check(`PATCH ${groups}/{id}`, group, { body: { metadata: { name: "renamed" } } });
    await check(`GET ${groups}/{id}/usage`, `${groups}/${parent?.id}/usage`);

    const keys = `${groups}/{id}/api_keys`;
    const minted = await check(`POST ${keys}`, `${group}/api_keys`, { body: { name: "one" } });
    const body = JSON.stringify({ key: "their-own-key-0123456789-abcdefghij", name: "theirs" });
    const headers = { "X-Baseten-Signature": sign(null, Buffer.from(body), privateKey).toString("base64") };
    await check(`POST ${keys}/register`, `${group}/api_keys/register`, { body, headers });
    await check(`GET ${keys}`, `${group}/api_keys`);
    await check(`GET ${keys}/{prefix}`, `${group}/api_keys/${minted.prefix}`);
    await check(`DELETE ${keys}/{prefix}`, `${group}/api_keys/${minted.prefix}`);
    await check(`DELETE ${groups}/{id}`, group);

    const asked = { body: { model_input: {} } };
    const submitted = await check(
      "POST /production/async_predict",
      `${HOST}/production/async_predict`,
      asked,
    );
    await check("POST /production/async_run_remote", `${CHAIN_HOST}/production/async_run_remote`, asked);
    await check("GET /production/async_queue_status", `${HOST}/production/async_queue_status`);
    const request = `${HOST}/async_request/${submitted.request_id}`;
    await check("GET /async_request/{request_id}", request);
    await check("DELETE /async_request/{request_id}", request);

    // Chat, predictions and what passes through the AI Gateway answer in shapes of others.
    const own = Object.entries(described.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { tags }]) => !tags.some((tag) => ["inference", "cloudflare"].includes(tag)))
        .filter(([, { responses }]) => Object.values(responses).some(({ content }) => content !== undefined))
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    );
    const otherPaths = /^\w+ \/(?:development|environments|deployment)\/|^\w+ \/async_(?:predict|run|queue)/;
    expect([...seen].sort()).toEqual(own.filter((operation) => !otherPaths.test(operation)).sort());
  });
});
