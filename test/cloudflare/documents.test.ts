import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { curlLine } from "../support/shell.js";
import { HOST } from "./support.js";

/** The samples of Cloudflare's page on Baseten, with nothing but the host changed. */
const apiToken = "emulator.baseten-api-token";
const accountId = "0a1b2c3d";
const gatewayId = "my-gateway";
const modelId = "abcd1234";
const SEED = {
  clock: "2026-06-17T12:00:00Z",
  workspaces: [
    {
      name: "acme",
      api_keys: [{ key: apiToken }],
      models: [{ id: modelId }],
      endpoints: [
        { slug: "openai/gpt-oss-120b", targets: [{ provider: "BASETEN" as const, model_id: modelId }] },
      ],
    },
  ],
  predictions: [{ reply: { json: { answer: "A connectivity cloud." } } }],
};

const start = () => startGatewayEmulator({ seed: SEED });
const hostOf = (gateway: GatewayEmulator) => gateway.url + HOST;

const answered = { choices: [{ message: { role: "assistant", content: "What is Cloudflare?" } }] };

describe("the samples of the documents, with only the host changed", () => {
  test("OpenAI-compatible chat completions: curl", async () => {
    await using gateway = await start();
    const printed = await curlLine(
      gateway,
      `curl https://gateway.ai.cloudflare.com/v1/${accountId}/${gatewayId}/baseten/v1/chat/completions \\
        --header 'Authorization: Bearer ${apiToken}' \\
        --header 'Content-Type: application/json' \\
        --data '{
          "model": "openai/gpt-oss-120b",
          "messages": [
            {
              "role": "user",
              "content": "What is Cloudflare?"
            }
          ]
        }'`,
    );
    expect(printed).toMatchObject({ status: 200, body: answered });
  });

  test("OpenAI-compatible chat completions: OpenAI SDK", async () => {
    await using gateway = await start();
    const baseURL = `${hostOf(gateway)}/v1/${accountId}/${gatewayId}/baseten`;
    const openai = new OpenAI({ apiKey: apiToken, baseURL });
    const model = "openai/gpt-oss-120b";
    const chatCompletion = await openai.chat.completions.create({
      model,
      messages: [{ role: "user", content: "What is Cloudflare?" }],
    });
    expect(chatCompletion).toMatchObject(answered);
  });

  test("OpenAI-compatible endpoint: compat with the OpenAI SDK", async () => {
    await using gateway = await start();
    const baseURL = `${hostOf(gateway)}/v1/${accountId}/${gatewayId}/compat`;
    const openai = new OpenAI({ apiKey: apiToken, baseURL });
    const chatCompletion = await openai.chat.completions.create({
      model: "baseten/openai/gpt-oss-120b",
      messages: [{ role: "user", content: "What is Cloudflare?" }],
    });
    expect(chatCompletion).toMatchObject(answered);
  });

  test("model-specific endpoint: curl", async () => {
    await using gateway = await start();
    const printed = await curlLine(
      gateway,
      `curl https://gateway.ai.cloudflare.com/v1/${accountId}/${gatewayId}/baseten/model/${modelId} \\
        --header 'Authorization: Bearer ${apiToken}' \\
        --header 'Content-Type: application/json' \\
        --data '{
          "prompt": "What is Cloudflare?",
          "max_tokens": 100
        }'`,
    );
    expect(printed).toMatchObject({ status: 200, body: { answer: "A connectivity cloud." } });
  });

  test("model-specific endpoint: JavaScript", async () => {
    await using gateway = await start();
    const baseURL = `${hostOf(gateway)}/v1/${accountId}/${gatewayId}/baseten`;
    const response = await fetch(`${baseURL}/model/${modelId}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${apiToken}`, "Content-Type": "application/json" },
      body: JSON.stringify({ prompt: "What is Cloudflare?", max_tokens: 100 }),
    });
    expect(await response.json()).toEqual({ answer: "A connectivity cloud." });
    expect(response.headers.get("cf-aig-step")).toBe("0");
    expect(response.headers.get("x-baseten-request-id")).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe("errors, as the OpenAI SDK shows them", () => {
  test("the gateway's own have a list under `error`, of which the SDK makes text", async () => {
    await using gateway = await start();
    const baseURL = `${hostOf(gateway)}/v1/${accountId}/${gatewayId}/compat`;
    const openai = new OpenAI({ apiKey: apiToken, baseURL, maxRetries: 0 });
    const asked = openai.chat.completions.create({ model: "none", messages: [] });
    await expect(asked).rejects.toThrow('400 [{"code":2019,"message":"Chat completion bad format"}]');
  });
});
