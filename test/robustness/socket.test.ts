import { once } from "node:events";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JournalEntry } from "../../src/index.js";
import { startGatewayEmulator } from "../../src/index.js";
import { call } from "../support/client.js";
import { dump, FEDERATED_KEY, goodChat, SEED, SLUG, startSubject } from "./subject.js";
import { encode, exchange, open, parseAnswers, send, type WireRequest } from "./wire.js";

const CHAT = "/v1/chat/completions";
const KEY = ["Authorization", `Api-Key ${FEDERATED_KEY}`] as const;
const JSON_TYPE = ["Content-Type", "application/json"] as const;
const HELLO = JSON.stringify({ model: SLUG, messages: [{ role: "user", content: "Hello" }] });
const MEGABYTE = 1024 * 1024;

function chat(body: string, more: WireRequest["headers"] = []): WireRequest {
  return { method: "POST", target: CHAT, headers: [KEY, JSON_TYPE, ...more], body };
}

describe("bytes that are not HTTP", () => {
  test("garbage gets a bare 400 or a closed connection, and the emulator goes on", async () => {
    const { gateway } = await startSubject();
    await using _ = gateway;
    const before = await dump(gateway);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), async (bytes) => {
        // The blank line ends what might pass for the beginning of a request.
        const answers = parseAnswers(
          await exchange(gateway, Buffer.concat([bytes, Buffer.from("\r\n\r\n")])),
        );
        for (const { status, body } of answers) expect([status, body]).toEqual([400, ""]);
      }),
      { seed: 20260617, numRuns: 150 },
    );
    expect(await dump(gateway)).toEqual(before);
    expect(await goodChat(gateway)).toBe(200);
  });

  test.for([
    ["a method in lower case", "get /v1/models HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["a header without colon", "GET /v1/models HTTP/1.1\r\nHost: x\r\nwhat\r\n\r\n"],
    ["a space before the colon", "GET /v1/models HTTP/1.1\r\nHost : x\r\n\r\n"],
    ["a negative length", `POST ${CHAT} HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n`],
    ["a length that is no number", `POST ${CHAT} HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n`],
    ["two lengths", `POST ${CHAT} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}`],
    [
      "length and chunks",
      `POST ${CHAT} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      "chunks that are not last",
      `POST ${CHAT} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip\r\n\r\n`,
    ],
    [
      "a chunk size that is no number",
      `POST ${CHAT} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    ],
    ["TLS", Buffer.from("16030100a5010000a10303", "hex")],
  ] as const)("%s", async ([, bytes]) => {
    const { gateway } = await startSubject();
    await using _ = gateway;
    const before = await dump(gateway);
    const answers = parseAnswers(
      await exchange(gateway, Buffer.concat([Buffer.from(bytes), Buffer.from("\r\n\r\n")])),
    );
    expect(answers.map(({ status, body }) => [status, body])).toEqual([[400, ""]]);
    expect(await dump(gateway)).toEqual(before);
    expect(await goodChat(gateway)).toBe(200);
  });
});

test("a request line without version, as HTTP/0.9 had it, is refused like any other without a key", async () => {
  const { gateway } = await startSubject();
  await using _ = gateway;
  const [answer] = parseAnswers(await exchange(gateway, Buffer.from("GET /v1/models\r\n\r\n")));
  expect(answer?.status).toBe(401);
  expect(await goodChat(gateway)).toBe(200);
});

describe("targets in absolute form, as proxies are sent them (RFC 9112 section 3.2.2, Y-74)", () => {
  test.for([
    ["http://127.0.0.1:4110/v1/models", "127.0.0.1", 200],
    ["HTTP://127.0.0.1/v1/models?a=b", "127.0.0.1", 200],
    ["https://user:word@inference.baseten.co/v1/models", "127.0.0.1", 200],
    ["http://inference.baseten.co/v1/models", "api.baseten.co", 200],
    ["http://api.baseten.co/v1/models", "inference.baseten.co", 403],
    ["http://127.0.0.1/_emulator/./health", "127.0.0.1", 404],
    ["http://127.0.0.1", "127.0.0.1", 404],
  ] as const)("%s with Host: %s is %i", async ([target, host, status]) => {
    const { gateway } = await startSubject();
    await using _ = gateway;
    const answer = await send(gateway, { method: "GET", target, host, headers: [KEY] });
    expect(answer.status).toBe(status);
  });

  test("what carries a body, on a connection that goes on", async () => {
    const { gateway } = await startSubject();
    await using _ = gateway;
    const one = encode({ ...chat(HELLO), target: `http://127.0.0.1:${gateway.port}${CHAT}` }, "keep-alive");
    const answers = parseAnswers(await exchange(gateway, Buffer.concat([one, encode(chat(HELLO))])));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });
});

describe("connections", () => {
  test("pipelined requests are answered in order, good ones and bad ones", async () => {
    const { gateway } = await startSubject();
    await using _ = gateway;
    const requests: [WireRequest, number][] = Array.from({ length: 10 }).flatMap(
      (): [WireRequest, number][] => [
        [chat(HELLO), 200],
        [chat("{"), 400],
        [{ method: "GET", target: "/nowhere" }, 404],
        [{ method: "GET", target: "/v1/gateway/groups" }, 401],
        [chat(HELLO.replace(SLUG, "acme/unknown")), 404],
        [{ method: "PUT", target: "/_emulator/health" }, 405],
      ],
    );
    const bytes = requests.map(([request], index) =>
      encode(request, index === requests.length - 1 ? "close" : "keep-alive"),
    );
    const answers = parseAnswers(await exchange(gateway, Buffer.concat(bytes)));
    expect(answers.map(({ status }) => status)).toEqual(requests.map(([, status]) => status));
    const usage = await gateway.requests({ path: CHAT, status: 200 });
    expect(usage).toHaveLength(11);
  });

  test("a client that hangs up in the middle of its body leaves nothing but a note (L-4)", async () => {
    let notice: (entry: JournalEntry) => void = () => {};
    const noticed = new Promise<JournalEntry>((resolve) => {
      notice = resolve;
    });
    await using gateway = await startGatewayEmulator({
      seed: SEED,
      onRequest: (entry) => {
        if (entry.status === 499) notice(entry);
      },
    });
    const before = await dump(gateway);
    const socket = open(gateway);
    const whole = encode(chat(HELLO));
    socket.write(whole.subarray(0, whole.length - 10));
    await once(socket, "ready");
    socket.write("", () => socket.destroy());
    const entry = await noticed;
    expect(entry).toMatchObject({ path: CHAT, promptTokens: null });
    expect(await dump(gateway)).toEqual(before);
    expect(await goodChat(gateway)).toBe(200);
  });

  test("a client that hangs up in the middle of its answer is charged once, and harms nobody (L-4)", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const content = "word ".repeat(MEGABYTE / 5);
    for (const stream of [false, true]) {
      const body = JSON.stringify({
        model: SLUG,
        max_tokens: 262_144,
        stream,
        messages: [{ role: "user", content }],
      });
      const socket = open(gateway);
      socket.write(encode(chat(body)));
      await once(socket, "data");
      socket.destroy();
    }
    const chats = await gateway.expectRequest({ path: CHAT }, { count: 2 });
    expect(chats.map(({ status }) => status)).toEqual([200, 200]);
    expect(await goodChat(gateway)).toBe(200);
  });

  test("an unread body does not become the next request", async () => {
    const { gateway } = await startSubject();
    await using _ = gateway;
    const inner = encode({ method: "POST", target: "/_emulator/reset", body: "{}" }, "close");
    const outer: WireRequest = { method: "POST", target: "/v1/gateway/nowhere", body: inner };
    const answers = parseAnswers(await exchange(gateway, Buffer.concat([encode(outer, "close")])));
    expect(answers.map(({ status }) => status)).toEqual([404]);
    expect(await gateway.requests({ path: CHAT })).toHaveLength(1);
  });
});

describe("valid, but out of all measure: an answer, and no harm to those beside it", () => {
  const nested = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
  const message = '"messages":[{"role":"user","content":"Hi"}]';

  test.for([
    ["an unknown field", `"what":${nested}`],
    ["metadata", `"metadata":${nested}`],
    ["documents", `"documents":[${nested}]`],
    ["thinking", `"thinking":${nested}`],
    ["chat_template_kwargs", `"chat_template_kwargs":${nested}`],
    ["a tool's parameters", `"tools":[{"function":{"name":"f","parameters":${nested}}}]`],
    [
      "a response schema",
      `"response_format":{"type":"json_schema","json_schema":{"name":"s","schema":${nested}}}`,
    ],
    ["a wrong value", `"temperature":${nested}`],
    ["wrong values everywhere", `"stop":${nested},"n":${nested},"tools":${nested},"seed":[${nested}]`],
    ["a wrong message", `"messages":[${nested}]`],
  ])("nested 100,000 deep: %s", async ([, field]) => {
    const { gateway } = await startSubject();
    await using _ = gateway;
    const deep = call(gateway, "POST", CHAT, {
      key: FEDERATED_KEY,
      body: `{"model":"${SLUG}",${message},${field}}`,
    });
    const [{ status, text }, ...others] = await Promise.all([
      deep,
      ...[1, 2, 3].map(() => goodChat(gateway)),
    ]);
    expect(others).toEqual([200, 200, 200]);
    expect([status, text.slice(0, 200)]).not.toEqual([500, expect.anything()]);
    expect(status).toBeLessThan(500);
    expect(await goodChat(gateway)).toBe(200);
  });
});
