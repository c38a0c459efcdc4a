import { createRequire } from "node:module";
import type { PerformanceClient } from "@basetenlabs/performance-client";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { dedicated, hostUrl, INVOKE_KEY, MODEL } from "../dedicated/support.js";

/** The package's class, or why its binary for this platform does not load. */
function load(): typeof PerformanceClient | string {
  try {
    // Built by a napi-rs whose exports only `require` finds; it throws where there is no binary.
    const loaded: typeof import("@basetenlabs/performance-client") = createRequire(import.meta.url)(
      "@basetenlabs/performance-client",
    );
    return loaded.PerformanceClient;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

const loaded = load();
const skipped = typeof loaded === "string" ? ` (skipped, no binary here: ${loaded.split("\n")[0]})` : "";

/** What its untyped answers have in common: a request time per batch, the headers of batches where it keeps them. */
const answer = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), individual_request_times: z.array(z.number()) });
const EMBEDDINGS = answer(z.object({ index: z.int(), embedding: z.array(z.number()) })).extend({
  model: z.string(),
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
});
const RANKED = answer(z.object({ index: z.int(), score: z.number(), text: z.string().nullable() }));
const CLASSIFIED = answer(z.array(z.object({ label: z.string(), score: z.number() })));
const POSTED = answer(z.unknown()).extend({ response_headers: z.array(z.record(z.string(), z.string())) });

const SEED = dedicated({
  model: { served_model_names: ["acme/embed"], embedding_dimensions: 16 },
  predictions: [
    {
      match: { route: "/rerank", body: { query: "fox" } },
      reply: {
        json: [
          { index: 1, score: 0.75, text: "a red fox" },
          { index: 0, score: 0.25, text: "a dog" },
        ],
      },
    },
    {
      match: { route: "/predict", body: { "inputs.0.0": "good" } },
      reply: { json: [[{ label: "positive", score: 0.75 }], [{ label: "negative", score: 0.5 }]] },
    },
    { match: { route: "/shout", body: { say: "hello" } }, reply: { json: { said: "HELLO" } } },
    { match: { route: "/shout" }, reply: { json: { said: "?" }, headers: { "x-model": "v2" } } },
  ],
});
const SYNC = "/environments/production/sync";

describe.skipIf(typeof loaded === "string")(`@basetenlabs/performance-client, over HTTP/2${skipped}`, () => {
  async function start(apiKey = INVOKE_KEY) {
    if (typeof loaded === "string") throw new Error(loaded);
    const gateway = await startGatewayEmulator({ seed: SEED });
    return { gateway, client: new loaded(hostUrl(gateway, MODEL) + SYNC, apiKey) };
  }

  /** Status of each request to a route of the model, in order. */
  const statuses = async (gateway: GatewayEmulator, route: string) =>
    (await gateway.requests({ path: SYNC + route })).map(({ status }) => status);

  test("embed: batches side by side, in the order of the texts", async () => {
    const { gateway, client } = await start();
    await using _ = gateway;
    const texts = Array.from({ length: 300 }, (_, index) => `text ${index}`);
    // Sixteen requests at once, three texts in each.
    const many = EMBEDDINGS.parse(await client.embed(texts, "acme/embed", null, null, null, 16, 3));
    expect(many.data.map(({ index }) => index)).toEqual(texts.map((_, index) => index));
    expect(new Set(many.data.map(({ embedding }) => embedding.length))).toEqual(new Set([16]));
    expect(many.individual_request_times).toHaveLength(100);
    expect(await statuses(gateway, "/v1/embeddings")).toEqual(Array(100).fill(200));
    const one = EMBEDDINGS.parse(await client.embed(["text 299"], "acme/embed", "float"));
    expect(one.data[0]?.embedding).toEqual(many.data[299]?.embedding);
    expect(one).toMatchObject({ model: "acme/embed", usage: { prompt_tokens: one.usage.total_tokens } });
  });

  test("rerank and classify: answered by prediction rules", async () => {
    const { gateway, client } = await start();
    await using _ = gateway;
    const ranked = RANKED.parse(await client.rerank("fox", ["a dog", "a red fox"], false, true));
    expect(ranked.data).toEqual([
      { index: 1, score: 0.75, text: "a red fox" },
      { index: 0, score: 0.25, text: "a dog" },
    ]);
    const classified = CLASSIFIED.parse(await client.classify(["good", "bad"]));
    expect(classified.data).toEqual([
      [{ label: "positive", score: 0.75 }],
      [{ label: "negative", score: 0.5 }],
    ]);
    expect(await statuses(gateway, "/rerank")).toEqual([200]);
    expect(await statuses(gateway, "/predict")).toEqual([200]);
  });

  test("batchPost: any route, answers and headers in the order of the payloads", async () => {
    const { gateway, client } = await start();
    await using _ = gateway;
    const posted = POSTED.parse(await client.batchPost("/shout", [{ say: "hello" }, { say: "what" }]));
    expect(posted.data).toEqual([{ said: "HELLO" }, { said: "?" }]);
    expect(posted.response_headers.map((headers) => headers["x-model"])).toEqual([undefined, "v2"]);
  });

  test("a wrong key is one Error with the 401 in its message, and not tried again", async () => {
    const { gateway, client } = await start("wrong");
    await using _ = gateway;
    await expect(client.embed(["one"], "acme/embed")).rejects.toThrow(
      /^API request failed with status 401 Unauthorized: \{/,
    );
    expect(await statuses(gateway, "/v1/embeddings")).toEqual([401]);
  });
});
