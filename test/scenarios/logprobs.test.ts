import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { chat, seedWith } from "../support/chat.js";
import type { Answered } from "../support/client.js";
import { openStream } from "./support.js";

/** One rule that says what `reply` has, in this style. */
function speaking(stream: object, reply: object, settings: object) {
  return seedWith({ settings, completions: [{ reply: { stream, ...reply } }] });
}

const parse = (event: string) => JSON.parse(event);

describe("logprobs, of a model that gives them (I-1.3)", () => {
  const seed = speaking({}, { content: "one two 😀" }, { logprobs: "supported" });
  const logprobsOf = ({ body }: Answered) => body.choices[0].logprobs;

  test("one entry per token of the content: token, logprob, bytes, top_logprobs", async () => {
    await using gateway = await startGatewayEmulator({ seed });
    const answer = await chat(gateway, { logprobs: true });
    const { content } = logprobsOf(answer);
    expect(answer.text).toContain('"logprobs":{"content":[{"token":"one","logprob":-0.');
    expect(content.map(({ token, bytes }: { token: string; bytes: number[] }) => [token, bytes])).toEqual([
      ["one", [111, 110, 101]],
      [" two", [32, 116, 119, 111]],
      [" 😀", [32, 240, 159, 152, 128]],
    ]);
    for (const entry of content) {
      expect(Object.keys(entry)).toEqual(["token", "logprob", "bytes", "top_logprobs"]);
      expect(entry.logprob).toBeLessThanOrEqual(0);
      expect(entry.top_logprobs).toEqual([]);
    }
  });

  test("top_logprobs: so many, the token itself first, less and less likely", async () => {
    await using gateway = await startGatewayEmulator({ seed });
    const plain = logprobsOf(await chat(gateway, { logprobs: true })).content;
    const { content } = logprobsOf(await chat(gateway, { logprobs: true, top_logprobs: 20 }));
    for (const [index, { token, logprob, top_logprobs: top }] of content.entries()) {
      expect([token, logprob]).toEqual([plain[index].token, plain[index].logprob]);
      expect(top).toHaveLength(20);
      expect(top[0]).toMatchObject({ token, logprob });
      expect(new Set(top.map((one: { token: string }) => one.token)).size).toBe(20);
      const numbers = top.map((one: { logprob: number }) => one.logprob);
      expect(numbers).toEqual(numbers.toSorted((one: number, other: number) => other - one));
      const sum = numbers.reduce((total: number, one: number) => total + Math.exp(one), 0);
      expect(sum).toBeLessThan(1.001);
    }
  });

  test.each([[{}], [{ chunk_tokens: 2 }], [{ chunk_characters: 2 }], [{ chunks: ["on", "e two 😀"] }]])(
    "a stream in pieces %j brings the same",
    async (stream) => {
      await using gateway = await startGatewayEmulator({
        seed: speaking(stream, { content: "one two 😀" }, { logprobs: "supported" }),
      });
      const asked = { logprobs: true, top_logprobs: 2 };
      const whole = logprobsOf(await chat(gateway, asked)).content;
      const events = (await (await openStream(gateway, asked)).rest()).slice(0, -1).map(parse);
      const pieces = events.flatMap(({ choices }) => choices);
      expect(pieces.flatMap(({ logprobs }) => logprobs?.content ?? [])).toEqual(whole);
      for (const { delta, logprobs } of pieces) expect(logprobs !== undefined).toBe("content" in delta);
    },
  );

  test.each(["full", "openai"])("in the %s dialect they are beside the delta too", async (stream_dialect) => {
    await using gateway = await startGatewayEmulator({
      seed: speaking({}, { content: "one" }, { logprobs: "supported", stream_dialect }),
    });
    const events = (await (await openStream(gateway, { logprobs: true })).rest()).slice(0, -1).map(parse);
    const said = events.filter(({ choices }) => choices[0]?.delta.content);
    expect(said.map(({ choices }) => choices[0].logprobs.content[0].token)).toEqual(["one"]);
  });

  test("not asked for, or nothing said: none", async () => {
    await using gateway = await startGatewayEmulator({ seed });
    expect((await chat(gateway)).text).not.toContain("logprobs");
    const tools = await startGatewayEmulator({
      seed: speaking({}, { content: undefined, tool_calls: [{ name: "a" }] }, { logprobs: "supported" }),
    });
    expect((await chat(tools, { logprobs: true })).text).not.toContain("logprobs");
    await tools.stop();
  });

  test("the same seed and request, the same numbers (X-22)", async () => {
    const numbers = async (random_seed: number) => {
      await using gateway = await startGatewayEmulator({ seed: { ...seed, random_seed } });
      return logprobsOf(await chat(gateway, { logprobs: true }));
    };
    expect(await numbers(1)).toEqual(await numbers(1));
    expect(await numbers(1)).not.toEqual(await numbers(2));
  });
});
