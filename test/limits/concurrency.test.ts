import { describe, expect, it } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { chat, group, perDay, perMinute, perSecond, usageOf, world } from "./support.js";

const TOGETHER = 200;

/** Sends 200 requests at once, every third one a stream, with the keys in turn; answers how many each way. */
async function rush(gateway: GatewayEmulator, ...keys: string[]) {
  const answers = await Promise.all(
    Array.from({ length: TOGETHER }, async (_, index) => {
      const stream = index % 3 === 0;
      const answer = await chat(gateway, keys[index % keys.length] ?? "", { body: { stream }, usage: "1/1" });
      if (answer.status === 200) expect(answer.text.includes("data: [DONE]")).toBe(stream);
      return answer.status;
    }),
  );
  const admitted = answers.filter((status) => status === 200).length;
  const refused = answers.filter((status) => status === 429).length;
  return { admitted, refused };
}

describe("L-10: of 200 requests arriving together, exactly as many pass as are left", () => {
  it.each([1, 37, 199])("INDEPENDENT, %d left of a limit per minute", async (left) => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("org", [perMinute("REQUEST", left + 5)], {
          usage: [{ slug: "acme/llama", type: "REQUEST", unit: "MINUTE", used: 5 }],
        }),
      ]),
    });
    expect(await rush(gateway, "org")).toEqual({ admitted: left, refused: TOGETHER - left });
  });

  it("INDEPENDENT, an inherited limit: each sibling has all of it", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([group("org", [perMinute("REQUEST", 30)], { groups: [group("a", []), group("b", [])] })]),
    });
    expect(await rush(gateway, "a", "b")).toEqual({ admitted: 60, refused: TOGETHER - 60 });
  });

  it.each([
    ["the child's limit", { child: 20, root: 500 }],
    ["the root's limit", { child: 20, root: 20 }],
    ["a limit of the root alone", { child: null, root: 20 }],
  ])("CASCADING, %s", async (_name, { child, root }) => {
    const limits = child === null ? [] : [perDay("REQUEST", child)];
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("org", [perDay("REQUEST", root)], {
          limit_enforcement: "CASCADING",
          groups: [group("division", [], { groups: [group("team", limits)] })],
        }),
      ]),
    });
    expect(await rush(gateway, "team")).toEqual({ admitted: 20, refused: TOGETHER - 20 });
    expect(await usageOf(gateway, "team")).toMatchObject([{ current_usage: 20 }]);
  });

  it("CASCADING, four keys in a tree that share the root's 50", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("org", [perSecond("REQUEST", 50)], {
          limit_enforcement: "CASCADING",
          groups: [group("a", []), group("b", [perSecond("REQUEST", 40)], { groups: [group("c", [])] })],
        }),
      ]),
    });
    expect(await rush(gateway, "org", "a", "b", "c")).toEqual({ admitted: 50, refused: TOGETHER - 50 });
  });

  it("two keys of one group share what is left (L-1)", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([
        group("org", [perDay("REQUEST", 11)], {
          keys: ["one", "two"].map((name) => ({ name, key: `sky_${name.repeat(4)}.local-secret` })),
        }),
      ]),
    });
    expect(await rush(gateway, "one", "two")).toEqual({ admitted: 11, refused: TOGETHER - 11 });
  });

  it("token_admission reserve is as exact for tokens: 10 prompt and 10 reserved each", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([group("org", [perMinute("TOKEN", 200)])], { settings: { token_admission: "reserve" } }),
    });
    const answers = await Promise.all(
      Array.from({ length: TOGETHER }, () =>
        chat(gateway, "org", { body: { max_tokens: 10 }, usage: "10/10" }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
  });
});
