import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { dedicated, FEDERATED_KEY, WORKSPACE_KEY } from "../dedicated/support.js";

interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers as their users do, without types
  readonly body: any;
}

/** One request with a `Host` header of the caller's choice, which fetch does not allow. */
function ask(
  { port }: GatewayEmulator,
  host: string,
  path: string,
  { key = WORKSPACE_KEY, json }: { key?: string; json?: object } = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const headers = { Host: host, Authorization: `Api-Key ${key}`, "Content-Type": "application/json" };
    const method = json === undefined ? "GET" : "POST";
    const outgoing = request({ host: "127.0.0.1", port, method, path, agent: false, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
    });
    outgoing.on("error", reject);
    outgoing.end(json === undefined ? undefined : JSON.stringify(json));
  });
}

const chat = { model: "acme/llama", messages: [{ role: "user", content: "hi" }] };
const said = { choices: [{ message: { content: "hi" } }] };
const input = { prompt: "hi" };
const accepted = { request_id: expect.stringMatching(/^[0-9a-f]{32}$/) };

/** Host, path, body sent, and what the answer has. The model is declared as `3kZ9xqd`, the chain as `ch4in01`. */
const CALLS: readonly (readonly [host: string, path: string, json: object | undefined, body: object])[] = [
  ["model-3kz9xqd.api.localhost:4110", "/production/predict", input, input],
  ["model-3kZ9xqd.api.baseten.co", "/environments/staging/predict", input, input],
  ["MODEL-3KZ9XQD.API.BASETEN.CO", "/deployment/3kZ9xqd-staging/predict", input, input],
  ["model-3kz9xqd-staging.api.localhost:4110", "/predict", input, input],
  ["Model-3KZ9xqd-STAGING.api.baseten.co", "/sync/v1/chat/completions", chat, said],
  ["model-3kz9xqd.api.localhost:4110", "/v1/chat/completions", chat, said],
  ["model-3kz9xqd.api.localhost:4110", "/production/async_predict", { model_input: input }, accepted],
  ["chain-ch4in01.api.localhost:4110", "/production/run_remote", input, input],
  ["CHAIN-CH4IN01-staging.api.baseten.co", "/async_run_remote", { model_input: input }, accepted],
  ["gateway.ai.cloudflare.com", "/v1/account/gw/baseten/v1/chat/completions", chat, said],
  ["GATEWAY.AI.localhost:4110", "/v1/account/gw/baseten/model/3KZ9XQD", input, input],
  ["api.localhost:4110", "/v1/users/me", undefined, { workspace_name: "acme" }],
  ["API.baseten.co", "/v1/models/3kZ9xqd", undefined, { id: "3kZ9xqd" }],
  ["inference.localhost:4110", "/v1/chat/completions", chat, said],
];

describe("every surface by its host, whatever the case (I-5, I-6)", () => {
  test.each(CALLS)("%s %s", async (host, path, json, body) => {
    await using gateway = await startGatewayEmulator({ seed: dedicated() });
    await gateway.world("w1");
    const sent = json === undefined ? {} : { json };
    const places = [
      [host, path],
      ["127.0.0.1", `/_host/${host}${path}`],
      [host, `/_worlds/w1${path}`],
      ["127.0.0.1", `/_worlds/w1/_host/${host}${path}`],
    ] as const;
    for (const [named, target] of places) {
      const answer = await ask(gateway, named, target, sent);
      expect([target, answer.status < 300]).toEqual([target, true]);
      expect(answer.body).toMatchObject(body);
    }
  });
});

describe("GET /v1/models is another list on each host (X-24)", () => {
  const catalogue = { data: [{ id: "acme/llama" }] };

  test.each([
    ["api.localhost:4110", "/v1/models", WORKSPACE_KEY, { models: [{ id: "3kZ9xqd" }] }],
    ["inference.localhost:4110", "/v1/models", FEDERATED_KEY, catalogue],
    ["127.0.0.1:4110", "/v1/models", FEDERATED_KEY, catalogue],
    ["gateway.ai.cloudflare.com", "/v1/account/gw/baseten/v1/models", FEDERATED_KEY, catalogue],
    [
      "model-3kz9xqd.api.localhost:4110",
      "/production/sync/v1/models",
      WORKSPACE_KEY,
      { object: "list", data: [{ id: "llama" }] },
    ],
  ])("%s%s", async (host, path, key, body) => {
    await using gateway = await startGatewayEmulator({ seed: dedicated() });
    expect(await ask(gateway, host, path, { key })).toMatchObject({ status: 200, body });
    expect(await ask(gateway, "127.0.0.1", `/_host/${host}${path}`, { key })).toMatchObject({ body });
  });

  test("a model's host has it behind sync/ only, in its own shape of a 404 otherwise", async () => {
    await using gateway = await startGatewayEmulator({ seed: dedicated() });
    expect(await ask(gateway, "model-3kz9xqd.api.baseten.co", "/v1/models")).toEqual({
      status: 404,
      body: { error: "not found", error_code: "client_error" },
    });
  });
});
