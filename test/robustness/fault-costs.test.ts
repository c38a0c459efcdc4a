import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { FAULT_PRESETS } from "../../src/domain/faults.js";
import { startGatewayEmulator } from "../../src/index.js";
import { COUNTED, usedToday } from "../scenarios/support.js";
import { chat, seedWith } from "../support/chat.js";

/** Rows of the table of costs in the page about faults. */
const page = readFileSync(new URL("../../docs/answers-and-faults.md", import.meta.url), "utf8");
const [, table = ""] = page.split("| fault | `REQUEST` | `TOKEN` | billed |\n|---|---|---|---|\n");
const rows = table
  .slice(0, table.indexOf("\n\n"))
  .split("\n")
  .flatMap((line) => {
    const [faults = "", requests = "", tokens = "", billed = ""] = line.slice(2, -2).split(" | ");
    const stream = faults.includes("in a stream");
    return [...faults.matchAll(/`([^`]+)`/g)].map(([, fault = ""]) => ({
      fault,
      stream,
      requests: Number(requests),
      tokens,
      billed: billed === "yes",
    }));
  });

const PROMPT = 7;
const ANSWER = 10;

/** Tokens that a cell of the table stands for. */
function fits(tokens: string, used: number | null | undefined): boolean {
  const charged = used ?? 0;
  switch (tokens) {
    case "all":
      return charged === PROMPT + ANSWER;
    case "prompt":
      return charged === PROMPT;
    case "prompt and what was sent":
      return charged > PROMPT && charged < PROMPT + ANSWER;
    default:
      return charged === Number(tokens);
  }
}

describe("what a fault costs, as its page says (L-4, W-7)", () => {
  test("the table has every error of a preset, and every kind of fault", () => {
    const named = rows.map(({ fault }) => fault);
    expect(named).toEqual(expect.arrayContaining([...FAULT_PRESETS]));
    expect(named).toHaveLength(FAULT_PRESETS.length + 11);
  });

  test.each(rows)("$fault, streamed: $stream", async ({ fault, stream, requests, tokens, billed }) => {
    const usage = { prompt_tokens: PROMPT, completion_tokens: ANSWER };
    await using gateway = await startGatewayEmulator({
      seed: seedWith({
        model: COUNTED,
        completions: [{ reply: { content: "one two three four five six seven eight nine ten", usage } }],
      }),
    });
    await chat(gateway, { stream }, { headers: { "x-emulator-fault": fault } }).catch(() => null);
    const used = await usedToday(gateway);
    expect(used.REQUEST ?? 0).toBe(requests);
    expect(fits(tokens, used.TOKEN), `${used.TOKEN} tokens`).toBe(true);
    expect(await gateway.billing.events()).toHaveLength(billed ? 1 : 0);
  });
});
