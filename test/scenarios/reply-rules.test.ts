import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { problemsOf } from "../config/support.js";
import { chat, seedWith } from "../support/chat.js";

/** What the start says about a seed whose only rule replies so: lines of path and message. */
async function problemsWith(reply: object): Promise<string[]> {
  const problems = await problemsOf(seedWith({ completions: [{ reply }] }));
  return problems.map(({ path, message }) => `${path}: ${message}`);
}

describe("a reply that could not be what it says is refused", () => {
  test.each(["echo", "lorem", "schema"])("content beside mode %s", async (mode) => {
    expect(await problemsWith({ mode, content: "x" })).toEqual([
      "completions.0.reply.content: mode generates the content; remove content or mode",
    ]);
  });

  test("tool_calls beside mode schema", async () => {
    expect(await problemsWith({ mode: "schema", tool_calls: [{ name: "a" }] })).toEqual([
      "completions.0.reply.tool_calls: mode schema generates the answer; remove tool_calls or mode",
    ]);
  });

  test("more of a part than there is of the whole", async () => {
    expect(await problemsWith({ usage: { completion_tokens: 5, reasoning_tokens: 6 } })).toEqual([
      "completions.0.reply.usage.reasoning_tokens: expected at most completion_tokens, which they are part of; lower reasoning_tokens or raise completion_tokens",
    ]);
    expect(await problemsWith({ usage: { prompt_tokens: 5, cached_tokens: 6 } })).toEqual([
      "completions.0.reply.usage.cached_tokens: expected at most prompt_tokens, which they are part of; lower cached_tokens or raise prompt_tokens",
    ]);
  });

  test.each([
    "http://user:hunter2@127.0.0.1/v1",
    "http://:hunter2@127.0.0.1/v1",
    "http://hunter2@127.0.0.1/v1",
  ])("forward.url %s, without the password in the message", async (url) => {
    expect(await problemsWith({ forward: { url } })).toEqual([
      "completions.0.reply.forward.url: a URL cannot contain a user name or password; send them in forward.headers, such as Authorization",
    ]);
  });

  test.each(["http://127.0.0.1/v1?key=1", "http://127.0.0.1/v1#top", "http://127.0.0.1/v1?"])(
    "forward.url %s",
    async (url) => {
      expect(await problemsWith({ forward: { url } })).toEqual([
        "completions.0.reply.forward.url: expected a base URL, to which /chat/completions is added; remove the part from ? or # on",
      ]);
    },
  );

  test.each(["nowhere", "ftp://127.0.0.1/v1"])("forward.url %s is one problem only", async (url) => {
    expect(await problemsWith({ forward: { url } })).toHaveLength(1);
  });

  test.each([[[1]], 1, null])("arguments %j", async (args) => {
    expect(await problemsWith({ tool_calls: [{ name: "a", arguments: args }] })).toEqual([
      "completions.0.reply.tool_calls.0.arguments: expected JSON text or an object",
    ]);
  });
});

test.each([
  { mode: "echo", reasoning_content: "hm" },
  { mode: "echo", tool_calls: [{ name: "a" }] },
  { mode: "lorem", tool_calls: [{ name: "a" }] },
  { usage: { completion_tokens: 5, reasoning_tokens: 5, prompt_tokens: 7, cached_tokens: 7 } },
  { usage: { reasoning_tokens: 1_000, cached_tokens: 1_000 } },
])("%j is taken", async (reply) => {
  await using gateway = await startGatewayEmulator({ seed: seedWith({ completions: [{ reply }] }) });
  expect((await chat(gateway)).status).toBe(200);
});
