import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { encode, open } from "../robustness/wire.js";
import { CHAT, chat, FEDERATED_KEY, HELLO, seedWith } from "../support/chat.js";
import type { Answered } from "../support/client.js";
import { HELLO_MESSAGE, MESSAGES, message } from "../support/messages.js";
import { COUNTED, contentOf, openStream, until, usedToday } from "./support.js";

type Answer = [status: number, body: string];

/** A real OpenAI-compatible server that answers with `answer`, and tells what it was asked and who left. */
async function upstream(answer: () => Answer | Promise<Answer>) {
  const asked: { path: string; headers: IncomingMessage["headers"]; body: object }[] = [];
  const seen = { left: 0 };
  const server = createServer(async (request, response) => {
    response.once("close", () => {
      if (!response.writableFinished) seen.left++;
    });
    let text = "";
    for await (const part of request.setEncoding("utf8")) text += part;
    asked.push({ path: request.url ?? "", headers: request.headers, body: JSON.parse(text) });
    const [status, body] = await answer();
    response.writeHead(status, { "Content-Type": "application/json" }).end(body);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
const silence = () => new Promise<Answer>(() => {});
const completion = (message: object, more: object = {}) =>
  JSON.stringify({ choices: [{ index: 0, message, finish_reason: "stop", ...more }] });
const forwarding = (url: string, more: object = {}, reply: object = {}) =>
  seedWith({ model: COUNTED, completions: [{ reply: { forward: { url, ...more }, ...reply } }] });
const messageOf = ({ body }: Answered) => body.choices[0].message;

describe("forward", () => {
  test("asks with the request, and answers in its words, under the slug and with its usage", async () => {
    const usage = { prompt_tokens: 7, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 2 } };
    await using real = await upstream(() => [
      200,
      JSON.stringify({ ...JSON.parse(completion({ role: "assistant", content: "Really." })), usage }),
    ]);
    const headers = { "X-Real-Key": "secret" };
    await using gateway = await startGatewayEmulator({
      seed: forwarding(`${real.url}/`, { model: "tiny", headers }),
    });
    const answer = await chat(gateway, { max_tokens: 5, stop: "\n" });
    expect(contentOf(answer)).toBe("Really.");
    expect(answer.body.model).toBe("acme/llama");
    expect(answer.body.usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 });
    expect(answer.body.usage.prompt_tokens_details.cached_tokens).toBe(2);
    expect(await usedToday(gateway)).toEqual({ REQUEST: 1, TOKEN: 10 });
    expect(real.asked).toMatchObject([
      {
        path: "/v1/chat/completions",
        headers: { "x-real-key": "secret" },
        body: {
          model: "tiny",
          messages: [{ role: "user", content: "Hello, world!" }],
          max_tokens: 5,
          stop: "\n",
        },
      },
    ]);
    expect(real.asked[0]?.headers.authorization).toBeUndefined();
  });

  test("what it says is not cut again; tools and reasoning come through", async () => {
    const call = { id: "call_9", type: "function", function: { name: "add", arguments: '{"a":1}' } };
    await using real = await upstream(() => [
      200,
      completion(
        { content: "one two three", reasoning_content: "hm", tool_calls: [call] },
        { finish_reason: "tool_calls" },
      ),
    ]);
    await using gateway = await startGatewayEmulator({ seed: forwarding(real.url) });
    const tools = [{ type: "function", function: { name: "add", parameters: { type: "object" } } }];
    const answer = await chat(gateway, { max_tokens: 1, stop: "two", tools, tool_choice: "required" });
    expect(messageOf(answer)).toEqual({
      content: "one two three",
      tool_calls: [call],
      role: "assistant",
      reasoning_content: "hm",
    });
    expect(answer.body.choices[0].finish_reason).toBe("tool_calls");
    expect(real.asked[0]?.body).toMatchObject({
      tool_choice: "required",
      tools: [{ type: "function", function: { name: "add", parameters: { type: "object" } } }],
    });
  });

  test("streams it, with the rule's own pieces and usage", async () => {
    const usage = { prompt_tokens: 7, completion_tokens: 3 };
    const said = { ...JSON.parse(completion({ content: "one two three" })), usage };
    await using real = await upstream(() => [200, JSON.stringify(said)]);
    await using gateway = await startGatewayEmulator({
      seed: forwarding(real.url, {}, { stream: { chunk_tokens: 2 }, usage: { completion_tokens: 30 } }),
    });
    const stream = await openStream(gateway);
    expect([await stream.text(), await stream.text()]).toEqual(["one two", " three"]);
    const last = (await stream.rest()).at(-2) ?? "";
    expect(JSON.parse(last).usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 30 });
  });

  test.each<[string, [number, string]]>([
    ["refuses", [404, '{"error":"no such model"}']],
    ["fails", [500, "oops"]],
    ["answers with something else than JSON", [200, "<html>"]],
    ["answers with something else than a completion", [200, '{"choices":[]}']],
  ])("502 when it %s: one REQUEST, no tokens (I-4.3, L-4)", async (_name, response) => {
    await using real = await upstream(() => response);
    await using gateway = await startGatewayEmulator({ seed: forwarding(real.url) });
    const answer = await chat(gateway);
    expect([answer.status, answer.text]).toEqual([502, '{"error":"Error making prediction"}\n']);
    expect(answer.headers.get("x-emulator-hint")).toContain(
      `Forwarding to ${real.url}/chat/completions failed`,
    );
    expect(await usedToday(gateway)).toEqual({ REQUEST: 1, TOKEN: 0 });
  });

  test("502 when nobody is there, and the hint says why", async () => {
    let url = "";
    {
      await using real = await upstream(() => [200, ""]);
      url = real.url;
    }
    await using gateway = await startGatewayEmulator({ seed: forwarding(url) });
    const answer = await chat(gateway, { stream: true });
    expect([answer.status, answer.text]).toEqual([502, '{"error":"Error making prediction"}\n']);
    expect(answer.headers.get("x-emulator-hint")).toContain("ECONNREFUSED");
  });
});

describe("a client that hangs up while the real server thinks", () => {
  const HEADERS = { Authorization: `Api-Key ${FEDERATED_KEY}`, "Content-Type": "application/json" };

  test.each([
    [CHAT, HELLO],
    [CHAT, { ...HELLO, stream: true }],
    [MESSAGES, HELLO_MESSAGE],
  ])(
    "%s with %j: the server is let go, one REQUEST and the prompt are counted (L-4, Y-20)",
    async (path, body) => {
      await using real = await upstream(silence);
      await using gateway = await startGatewayEmulator({ seed: forwarding(real.url) });
      const client = new AbortController();
      const { signal } = client;
      const asking = fetch(gateway.url + path, {
        method: "POST",
        headers: HEADERS,
        body: JSON.stringify(body),
        signal,
      });
      await until(() => real.asked.length === 1);
      client.abort();
      await expect(asking).rejects.toThrow();
      await until(() => real.seen.left === 1);
      const [entry] = await until(async () => {
        const entries = await gateway.requests({ path });
        return entries.length > 0 ? entries : null;
      });
      expect(entry).toMatchObject({ status: 499, error: "client_gone" });
      expect(await usedToday(gateway)).toEqual({ REQUEST: 1, TOKEN: 10 });
      expect(await gateway.requests({ path })).toHaveLength(1);
    },
  );

  test("also when its answer is in line behind another on the same connection", async () => {
    await using real = await upstream(silence);
    await using gateway = await startGatewayEmulator({ seed: forwarding(real.url) });
    const request = {
      method: "POST",
      target: CHAT,
      headers: Object.entries(HEADERS),
      body: JSON.stringify(HELLO),
    };
    const connection = open(gateway);
    connection.write(Buffer.concat([encode(request, "keep-alive"), encode(request, "keep-alive")]));
    await until(() => real.asked.length === 2);
    connection.destroy();
    await until(() => real.seen.left === 2);
    const entries = await until(async () => {
      const found = await gateway.requests({ path: CHAT, error: "client_gone" });
      return found.length === 2 ? found : null;
    });
    expect(entries.map(({ status }) => status)).toEqual([499, 499]);
    expect(await usedToday(gateway)).toEqual({ REQUEST: 2, TOKEN: 20 });
  });

  test("a reset does not wait for the server: the connection ends, and nothing is written down", async () => {
    await using real = await upstream(silence);
    await using gateway = await startGatewayEmulator({ seed: forwarding(real.url) });
    const asking = chat(gateway).catch((cause: unknown) => cause);
    await until(() => real.asked.length === 1);
    await gateway.reset();
    expect(await asking).toBeInstanceOf(Error);
    await until(() => real.seen.left === 1);
    expect(await gateway.requests({ path: CHAT })).toEqual([]);
  });

  test("nor does a stop", async () => {
    await using real = await upstream(silence);
    const gateway = await startGatewayEmulator({ seed: forwarding(real.url) });
    const asking = chat(gateway).catch((cause: unknown) => cause);
    await until(() => real.asked.length === 1);
    await gateway.stop();
    expect(await asking).toBeInstanceOf(Error);
    await until(() => real.seen.left === 1);
  });

  test("an advance of the clock neither ends nor mentions it", async () => {
    let answer: (said: Answer) => void = () => {};
    await using real = await upstream(() => new Promise((resolve) => (answer = resolve)));
    await using gateway = await startGatewayEmulator({ seed: forwarding(real.url) });
    const asking = chat(gateway);
    await until(() => real.asked.length === 1);
    expect(await gateway.clock.advance("2d")).toEqual([]);
    answer([200, completion({ content: "At last." })]);
    expect(contentOf(await asking)).toBe("At last.");
  });
});

describe("what the real server is asked", () => {
  /** The body that arrives there when the gateway is asked by `ask`. */
  async function askedWith(
    ask: (gateway: Awaited<ReturnType<typeof startGatewayEmulator>>) => Promise<Answered>,
  ) {
    await using real = await upstream(() => [200, completion({ content: "Really." })]);
    await using gateway = await startGatewayEmulator({ seed: forwarding(real.url) });
    expect((await ask(gateway)).status).toBe(200);
    return real.asked[0]?.body;
  }
  const parameters = { type: "object", properties: { city: { type: ["string", "null"], default: null } } };

  test("what the client sent, field by field, without what is for the gateway", async () => {
    const fields = {
      temperature: 0,
      top_p: 0.5,
      top_k: 3,
      seed: 7,
      frequency_penalty: 0.1,
      presence_penalty: -0.1,
      logit_bias: { "50256": -100 },
      logprobs: true,
      top_logprobs: 2,
      stop: "END",
      max_completion_tokens: 9,
      reasoning_effort: "high",
      chat_template_args: { enable_thinking: false },
      parallel_tool_calls: false,
      user: "u-1",
      n: null,
      response_format: {
        type: "json_schema",
        json_schema: { name: "city", description: "A city", schema: parameters, strict: true },
      },
      tools: [{ type: "function", function: { name: "go", parameters, strict: true } }],
      tool_choice: { type: "function", function: { name: "go" } },
      of_another_make: [1, { two: null }],
    };
    const gateways = { stream: false, stream_options: { include_usage: true }, metadata: { team: "a" } };
    const body = await askedWith((gateway) => chat(gateway, { ...fields, ...gateways }));
    expect(body).toEqual({ ...HELLO, ...fields });
  });

  test("nothing that the client did not give", async () => {
    expect(await askedWith((gateway) => chat(gateway))).toEqual(HELLO);
  });

  test("of a message, the same in OpenAI's shape", async () => {
    const fields = {
      system: "Be brief.",
      messages: [
        { role: "user", content: "Weather?" },
        {
          role: "assistant",
          content: [{ type: "tool_use", id: "toolu_1", name: "get_weather", input: { city: "Paris" } }],
        },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "Sunny" }] },
      ],
      tools: [{ name: "get_weather", input_schema: parameters }],
    };
    expect(await askedWith((gateway) => message(gateway, fields))).toEqual({
      model: "acme/llama",
      max_tokens: 1024,
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Weather?" },
        {
          role: "assistant",
          tool_calls: [
            {
              id: "toolu_1",
              type: "function",
              function: { name: "get_weather", arguments: '{"city":"Paris"}' },
            },
          ],
        },
        { role: "tool", tool_call_id: "toolu_1", content: "Sunny" },
      ],
      tools: [{ type: "function", function: { name: "get_weather", parameters } }],
    });
  });
});
