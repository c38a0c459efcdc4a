import { describe, expect, test } from "vitest";
import { call, QUICKSTART } from "../support/client.js";
import { chat, overBothTransports, UNKNOWN_KEY } from "./transports.js";

overBothTransports((open) => {
  describe("requests", () => {
    test("over all pages and by every filter, with their decisions", async () => {
      await using opened = await open();
      const { client } = opened;
      await Promise.all(Array.from({ length: 1001 }, () => chat(client)));
      await chat(client, { key: UNKNOWN_KEY });
      const entries = await client.requests();
      expect(entries).toHaveLength(1002);
      expect(entries[0]).toEqual({
        seq: expect.any(Number),
        at: Date.parse("2026-06-17T12:00:00Z"),
        durationMs: 0,
        surface: "inference",
        method: "POST",
        path: "/v1/chat/completions",
        status: 200,
        keyPrefix: "sky_acmeprod0001",
        groupId: expect.any(String),
        externalEntityId: "org",
        slug: "acme/llama",
        promptTokens: expect.any(Number),
        completionTokens: expect.any(Number),
        error: null,
        hint: null,
        notes: [],
        decision: expect.any(String),
        requestBody: expect.stringContaining("hello"),
        responseBody: expect.stringContaining("chat.completion"),
      });
      expect(JSON.parse(entries[0]?.decision ?? "")).toMatchObject({ mode: "INDEPENDENT", bound: -1 });
      expect(entries.at(-1)?.decision).toBeNull();
      const refused = { status: 403, path: "/v1/chat/completions", method: "POST", error: "wrong_key" };
      expect(await client.requests(refused)).toEqual(entries.slice(-1));
      const served = { group: "org", slug: "acme/llama", key: "sky_acmeprod0001" };
      expect(await client.requests(served)).toHaveLength(1001);
      expect(await client.requests({ surface: "management" })).toEqual([]);
    });

    test("expectRequest waits for a request that is still to come", async () => {
      await using opened = await open();
      const { client } = opened;
      const expected = client.expectRequest({ status: 200 }, { count: 2, within: "10s" });
      await chat(client);
      await chat(client);
      expect((await expected).map(({ slug }) => slug)).toEqual(["acme/llama", "acme/llama"]);
      expect(await client.expectRequest({ slug: "acme/llama" })).toHaveLength(2);
      expect(await client.expectRequest({ status: 429 }, { count: 0 })).toEqual([]);
    });

    test("expectRequest says what was asked instead", async () => {
      await using opened = await open();
      const { client } = opened;
      await expect(client.expectRequest({}, { within: 1 })).rejects.toThrow("found 0.\nNothing was asked.");
      await chat(client, { key: UNKNOWN_KEY });
      const missed = client.expectRequest({ status: 200 }, { within: 1 });
      await expect(missed).rejects.toMatchObject({
        name: "RequestExpectationError",
        message: expect.stringMatching(
          /^expected a request with \{"status":200\}, found 0.\nAsked:\n {2}POST \/v1\/chat\/completions 403/,
        ),
      });
      await expect(client.expectRequest({}, { count: 2, within: 1 })).rejects.toThrow("expected 2 requests");
    });

    test("expectRequest ends with its world", async () => {
      await using opened = await open();
      const { client } = opened;
      const world = await client.world("w1");
      const expected = world.expectRequest({}, { within: "10m" });
      const ended = expect(expected).rejects.toBeInstanceOf(Error);
      // Answered after it: by then the wait has begun.
      await world.clock.read();
      await client.removeWorld("w1");
      await ended;
    });

    test("expectNoUnmatched names what no rule matched and what no route took", async () => {
      const completions = [{ match: { last_message: "hello" }, reply: { content: "hi" } }];
      await using opened = await open({ seed: { ...QUICKSTART, completions } });
      const { client } = opened;
      await chat(client);
      await client.expectNoUnmatched();
      await chat(client, { content: "refund" });
      await call(client, "GET", "/v1/chat/completion");
      await expect(client.expectNoUnmatched()).rejects.toThrow(
        /but 2 were not\.\nAsked:\n.*no rule fits: echoed; .*wanted.*\n.*GET \/v1\/chat\/completion 404/,
      );
    });

    test("without any rule an echo is what was asked for", async () => {
      await using opened = await open();
      await chat(opened.client);
      await opened.client.expectNoUnmatched();
    });
  });
});
