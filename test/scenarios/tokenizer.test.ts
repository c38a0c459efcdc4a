import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { chat, say, seedWith } from "../support/chat.js";

const TEXT = "Antidisestablishmentarianism, déjà vu, 東京 and 🦀🦀 in 2026!";

async function usageOf(settings: object, body: object = {}) {
  await using gateway = await startGatewayEmulator({ seed: seedWith({ settings }) });
  return (await chat(gateway, { messages: [{ role: "user", content: TEXT }], ...body })).body;
}

describe("tokenizer (X-14)", () => {
  test("a real one counts as the library does, plus the framing of a message", async () => {
    const { usage } = await usageOf({ tokenizer: "o200k_base" });
    expect(usage.completion_tokens).toBe(countTokens(TEXT));
    expect(usage.prompt_tokens).toBe(countTokens(TEXT) + 6);
  });

  test("max_tokens cuts between its tokens, never inside a character", async () => {
    const total = countTokens(TEXT);
    for (let most = 1; most < total; most++) {
      const answer = await usageOf({ tokenizer: "o200k_base" }, { max_tokens: most });
      const { message, finish_reason } = answer.choices[0];
      expect(TEXT.startsWith(message.content ?? "")).toBe(true);
      expect(finish_reason).toBe("length");
      expect(answer.usage.completion_tokens).toBeLessThanOrEqual(most);
    }
  });

  test("cl100k_base is another; a stream's running usage ends at the same number", async () => {
    const other = await usageOf({ tokenizer: "cl100k_base" });
    const approximate = await usageOf({});
    expect(other.usage.completion_tokens).not.toBe(approximate.usage.completion_tokens);
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ settings: { tokenizer: "o200k_base" } }),
    });
    const { text } = await chat(gateway, { stream: true, messages: [{ role: "user", content: TEXT }] });
    const counts = [...text.matchAll(/"completion_tokens":(\d+)/g)].map((match) => Number(match[1]));
    expect(counts.at(-1)).toBe(countTokens(TEXT));
    expect(counts).toEqual([...counts].sort((one, other) => one - other));
  });

  test.each(["o200k_base", "cl100k_base"])(
    "%s: the same request is answered the same, whatever came before it",
    async (tokenizer) => {
      await using gateway = await startGatewayEmulator({ seed: seedWith({ settings: { tokenizer } }) });
      const cutTo = async (max_tokens: number) => {
        const { choices, usage } = (await say(gateway, "😀😀👨‍👩‍👧‍👦 नमस्ते", { max_tokens })).body;
        return [choices[0].message.content, choices[0].finish_reason, usage.completion_tokens];
      };
      const first = await cutTo(3);
      for (const between of [5, 4, 1, 6]) {
        await cutTo(between); // each cut lies inside a character
        expect(await cutTo(3)).toEqual(first);
      }
    },
  );

  test("a cut inside a character takes the character back, and charges for what is left", async () => {
    const { choices, usage } = await usageOf(
      { tokenizer: "o200k_base" },
      { messages: [{ role: "user", content: "crab 🦀" }], max_tokens: 3 }, // 🦀 alone is three tokens
    );
    expect(choices[0].message.content).toBe("crab");
    expect(choices[0].finish_reason).toBe("length");
    expect(usage.completion_tokens).toBe(countTokens("crab"));
  });

  test("half a surrogate pair is a character, and the cut comes behind it", async () => {
    const { choices, usage } = await usageOf(
      { tokenizer: "o200k_base" },
      { messages: [{ role: "user", content: "\ud83d hello brave new world" }], max_tokens: 3 },
    );
    expect(choices[0].message.content).toMatch(/^\S hello brave$/);
    expect(choices[0].finish_reason).toBe("length");
    expect(usage.completion_tokens).toBe(3);
  });

  // Each of these would be one word to the library, whose time grows with the square of its length.
  test.each(["a", "東", "😀", "!", "\n", "/\n"])(
    "a flood of %j is answered, and its cut is its beginning",
    async (character) => {
      const flood = character.repeat(400_000);
      const { choices, usage } = await usageOf(
        { tokenizer: "o200k_base" },
        { messages: [{ role: "user", content: flood }], max_tokens: 5 },
      );
      const { content } = choices[0].message;
      expect(flood.startsWith(content)).toBe(true);
      expect(content).not.toBe("");
      expect(choices[0].finish_reason).toBe("length");
      expect(usage.completion_tokens).toBe(5);
      expect(usage.prompt_tokens).toBeLessThanOrEqual(Buffer.byteLength(flood) + 6);
    },
  );
});
