import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { chat, seedWith } from "../support/chat.js";

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
});
