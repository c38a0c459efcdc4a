import { describe, expect, test } from "vitest";
import { painter } from "../../src/cli/log/paint.js";
import { requestLine } from "../../src/cli/log/pretty.js";
import { type JournalEntry, startGatewayEmulator } from "../../src/index.js";
import { startCli, temporaryFolder } from "../support/cli.js";
import { call, management, QUICKSTART } from "../support/client.js";
import { chat, DEVELOPMENT_KEY, KEY, manage, SEED } from "./seed.js";

describe("--log json", () => {
  test("is one JSON object per line, and holds no secret", async () => {
    await using folder = await temporaryFolder();
    const seed = await folder.write("seed.json", SEED);
    await using emulator = await startCli(["--state", ":memory:", "--seed", seed, "--log", "json"]);
    const { url, process } = emulator;
    const { items } = await manage(url, "GET", "/groups");
    const keys = `/groups/${items[0].id}/api_keys`;
    const minted = await manage(url, "POST", keys, {});
    expect(await chat(url, minted.api_key)).toBe(200);
    await manage(url, "DELETE", `${keys}/${minted.api_key}`);
    expect(await chat(url, `${KEY}wrong`)).toBe(403);
    await process.stop();

    const [first, ...rest] = process.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({ event: "listening", url, state: ":memory:", seeds: [seed], keys: 1 });
    expect(rest).toMatchObject([
      { event: "request", method: "GET", path: "/v1/gateway/groups", status: 200, surface: "management" },
      { event: "request", method: "POST", status: 200 },
      {
        event: "request",
        path: "/v1/chat/completions",
        status: 200,
        key: minted.api_key.slice(0, 16),
        slug: "acme/llama",
        prompt_tokens: expect.any(Number),
        completion_tokens: expect.any(Number),
      },
      { event: "request", method: "DELETE", status: 404 },
      { event: "request", status: 403, error: "wrong_key", hint: expect.any(String) },
    ]);
    for (const secret of [DEVELOPMENT_KEY, minted.api_key, KEY, "local-secret"]) {
      expect(process.stdout).not.toContain(secret);
    }
  });
});

describe("--log pretty", () => {
  test("has the status in colour, and the reason of a refusal", async () => {
    const [fine, refused] = await entries();
    expect(requestLine(fine, painter({ isTTY: true }, {}))).toContain("\x1b[32m200\x1b[39m");
    expect(requestLine(refused, painter({ isTTY: true }, {}))).toContain("\x1b[33m401\x1b[39m");
    expect(requestLine(fine, painter({}, {}))).toBe("12:00:00.000 GET /v1/gateway/groups 200 emulator 0 ms");
    expect(requestLine(refused, painter({}, {}))).toMatch(
      /^12:00:00\.000 GET \/v1\/gateway\/groups 401 0 ms unauthenticated: Send /,
    );
  });

  test("what came over the wire cannot drive the terminal or show a key", async () => {
    const [fine] = await entries();
    const entry: JournalEntry = { ...fine, slug: "a\x1b[2J\nb\u202e", path: `/v1/${KEY}/x`, hint: null };
    const line = requestLine(entry, painter({}, {}));
    expect(line).toContain("a?[2J?b?");
    expect(line).toContain("/v1/sky_acmeprod0001.…/x");
  });

  test.each([
    [{ isTTY: true }, {}, true],
    [{ isTTY: true }, { NO_COLOR: "1" }, false],
    [{}, {}, false],
  ])("colours for %j with %j: %j", (stream, env, wanted) => {
    expect(painter(stream, env)("red", "x")).toBe(wanted ? "\x1b[31mx\x1b[39m" : "x");
  });
});

/** One request that is answered and one that is refused, at noon. */
async function entries(): Promise<[JournalEntry, JournalEntry]> {
  await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
  await management(gateway).get("/groups");
  await call(gateway, "GET", "/v1/gateway/groups", { key: null });
  const [fine, refused] = await gateway.requests();
  if (!fine || !refused) throw new Error("expected two requests");
  return [fine, refused];
}
