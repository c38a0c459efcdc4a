import { createBaseten } from "@ai-sdk/baseten";
import { APICallError, embed, embedMany, generateText, streamText } from "ai";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { dedicated, hostUrl, INVOKE_KEY, MODEL } from "./support.js";

const SEED = dedicated({
  model: { served_model_names: ["acme/llama", "acme/embed"], embedding_dimensions: 32 },
  completions: [
    { match: { last_message: { contains: "weather" } }, reply: { content: "Sunny." } },
    { match: { last_message: "slow" }, reply: { content: "one two three" } },
  ],
});

/** What the dashboard's "API endpoint" gives, as it reaches the emulator. */
async function start() {
  const gateway = await startGatewayEmulator({ seed: SEED });
  const baseURL = `${hostUrl(gateway, MODEL)}/environments/production/sync/v1`;
  return { gateway, baseURL };
}

describe("the OpenAI SDK on sync/v1", () => {
  test("chat, streamed chat, models, embeddings, with the key as Bearer", async () => {
    const { gateway, baseURL } = await start();
    await using _ = gateway;
    const client = new OpenAI({ baseURL, apiKey: INVOKE_KEY });
    const messages = [{ role: "user" as const, content: "How is the weather?" }];
    const whole = await client.chat.completions.create({ model: "acme/llama", messages });
    expect(whole.choices[0]?.message.content).toBe("Sunny.");

    const stream = await client.chat.completions.create({
      model: "acme/llama",
      messages: [{ role: "user", content: "slow" }],
      stream: true,
    });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toBe("one two three");

    const models = [];
    for await (const model of client.models.list()) models.push(model.id);
    expect(models).toEqual(["acme/llama", "acme/embed"]);

    // The SDK asks for base64 and reads the floats out of it; asked for floats it takes them as they are.
    const input = ["one", "two"];
    const packed = await client.embeddings.create({ model: "acme/embed", input });
    const plain = await client.embeddings.create({ model: "acme/embed", input, encoding_format: "float" });
    expect(packed.data.map(({ embedding }) => embedding.length)).toEqual([32, 32]);
    expect(packed.data).toEqual(plain.data);
    const short = await client.embeddings.create({ model: "acme/embed", input, dimensions: 4 });
    expect(short.data[0]?.embedding).toHaveLength(4);
  });

  test("a wrong key is its AuthenticationError, an unknown name its NotFoundError", async () => {
    const { gateway, baseURL } = await start();
    await using _ = gateway;
    const messages = [{ role: "user" as const, content: "hi" }];
    const wrong = new OpenAI({ baseURL, apiKey: "wrong" });
    await expect(wrong.chat.completions.create({ model: "acme/llama", messages })).rejects.toThrow(
      OpenAI.AuthenticationError,
    );
    const client = new OpenAI({ baseURL, apiKey: INVOKE_KEY });
    const lost = client.chat.completions.create({ model: "x", messages });
    await expect(lost).rejects.toThrow("404 The model `x` does not exist.");
    await expect(lost).rejects.toThrow(OpenAI.NotFoundError);
  });
});

describe("@ai-sdk/baseten with a modelURL", () => {
  test("generateText, streamText and embeddings", async () => {
    const { gateway, baseURL } = await start();
    await using _ = gateway;
    const baseten = createBaseten({ modelURL: baseURL, apiKey: INVOKE_KEY });
    const model = baseten("acme/llama");
    expect((await generateText({ model, prompt: "How is the weather?" })).text).toBe("Sunny.");
    expect(await streamText({ model, prompt: "slow" }).text).toBe("one two three");

    const embeddings = baseten.embeddingModel();
    const values = Array.from({ length: 130 }, (_, index) => `text ${index}`);
    const many = await embedMany({ model: embeddings, values });
    expect(new Set(many.embeddings.map(({ length }) => length))).toEqual(new Set([32]));
    const one = await embed({ model: embeddings, value: "text 129" });
    expect(one.embedding).toEqual(many.embeddings[129]);
    expect(one.usage.tokens).toBe(2);
    // 128 inputs to a call, so the first list took two.
    const calls = await gateway.requests({ path: "/environments/production/sync/v1/embeddings" });
    expect(calls).toHaveLength(3);
  });

  test("the engine's error envelope is read", async () => {
    const { gateway, baseURL } = await start();
    await using _ = gateway;
    const baseten = createBaseten({ modelURL: baseURL, apiKey: INVOKE_KEY });
    const failure: unknown = await generateText({ model: baseten("x"), prompt: "hi", maxRetries: 0 }).catch(
      (cause: unknown) => cause,
    );
    if (!APICallError.isInstance(failure)) throw new Error("expected an APICallError", { cause: failure });
    expect([failure.statusCode, failure.message]).toEqual([404, "The model `x` does not exist."]);
  });
});
