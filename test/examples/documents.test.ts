import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, type SeedInput, startGatewayEmulator } from "../../src/index.js";
import { atEmulator, curlLine } from "../support/shell.js";

/*
 * The requests of the vendor's guides and reference pages, with only the host changed: first the gateway (set-up,
 * calling a model, creating an endpoint), then dedicated deployments. Those of Cloudflare's page are in
 * test/cloudflare/documents.test.ts. Samples in Python are sent as the equal request of the JavaScript SDK or of
 * fetch, because a test cannot rely on Python's packages.
 */

const API_KEY = "abcd1234.local-workspace-key";
const FEDERATED_KEY = "sky_yourlabprod1.local-secret";
const MODEL_ID = "3kZ9xqd";
const SLUG = "your-org/your-model";
const HELLO = [{ role: "user" as const, content: "Hello, world!" }];

function seed(settings: NonNullable<SeedInput["settings"]> = {}): SeedInput {
  return {
    clock: "2026-06-17T12:00:00Z",
    settings,
    workspaces: [
      {
        name: "acme",
        api_keys: [{ key: API_KEY }],
        org_prefixes: ["my-org", "your-org"],
        models: [{ id: MODEL_ID, served_model_names: ["acme/llama-3-70b"] }],
        endpoints: [{ slug: SLUG, targets: [{ provider: "BASETEN", model_id: MODEL_ID }] }],
        groups: [
          {
            external_entity_id: "customer-1",
            models: [{ slug: SLUG }],
            keys: [{ name: "prod", key: FEDERATED_KEY }],
          },
        ],
      },
    ],
    completions: [{ match: { model: SLUG }, reply: { content: "Hello! How can I help you today?" } }],
    predictions: [
      { match: { route: "/items", method: "GET" }, reply: { json: { items: [123] } } },
      { match: { route: "/items/123", method: "GET" }, reply: { json: { id: 123 } } },
    ],
  };
}

const start = (settings?: NonNullable<SeedInput["settings"]>) =>
  startGatewayEmulator({ seed: seed(settings) });
const workspaceKey = { BASETEN_API_KEY: API_KEY };

describe("get started with the gateway: endpoint, group, key, call", () => {
  test("curl, each line with what the one before answered", async () => {
    await using gateway = await start();
    const endpoint = await curlLine(
      gateway,
      `curl --request POST \\
        --url https://api.baseten.co/v1/gateway/endpoints \\
        --header "Authorization: Api-Key $BASETEN_API_KEY" \\
        --header "Content-Type: application/json" \\
        --data '{"slug": "my-org/my-model", "targets": [{"provider": "BASETEN", "model_id": "${MODEL_ID}"}]}'`,
      workspaceKey,
    );
    expect([endpoint.status, endpoint.body.slug]).toEqual([200, "my-org/my-model"]);

    const group = await curlLine(
      gateway,
      `curl --request POST \\
        --url https://api.baseten.co/v1/gateway/groups \\
        --header "Authorization: Api-Key $BASETEN_API_KEY" \\
        --header "Content-Type: application/json" \\
        --data '{
          "metadata": {"name": "Customer 42", "external_entity_id": "customer-42"},
          "models": [{
            "slug": "my-org/my-model",
            "rate_limits": [{"type": "REQUEST", "unit": "MINUTE", "threshold": 60}],
            "usage_limits": [{"type": "TOKEN", "unit": "DAY", "threshold": 1000000}]
          }],
          "hierarchy": {"limit_enforcement": "INDEPENDENT", "parent_group_id": null}
        }'`,
      workspaceKey,
    );
    expect(group.status).toBe(200);
    const [own] = group.body.models;
    const [effective] = group.body.effective_models;
    expect(effective.rate_limits).toEqual(
      own.rate_limits.map((limit: object) => ({ ...limit, source_group: expect.anything() })),
    );

    const key = await curlLine(
      gateway,
      `curl --request POST \\
        --url "https://api.baseten.co/v1/gateway/groups/$GROUP_ID/api_keys" \\
        --header "Authorization: Api-Key $BASETEN_API_KEY" \\
        --header "Content-Type: application/json" \\
        --data '{"name": "prod"}'`,
      { ...workspaceKey, GROUP_ID: group.body.id },
    );
    expect(key.status).toBe(200);
    expect(key.body).toEqual({
      api_key: expect.stringMatching(/^sky_[A-Za-z0-9]{12}\../),
      prefix: key.body.api_key.slice(0, key.body.api_key.indexOf(".")),
      name: "prod",
    });

    const chat = await curlLine(
      gateway,
      `curl https://inference.baseten.co/v1/chat/completions \\
        -H "Authorization: Api-Key $API_KEY" \\
        -H "Content-Type: application/json" \\
        -d '{"model": "my-org/my-model", "messages": [{"role": "user", "content": "Hi"}]}'`,
      { API_KEY: key.body.api_key },
    );
    expect([chat.status, chat.body.choices[0].message]).toEqual([200, { role: "assistant", content: "Hi" }]);
  });

  test("a workspace that is not onboarded gets 403", async () => {
    await using gateway = await startGatewayEmulator({
      seed: { workspaces: [{ name: "new", onboarded: false, api_keys: [{ key: API_KEY }] }] },
    });
    const refused = await curlLine(
      gateway,
      `curl https://api.baseten.co/v1/gateway/endpoints --header "Authorization: Api-Key $BASETEN_API_KEY"`,
      workspaceKey,
    );
    expect([refused.status, refused.body.code]).toEqual([403, "FORBIDDEN"]);
  });
});

describe("calling a model with a federated key", () => {
  test("curl", async () => {
    await using gateway = await start();
    const { status, body } = await curlLine(
      gateway,
      `curl --request POST \\
        --url https://inference.baseten.co/v1/chat/completions \\
        --header "Content-Type: application/json" \\
        --header "Authorization: Api-Key $API_KEY" \\
        --data '{
          "model": "${SLUG}",
          "messages": [
            {"role": "user", "content": "Hello, world!"}
          ]
        }'`,
      { API_KEY: FEDERATED_KEY },
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-/),
      object: "chat.completion",
      model: SLUG,
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "Hello! How can I help you today?" },
          finish_reason: "stop",
        },
      ],
    });
    const { prompt_tokens, completion_tokens, total_tokens } = body.usage;
    expect(total_tokens).toBe(prompt_tokens + completion_tokens);
  });

  const client = (gateway: GatewayEmulator, options: ConstructorParameters<typeof OpenAI>[0] = {}) =>
    new OpenAI({
      baseURL: atEmulator(gateway, "https://inference.baseten.co/v1"),
      apiKey: FEDERATED_KEY,
      ...options,
    });
  const ask = (openai: OpenAI) => openai.chat.completions.create({ model: SLUG, messages: HELLO });

  test("the OpenAI SDK with its Authorization overridden, as the page asks", async () => {
    await using gateway = await start();
    const answer = await ask(
      client(gateway, { defaultHeaders: { Authorization: `Api-Key ${FEDERATED_KEY}` } }),
    );
    expect(answer.choices[0]?.message.content).toBe("Hello! How can I help you today?");
  });

  test("the OpenAI SDK as in the sample sends Bearer: rejected as documented, accepted on demand (X-1)", async () => {
    await using strict = await start();
    await expect(ask(client(strict))).rejects.toThrow(OpenAI.PermissionDeniedError);
    await using lenient = await start({ accept_bearer: true });
    const answer = await ask(client(lenient));
    expect(answer.choices[0]?.message.content).toBe("Hello! How can I help you today?");
  });

  test("a branded domain is the same gateway", async () => {
    await using gateway = await start();
    const { status } = await curlLine(
      gateway,
      `curl https://api-gateway.your-lab.com/v1/chat/completions -H "Authorization: Api-Key $API_KEY" \\
        -H "Content-Type: application/json" -d '{"model": "${SLUG}", "messages": [{"role": "user", "content": "Hi"}]}'`,
      { API_KEY: FEDERATED_KEY },
    );
    expect(status).toBe(200);
  });
});

describe("the reference page of POST /v1/gateway/endpoints", () => {
  const CREATE = `curl --request POST \\
    --url https://api.baseten.co/v1/gateway/endpoints \\
    --header "Authorization: Api-Key $BASETEN_API_KEY" \\
    --header "Content-Type: application/json" \\
    --data '{
      "slug": "my-org/glm-5.2",
      "targets": [
        {
          "provider": "BASETEN",
          "model_id": "${MODEL_ID}"
        }
      ]
    }'`;

  test("curl, with the answer's keys in the documented order", async () => {
    await using gateway = await start();
    const { status, text, body } = await curlLine(gateway, CREATE, workspaceKey);
    expect([status, text]).toEqual([
      200,
      `{"id":"${body.id}","slug":"my-org/glm-5.2","targets":[{"provider":"BASETEN","model_id":"${MODEL_ID}"}],` +
        '"created_at":"2026-06-17T12:00:00Z","updated_at":"2026-06-17T12:00:00Z"}',
    ]);
  });

  test("with Bearer, and a duplicate, foreign or target-less slug is 400", async () => {
    await using gateway = await start();
    const bearer = CREATE.replace("Api-Key $", "Bearer $");
    expect((await curlLine(gateway, bearer, workspaceKey)).status).toBe(200);
    const spoilt = [CREATE, CREATE.replace("my-org/", "their-org/"), CREATE.replace(/\[[^\]]*\]/, "[]")];
    for (const line of spoilt) expect((await curlLine(gateway, line, workspaceKey)).status).toBe(400);
  });
});

describe("calling a dedicated deployment", () => {
  const BASE = `https://model-${MODEL_ID}.api.baseten.co`;

  test.each(["Bearer", "Api-Key"])("predict with %s", async (scheme) => {
    await using gateway = await start();
    const response = await fetch(atEmulator(gateway, `${BASE}/environments/production/predict`), {
      method: "POST",
      headers: { Authorization: `${scheme} ${API_KEY}`, "Content-Type": "application/json" },
      body: JSON.stringify({ prompt: "What is the meaning of life?" }),
    });
    expect([response.status, await response.json()]).toEqual([
      200,
      { prompt: "What is the meaning of life?" },
    ]);
  });

  test("async_predict answers with a request id", async () => {
    await using gateway = await start();
    const { status, body } = await curlLine(
      gateway,
      `curl -X POST ${BASE}/production/async_predict -H "Authorization: Api-Key $BASETEN_API_KEY" \\
        -d '{"model_input": {"prompt": "hello world!"}}'`,
      workspaceKey,
    );
    expect([status, Object.keys(body)]).toEqual([201, ["request_id"]]);
  });

  test.each([
    ["/sync/health", ""],
    ["/sync/items", '{"items":[123]}'],
    ["/sync/items/123", '{"id":123}'],
  ])("%s goes to the model's own server", async (path, text) => {
    await using gateway = await start();
    const line = `curl ${BASE}/environments/production${path} -H "Authorization: Bearer $BASETEN_API_KEY"`;
    expect(await curlLine(gateway, line, workspaceKey)).toMatchObject({ status: 200, text });
  });

  test("the OpenAI SDK with the deployment's sync/v1 as base URL", async () => {
    await using gateway = await start();
    const baseURL = atEmulator(gateway, `${BASE}/environments/production/sync/v1`);
    const openai = new OpenAI({ baseURL, apiKey: API_KEY });
    const answer = await openai.chat.completions.create({ model: "acme/llama-3-70b", messages: HELLO });
    expect(answer.choices[0]?.message).toEqual({ role: "assistant", content: "Hello, world!" });
  });

  test("an LLM gateway: Bearer, {base_url}/chat/completions, the served model name", async () => {
    await using gateway = await start();
    const ask = (model: string) =>
      curlLine(
        gateway,
        `curl ${BASE}/environments/production/sync/v1/chat/completions \\
          -H "Authorization: Bearer $BASETEN_API_KEY" -H "Content-Type: application/json" \\
          -d '{"model": "${model}", "messages": [{"role": "user", "content": "Hello"}]}'`,
        workspaceKey,
      );
    expect((await ask("acme/llama-3-70b")).body.choices[0].message.content).toBe("Hello");
    expect(await ask("acme/llama-4")).toMatchObject({
      status: 404,
      body: { error: { code: 404, message: "The model `acme/llama-4` does not exist." } },
    });
  });
});
