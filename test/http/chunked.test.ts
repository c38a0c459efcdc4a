import { once } from "node:events";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { encode, exchange, open, parseAnswers, type WireRequest } from "../robustness/wire.js";
import { COUNTED, untilUsed } from "../scenarios/support.js";
import { CHAT, FEDERATED_KEY, HELLO, seedWith } from "../support/chat.js";

/** Of one, two, three and four bytes a character. */
const WORDS = "plain naïve 日本語 👩‍🚀 end";

const starting = (stream: object, content = WORDS) =>
  startGatewayEmulator({ seed: seedWith({ model: COUNTED, completions: [{ reply: { content, stream } }] }) });

/** A request for a stream. */
const asking = (fields: object = {}): WireRequest => ({
  method: "POST",
  target: CHAT,
  headers: [
    ["Authorization", `Api-Key ${FEDERATED_KEY}`],
    ["Content-Type", "application/json"],
  ],
  body: JSON.stringify({ ...HELLO, stream: true, ...fields }),
});

/** Asks for a stream of so many tokens, of which the client takes none from its socket. */
async function askAndNeverRead(gateway: GatewayEmulator, max_tokens: number): Promise<Socket> {
  const socket = open(gateway).pause();
  socket.write(encode(asking({ max_tokens })));
  await untilUsed(gateway, 1);
  return socket;
}

/** Lets so many streams run to their end. */
async function play(gateway: GatewayEmulator, streams: number): Promise<void> {
  await untilUsed(gateway, streams);
  await gateway.clock.advance("1m");
}

/** The chunks of a body in chunked transfer coding (RFC 9112 section 7.1), without the empty one that ends it. */
function chunksOf(body: Buffer): string[] {
  const chunks: string[] = [];
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.toString("latin1", at, lineEnd), 16);
    const end = lineEnd + 2 + size;
    expect(body.toString("latin1", end, end + 2)).toBe("\r\n");
    if (size === 0) return chunks;
    chunks.push(body.toString("utf8", lineEnd + 2, end));
    at = end + 2;
  }
}

const bodyOf = (answer: Buffer): Buffer => answer.subarray(answer.indexOf("\r\n\r\n") + 4);
const withoutId = (text: string): string => text.replaceAll(/chatcmpl-[0-9a-f]{32}/g, "chatcmpl-");

test("a paced stream has each event in a chunk of its own, and the text of one that is not paced", async () => {
  await using unpaced = await starting({});
  const [whole] = parseAnswers(await exchange(unpaced, encode(asking())));
  await using gateway = await starting({ tokens_per_second: 10 });
  const receiving = exchange(gateway, encode(asking()));
  await play(gateway, 1);
  const chunks = chunksOf(bodyOf(await receiving));
  expect(chunks.every((chunk) => /^data: [^\n]+\n\n$/.test(chunk))).toBe(true);
  expect(chunks.at(-1)).toBe("data: [DONE]\n\n");
  expect(withoutId(chunks.join(""))).toBe(withoutId(whole?.body ?? ""));
});

test("paced streams that were asked for together on one connection come one after the other, each whole", async () => {
  await using gateway = await starting({ tokens_per_second: 10 });
  const receiving = exchange(gateway, Buffer.concat([encode(asking(), "keep-alive"), encode(asking())]));
  await play(gateway, 2);
  const [first, second, ...more] = parseAnswers(await receiving).map(({ body }) => withoutId(body));
  expect(first).toContain("naïve");
  expect(first).toMatch(/data: \[DONE\]\n\n$/);
  expect(second).toBe(first);
  expect(more).toEqual([]);
});

test("a client of HTTP/1.0 gets the events without chunks, and the end of the connection", async () => {
  await using gateway = await starting({ tokens_per_second: 10 });
  const receiving = exchange(
    gateway,
    Buffer.from(encode(asking()).toString().replace("HTTP/1.1", "HTTP/1.0")),
  );
  await play(gateway, 1);
  const body = bodyOf(await receiving).toString();
  expect(body).toMatch(/^(data: [^\n]+\n\n)+$/);
  expect(body.endsWith("data: [DONE]\n\n")).toBe(true);
});

test("for a client that does not read, no more is made than fits on the way; what it was sent is charged (L-4)", async () => {
  const words = 100_000;
  await using gateway = await starting({ ttft_ms: 1 }, Array(words).fill("word").join(" "));
  const socket = await askAndNeverRead(gateway, words);
  await gateway.clock.advance(1);
  socket.destroy();
  const [entry] = await gateway.expectRequest({});
  expect(entry?.notes.join()).toContain("the client hung up");
  expect(entry?.completionTokens).toBeGreaterThan(0);
  expect(entry?.completionTokens).toBeLessThan(words);
});

test("requests that wait behind another on a connection that ends are settled with it, each once (L-4)", async () => {
  await using gateway = await starting({ tokens_per_second: 10 }, Array(60).fill("word").join(" "));
  const whole = { ...asking(), body: JSON.stringify(HELLO) };
  const socket = open(gateway);
  socket.write(
    Buffer.concat([encode(asking(), "keep-alive"), encode(asking(), "keep-alive"), encode(whole)]),
  );
  await untilUsed(gateway, 3);
  await gateway.clock.advance(450);
  socket.destroy();
  const entries = await gateway.expectRequest({}, { count: 3 });
  expect(entries.map(({ completionTokens }) => completionTokens)).toEqual([5, 5, 0]);
  expect(await gateway.clock.advance("1m")).toEqual([]);
  expect(await gateway.requests()).toHaveLength(3);
});

test("a long stream that nothing paces stops as well when its client does not read (L-4)", async () => {
  const words = 30_000;
  await using gateway = await starting({}, Array(words).fill("word").join(" "));
  const socket = await askAndNeverRead(gateway, words);
  socket.destroy();
  const [entry] = await gateway.expectRequest({});
  expect(entry?.completionTokens).toBeLessThan(words);
});

test("a long stream that nothing paces arrives whole", async () => {
  const words = 10_000;
  await using gateway = await starting({}, Array(words).fill("wörd").join(" "));
  const [answer] = parseAnswers(await exchange(gateway, encode(asking({ max_tokens: words }))));
  const events = answer?.body.split("\n\n").slice(0, -1) ?? [];
  expect(events).toHaveLength(words + 3);
  expect(events.at(-1)).toBe("data: [DONE]");
});

test("a paced stream stops as well when its client does not read", async () => {
  const words = 20_000;
  await using gateway = await starting({ tokens_per_second: 1_000 }, Array(words).fill("word").join(" "));
  const socket = await askAndNeverRead(gateway, words);
  expect((await gateway.clock.advance("1m")).length).toBeLessThan(words / 2);
  socket.destroy();
  const [entry] = await gateway.expectRequest({});
  expect(entry?.completionTokens).toBeLessThan(words);
});

test("events that are late, because their client did not read, come together, and none is lost", async () => {
  const words = 20_000;
  await using gateway = await starting({ tokens_per_second: 1_000 }, Array(words).fill("word").join(" "));
  const socket = await askAndNeverRead(gateway, words);
  await gateway.clock.advance("1m");
  const received: Buffer[] = [];
  socket.on("data", (chunk) => received.push(chunk)).resume();
  await once(socket, "close");
  const chunks = chunksOf(bodyOf(Buffer.concat(received)));
  const events = chunks.map((chunk) => chunk.split("\n\n").length - 1);
  expect(events[0]).toBe(1);
  expect(Math.max(...events)).toBeGreaterThan(10);
  expect(chunks.join("").match(/"content":/g)).toHaveLength(words);
});
