import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { basetenHeaders, FEDERATED_KEY } from "../support/chat.js";
import { type Answered, BASETEN_TARGET, call, management, QUICKSTART } from "../support/client.js";

const MODELS = "/v1/models";
const WRONG_KEY = '{"error":"please check the api-key you provided"}\n';
const endpoint = (slug: string) => ({ slug, targets: [BASETEN_TARGET] });
const idsOf = ({ body }: Answered): string[] => body.data.map(({ id }: { id: string }) => id);

/** Two endpoints, of which the group has one; it also lists a slug that has none. */
const TWO_SLUGS = {
  clock: "2026-06-17T12:00:00Z",
  workspaces: [
    {
      name: "acme",
      api_keys: [
        { key: "manage.secret-of-manage" },
        { key: "invoke.secret-of-invoke", type: "WORKSPACE_INVOKE" as const },
        { key: "metric.secret-of-metric", type: "WORKSPACE_EXPORT_METRICS" as const },
      ],
      endpoints: [endpoint("acme/llama"), endpoint("acme/mixtral")],
      groups: [
        {
          external_entity_id: "org",
          models: [{ slug: "acme/llama" }, { slug: "acme/planned" }, { slug: "rival/llama" }],
          keys: [{ name: "acme-prod", key: FEDERATED_KEY }],
        },
      ],
    },
    { name: "rival", endpoints: [endpoint("rival/llama")] },
  ],
};

describe("GET /v1/models (I-3)", () => {
  test("is this, byte for byte: no top-level object, Python's spacing", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await call(gateway, "GET", MODELS, { key: FEDERATED_KEY });
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body)).toEqual(["data"]);
    expect(answer.text).toMatch(
      /^\{"data": \[\{"id": "acme\/llama", "created": 1781697600, "object": "model", "owned_by": "acme", "name": "/,
    );
    expect(answer.text).toContain('"pricing": {"prompt": "');
    expect(answer.text).toMatch(/"supported_sampling_parameters": \["\w+", "\w+", /);
    expect(answer.text).toContain('"input_modalities": ["text"], "output_modalities": ["text"]}]}');
  });

  test("an entry has the recorded keys, in their order, with their types", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const [model] = (await call(gateway, "GET", MODELS, { key: FEDERATED_KEY })).body.data;
    const text = expect.any(String);
    const number = expect.any(Number);
    const texts = expect.arrayContaining([text]);
    const shape = {
      id: text,
      created: number,
      object: "model",
      owned_by: text,
      name: text,
      description: text,
      context_length: number,
      max_completion_tokens: number,
      quantization: text,
      pricing: { prompt: text, completion: text, image: text, request: text, input_cache_read: text },
      supported_sampling_parameters: texts,
      supported_features: texts,
      input_modalities: texts,
      output_modalities: texts,
    };
    expect(model).toEqual(shape);
    expect(Object.keys(model)).toEqual(Object.keys(shape));
    expect(Object.keys(model.pricing)).toEqual(Object.keys(shape.pricing));
  });

  test("comes from another backend than chat: its headers, none of X-Baseten", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await call(gateway, "GET", MODELS, { key: FEDERATED_KEY });
    const names = [
      "content-type",
      "server",
      "vary",
      "x-frame-options",
      "x-content-type-options",
      "referrer-policy",
      "cross-origin-opener-policy",
    ];
    expect(names.map((name) => answer.headers.get(name))).toEqual([
      "application/json",
      "gunicorn",
      "Origin, Cookie",
      "DENY",
      "nosniff",
      "same-origin",
      "same-origin",
    ]);
    expect(answer.headers.get("content-security-policy")).not.toBeNull();
    expect(basetenHeaders(answer)).toEqual([]);
  });

  test("a federated key lists its group's slugs that can be called", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_SLUGS });
    expect(idsOf(await call(gateway, "GET", MODELS, { key: FEDERATED_KEY }))).toEqual(["acme/llama"]);
  });

  test.each(["manage", "invoke"])("a workspace key (%s) lists its workspace's slugs (X-17)", async (name) => {
    await using gateway = await startGatewayEmulator({ seed: TWO_SLUGS });
    const answer = await call(gateway, "GET", MODELS, { key: `${name}.secret-of-${name}` });
    expect(idsOf(answer).sort()).toEqual(["acme/llama", "acme/mixtral"]);
  });

  test("follows the endpoints and the group's models at once (G-8, E-11)", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_SLUGS });
    const { get, patch, delete: remove } = management(gateway);
    const list = async () => idsOf(await call(gateway, "GET", MODELS, { key: FEDERATED_KEY }));
    const group = (await get("/groups")).body.items[0];
    await patch(`/groups/${group.id}`, { models: [{ slug: "acme/llama" }, { slug: "acme/mixtral" }] });
    expect((await list()).sort()).toEqual(["acme/llama", "acme/mixtral"]);

    const llama = (await get("/endpoints")).body.items.find(
      ({ slug }: { slug: string }) => slug === "acme/llama",
    );
    await remove(`/endpoints/${llama.id}`);
    expect(await list()).toEqual(["acme/mixtral"]);
    await patch(`/groups/${group.id}`, { models: [] });
    expect(await list()).toEqual([]);
  });
});

describe("keys on GET /v1/models (X-23)", () => {
  test("no header: 401 in plain text", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await call(gateway, "GET", MODELS, { key: null });
    expect([answer.status, answer.text]).toEqual([401, "No Authorization header provided"]);
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  });

  test("a wrong key: 403 with the body of chat", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await call(gateway, "GET", MODELS, { key: "sky_unknown00000.secret" });
    expect([answer.status, answer.text]).toEqual([403, WRONG_KEY]);
    expect(answer.headers.get("content-type")).toBe("application/json");
  });

  test("a federated key as Bearer is refused, with the hint (X-1)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const headers = { Authorization: `Bearer ${FEDERATED_KEY}` };
    const answer = await call(gateway, "GET", MODELS, { key: null, headers });
    expect([answer.status, answer.text]).toEqual([403, WRONG_KEY]);
    expect(answer.headers.get("x-emulator-hint")).toContain("defaultHeaders");
  });

  test("a workspace key that may not call models may not list them (X-17)", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_SLUGS });
    const answer = await call(gateway, "GET", MODELS, { key: "metric.secret-of-metric" });
    expect(answer.status).toBe(403);
  });

  test("an empty key is the load balancer's 502 (I-4.1)", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await call(gateway, "GET", MODELS, { key: null, headers: { Authorization: "Bearer " } });
    expect(answer.status).toBe(502);
  });
});
