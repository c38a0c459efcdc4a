import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { group, groupOf, model, openai, perMinute, SLUG, setLimits, world } from "./support.js";

const M = 1_000_000;
const tokens = (threshold: number) => perMinute("TOKEN", threshold);

/** Spends exactly so many tokens with the official client; answers what it says was spent, or 429. */
async function spend(client: OpenAI, prompt: number, completion = 0): Promise<number | undefined> {
  try {
    const answer = await client.chat.completions.create(
      { model: SLUG, messages: [{ role: "user", content: "hi" }] },
      { headers: { "x-emulator-usage": `${prompt}/${completion}` } },
    );
    return answer.usage?.total_tokens;
  } catch (error) {
    if (error instanceof OpenAI.RateLimitError) return error.status;
    throw error;
  }
}

describe("L-7: free-tier 100M tokens per minute, john inherits, sally declares 120M", () => {
  const FREE_TIER = world([
    group("free-tier", [tokens(100 * M)], {
      limit_enforcement: "INDEPENDENT",
      groups: [group("john", []), group("sally", [tokens(120 * M)])],
    }),
  ]);

  it("effective_models: john's comes from free-tier, sally's from herself; the raised parent reaches john", async () => {
    await using gateway = await startGatewayEmulator({ seed: FREE_TIER });
    const parent = await groupOf(gateway, "free-tier");
    const sally = await groupOf(gateway, "sally");
    const limitOf = async (entity: string) =>
      (await groupOf(gateway, entity)).effective_models[0].rate_limits;
    const own = [{ type: "TOKEN", unit: "MINUTE", threshold: 120 * M, source_group: sally.id }];
    const inherited = { type: "TOKEN", unit: "MINUTE", source_group: parent.id };

    expect(await limitOf("john")).toEqual([{ ...inherited, threshold: 100 * M }]);
    expect(await limitOf("sally")).toEqual(own);
    await setLimits(gateway, "free-tier", tokens(150 * M));
    expect(await limitOf("john")).toEqual([{ ...inherited, threshold: 150 * M }]);
    expect(await limitOf("sally")).toEqual(own);
  });

  it("john has 100M, then 150M once the parent is raised; sally has her 120M; the parent its own", async () => {
    await using gateway = await startGatewayEmulator({ seed: FREE_TIER });
    const [john, sally, parent] = [
      openai(gateway, "john"),
      openai(gateway, "sally"),
      openai(gateway, "free-tier"),
    ];

    expect(await spend(john, 60 * M, 40 * M - 1)).toBe(100 * M - 1);
    expect(await spend(john, 1)).toBe(1);
    expect(await spend(john, 1)).toBe(429);
    expect(await spend(sally, 120 * M)).toBe(120 * M);
    expect(await spend(sally, 1)).toBe(429);

    await setLimits(gateway, "free-tier", tokens(150 * M));
    expect(await spend(john, 50 * M)).toBe(50 * M);
    expect(await spend(john, 1)).toBe(429);
    expect(await spend(sally, 1)).toBe(429);
    expect(await spend(parent, 150 * M)).toBe(150 * M);
    expect(await spend(parent, 1)).toBe(429);

    await gateway.clock.advance("60s");
    expect(await spend(john, 1)).toBe(1);
    expect(await spend(sally, 1)).toBe(1);
  });

  it("the official client sees RateLimitError with the gateway's text", async () => {
    await using gateway = await startGatewayEmulator({ seed: FREE_TIER });
    const john = openai(gateway, "john");
    expect(await spend(john, 100 * M)).toBe(100 * M);
    const refused = john.chat.completions.create({
      model: SLUG,
      messages: [{ role: "user", content: "hi" }],
    });
    await expect(refused).rejects.toMatchObject({ status: 429, error: "Too Many Requests" });
    const streamed = john.chat.completions.create({
      model: SLUG,
      messages: [{ role: "user", content: "hi" }],
      stream: true,
    });
    await expect(streamed).rejects.toThrow(OpenAI.RateLimitError);
  });
});

describe("L-8: org 100M tokens per minute, finance and engineering 70M each", () => {
  const ORG = world([
    group("org", [tokens(100 * M)], {
      limit_enforcement: "CASCADING",
      groups: [group("finance", [tokens(70 * M)]), group("engineering", [tokens(70 * M)])],
    }),
  ]);

  it("finance spends 70M, engineering has 30M left in that minute", async () => {
    await using gateway = await startGatewayEmulator({ seed: ORG });
    const [finance, engineering, org] = [
      openai(gateway, "finance"),
      openai(gateway, "engineering"),
      openai(gateway, "org"),
    ];

    expect(await spend(finance, 50 * M, 20 * M)).toBe(70 * M);
    expect(await spend(finance, 1)).toBe(429);
    expect(await spend(engineering, 30 * M - 1)).toBe(30 * M - 1);
    expect(await spend(engineering, 1)).toBe(1);
    expect(await spend(engineering, 1)).toBe(429);
    expect(await spend(org, 1)).toBe(429);

    await gateway.clock.advance(59_999);
    expect(await spend(engineering, 1)).toBe(429);
    await gateway.clock.advance(1);
    expect(await spend(engineering, 70 * M)).toBe(70 * M);
    expect(await spend(engineering, 1)).toBe(429);
    expect(await spend(org, 30 * M)).toBe(30 * M);
    expect(await spend(finance, 1)).toBe(429);
  });

  it("raised to 150M, org gives both children their full 70M, and 10M to itself", async () => {
    await using gateway = await startGatewayEmulator({ seed: ORG });
    const [finance, engineering, org] = [
      openai(gateway, "finance"),
      openai(gateway, "engineering"),
      openai(gateway, "org"),
    ];
    expect(await spend(finance, 70 * M)).toBe(70 * M);
    expect(await spend(engineering, 30 * M)).toBe(30 * M);
    expect(await spend(engineering, 1)).toBe(429);
    expect((await setLimits(gateway, "org", tokens(150 * M))).status).toBe(200);
    expect(await spend(engineering, 40 * M)).toBe(40 * M);
    expect(await spend(engineering, 1)).toBe(429);
    expect(await spend(org, 10 * M)).toBe(10 * M);
    expect(await spend(org, 1)).toBe(429);
  });

  it("effective_models: self first, then the org", async () => {
    await using gateway = await startGatewayEmulator({ seed: ORG });
    const org = await groupOf(gateway, "org");
    const finance = await groupOf(gateway, "finance");
    expect(finance.models).toEqual([model(SLUG, tokens(70 * M))]);
    expect(finance.effective_models).toEqual([
      {
        slug: SLUG,
        rate_limits: [
          { type: "TOKEN", unit: "MINUTE", threshold: 70 * M, source_group: finance.id },
          { type: "TOKEN", unit: "MINUTE", threshold: 100 * M, source_group: org.id },
        ],
        usage_limits: [],
      },
    ]);
  });
});
