import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { GATEWAY_PROVOCATIONS, SEED } from "../support/provocations.js";
import { PROVOCATIONS_ELSEWHERE, SEED_ELSEWHERE } from "../support/provocations-elsewhere.js";

const PROVOCATIONS = { ...GATEWAY_PROVOCATIONS, ...PROVOCATIONS_ELSEWHERE };
/** The AI Gateway's way to the provider may end in an error of its own. */
const BEHIND: Readonly<Record<string, readonly string[]>> = {
  cloudflare_no_answer: ["client_gone"],
  cloudflare_timeout: ["client_gone"],
};

describe("the advice of the catalogue", () => {
  test("is there for every error, and tried below", async () => {
    await using gateway = await startGatewayEmulator();
    const { items } = gateway.errorCoverage();
    for (const { code, clause, message, provoke } of items) {
      expect({ code, clause, message, provoke }).toEqual({
        code,
        clause: expect.stringMatching(/\S/),
        message: expect.stringMatching(/\S/),
        provoke: expect.stringMatching(/\S+ \S+/),
      });
    }
    expect(Object.keys(PROVOCATIONS).sort()).toEqual(items.map(({ code }) => code).sort());
  });

  test.each(Object.entries(PROVOCATIONS))("provokes %s", async (code, provoke) => {
    await using gateway = await startGatewayEmulator({ seed: [SEED, SEED_ELSEWHERE] });
    await provoke(gateway);
    const seen = gateway.errorCoverage().items.filter(({ count }) => count > 0);
    expect(seen.map((item) => [item.code, item.count]).sort()).toEqual(
      [code, ...(BEHIND[code] ?? [])].map((each) => [each, 1]).sort(),
    );
  });
});
