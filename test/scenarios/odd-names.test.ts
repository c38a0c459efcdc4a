import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { chat, seedWith } from "../support/chat.js";
import { call } from "../support/client.js";
import { contentOf } from "./support.js";

test.each([[{ regex: ".*" }], [{ contains: "x" }]])(
  "a rule on the header constructor, %j, fits the requests that have it",
  async (wanted) => {
    const match = { headers: { constructor: wanted } };
    const seed = seedWith({ completions: [{ match, reply: { content: "fits" } }] });
    await using gateway = await startGatewayEmulator({ seed });
    expect(contentOf(await chat(gateway))).toBe("Hello, world!");
    expect(contentOf(await chat(gateway, {}, { headers: { constructor: "x" } }))).toBe("fits");
  },
);

describe("__proto__, which no rule can look at, is refused instead of forgotten", () => {
  const MESSAGE = '"__proto__" is not usable as a name; leave it out';

  test.each(["headers", "metadata"])("in %s of a rule or a fault", async (key) => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const match = JSON.parse(`{"${key}":{"__proto__":{"contains":"x"}}}`);
    const add = (path: string, body: object) =>
      call(gateway, "POST", `/_emulator/${path}`, { key: null, body });
    for (const refused of [
      await add("completions", { match, reply: { content: "fits" } }),
      await add("faults", { match, fault: { status: 503 } }),
    ]) {
      expect([refused.status, refused.body.message]).toEqual([400, `match.${key}.__proto__: ${MESSAGE}`]);
    }
    expect(contentOf(await chat(gateway))).toBe("Hello, world!");
  });

  test("in a seed", async () => {
    const match = JSON.parse('{"headers":{"__proto__":"x"}}');
    const start = startGatewayEmulator({ seed: seedWith({ completions: [{ match, reply: {} }] }) });
    await expect(start).rejects.toThrow(`completions.0.match.headers.__proto__: ${MESSAGE}`);
  });
});
