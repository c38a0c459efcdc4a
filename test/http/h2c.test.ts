import { once } from "node:events";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from "node:http2";
import { connect as connectTcp, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, type JournalEntry, startGatewayEmulator } from "../../src/index.js";
import { dedicated, INVOKE_KEY, MODEL } from "../dedicated/support.js";
import { CHAT, chat, FEDERATED_KEY, HELLO, seedWith } from "../support/chat.js";
import { call, QUICKSTART } from "../support/client.js";

/** A client that speaks HTTP/2 from the first byte, and ends with its test. */
function openSession(gateway: GatewayEmulator): ClientHttp2Session & Disposable {
  const session = connect(gateway.url);
  session.on("error", () => {});
  return Object.assign(session, { [Symbol.dispose]: () => session.destroy() });
}

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly key?: string;
  readonly json?: unknown;
  readonly headers?: Record<string, string>;
}

/** A request that is on its way; without `json` it has no body. */
function send(
  session: ClientHttp2Session,
  { method = "POST", path = CHAT, key = FEDERATED_KEY, json, headers = {} }: Sent = {},
): ClientHttp2Stream {
  const stream = session.request({
    ":method": method,
    ":path": path,
    authorization: `Api-Key ${key}`,
    ...(json === undefined ? {} : { "content-type": "application/json" }),
    ...headers,
  });
  stream.on("error", () => {});
  stream.end(json === undefined ? undefined : JSON.stringify(json));
  return stream;
}

interface Received {
  /** 0 when there was none. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** How the stream ended; 0 is well. */
  readonly code: number;
}

async function received(stream: ClientHttp2Stream): Promise<Received> {
  let headers: IncomingHttpHeaders = {};
  let text = "";
  stream.setEncoding("utf8");
  stream.once("response", (values) => {
    headers = values;
  });
  stream.on("data", (chunk: string) => {
    text += chunk;
  });
  // Not by once(), which a stream that is reset rejects.
  await new Promise((resolve) => stream.once("close", resolve));
  return { status: Number(headers[":status"] ?? 0), headers, text, code: stream.rstCode ?? 0 };
}

const ask = (session: ClientHttp2Session, sent: Sent = {}) => received(send(session, sent));

/** What a stream sends next. */
async function next(stream: ClientHttp2Stream): Promise<string> {
  const [chunk] = await once(stream, "data");
  return String(chunk);
}

/** The server has read what came before a ping by the time it answers it. */
async function seen(session: ClientHttp2Session): Promise<void> {
  if (session.connecting) await once(session, "connect");
  await new Promise((resolve) => session.ping(resolve));
}

/** A token every 100 ms of a clock that stands still. */
const PACED = seedWith({
  completions: [{ reply: { content: "one two three four", stream: { tokens_per_second: 10 } } }],
});
const STREAM = { ...HELLO, stream: true };

/** Bytes on a connection of their own. @returns what comes back until it ends */
async function raw(gateway: GatewayEmulator, ...parts: readonly (string | Buffer)[]): Promise<string> {
  const socket = openSocket(gateway);
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    text += chunk;
  });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  for (const part of parts) {
    await new Promise((resolve) => socket.write(part, resolve));
    // So that the next one comes as a piece of its own.
    await call(gateway, "GET", "/_emulator/health");
  }
  await closed;
  return text;
}

function openSocket(gateway: GatewayEmulator): Socket {
  const socket = connectTcp({ port: gateway.port, host: "127.0.0.1", noDelay: true });
  return socket.on("error", () => {});
}

describe("HTTP/2 with prior knowledge, on the port of HTTP/1.1", () => {
  test("answers what HTTP/1.1 answers, without the headers of a connection", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    using session = openSession(gateway);
    const [two, one] = await Promise.all([ask(session, { json: HELLO }), chat(gateway)]);
    expect(two).toMatchObject({ status: 200, code: 0 });
    expect(JSON.parse(two.text)).toEqual({ ...one.body, id: expect.stringMatching(/^chatcmpl-/) });
    expect(two.headers["content-length"]).toBe(String(two.text.length));
    const own = ["connection", "keep-alive"];
    const names = [...one.headers.keys()].filter((name) => !own.includes(name));
    expect(
      Object.keys(two.headers)
        .filter((name) => !name.startsWith(":"))
        .sort(),
    ).toEqual(names.sort());
    const refused = await ask(session, { json: HELLO, key: "wrong" });
    const { status, text } = await chat(gateway, {}, { key: "wrong" });
    expect([refused.status, refused.text]).toEqual([status, text]);
  });

  test("HEAD, an empty body, queries, what is nowhere", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    using session = openSession(gateway);
    const head = await ask(session, { method: "HEAD", path: "/v1/models" });
    expect([head.status, head.text, head.code]).toEqual([200, "", 0]);
    const get = await ask(session, { method: "GET", path: "/v1/models" });
    expect(head.headers["content-length"]).toBe(String(get.text.length));
    expect((await ask(session)).status).toBe(400);
    const path = "/v1/gateway/groups?external_entity_id=nobody";
    const groups = await ask(session, { method: "GET", path, key: gateway.workspaceKey });
    expect(JSON.parse(groups.text).items).toEqual([]);
    expect((await ask(session, { method: "PUT", path: "/v1/models" })).status).toBe(405);
    expect((await ask(session, { path: "/nowhere", json: HELLO })).status).toBe(404);
  });

  test(":authority is the Host; /_host/ and /_worlds/ go in front of a path", async () => {
    const seed = dedicated({ predictions: [{ reply: { json: "predicted" } }] });
    await using gateway = await startGatewayEmulator({ seed });
    await gateway.world("w1");
    using session = openSession(gateway);
    const predict: Sent = { path: "/production/predict", key: INVOKE_KEY, json: {} };
    const host = `${MODEL}.api.baseten.co`;
    const texts = [
      await ask(session, { ...predict, headers: { ":authority": host } }),
      await ask(session, { ...predict, path: `/_host/${host}${predict.path}` }),
      await ask(session, { ...predict, path: `/_worlds/w1/_host/${host}${predict.path}` }),
    ].map(({ text }) => text);
    expect(texts).toEqual(['"predicted"', '"predicted"', '"predicted"']);
    expect(await gateway.requests({ path: predict.path ?? "" })).toHaveLength(2);
  });

  test("answers without a body of their own statuses", async () => {
    const reply = { text: "", status: 204 };
    await using gateway = await startGatewayEmulator({ seed: dedicated({ predictions: [{ reply }] }) });
    using session = openSession(gateway);
    const path = `/_host/${MODEL}.api.baseten.co/production/predict`;
    expect(await ask(session, { path, key: INVOKE_KEY, json: {} })).toMatchObject({
      status: 204,
      text: "",
      code: 0,
    });
  });

  test("a hundred streams of one session at once, with bodies of 200 kB", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    using session = openSession(gateway);
    const content = "word ".repeat(40_000);
    const asked = Array.from({ length: 100 }, (_, index) => ({
      ...HELLO,
      stream: index % 2 === 0,
      messages: [{ role: "user", content: index % 4 === 0 ? content : `say ${index}` }],
    }));
    const answers = await Promise.all(asked.map((json) => ask(session, { json })));
    expect(answers.map(({ status, code }) => [status, code])).toEqual(asked.map(() => [200, 0]));
    const whole = answers.filter((_, index) => index % 2 === 1);
    for (const [at, { text }] of whole.entries())
      expect(JSON.parse(text).choices[0].message.content).toBe(`say ${at * 2 + 1}`);
    expect(await gateway.requests({ path: CHAT })).toHaveLength(100);
  });

  test("a body above max_body_bytes is refused, and the session goes on (X-13)", async () => {
    const seed = seedWith({ settings: { max_body_bytes: 100_000 } });
    await using gateway = await startGatewayEmulator({ seed });
    using session = openSession(gateway);
    const large = { ...HELLO, user: "x".repeat(2_000_000) };
    const announced = { "content-length": String(JSON.stringify(large).length) };
    for (const headers of [{}, announced])
      expect(await ask(session, { json: large, headers })).toMatchObject({ status: 413, code: 0 });
    expect((await ask(session, { json: HELLO })).status).toBe(200);
  });
});

describe("streams", () => {
  test("each chunk comes when it is due (I-1.4)", async () => {
    await using gateway = await startGatewayEmulator({ seed: PACED });
    using session = openSession(gateway);
    const stream = send(session, { json: STREAM });
    expect(await next(stream)).toContain('"content":"one"');
    for (const word of [" two", " three"]) {
      const chunk = next(stream);
      await gateway.clock.advance(100);
      expect(await chunk).toContain(`"content":"${word}"`);
    }
    const rest = received(stream);
    await gateway.clock.advance(1_000);
    expect((await rest).text).toMatch(/\[DONE\]\n\n$/);
    expect((await rest).code).toBe(0);
  });

  test.each(["the stream is reset", "the connection ends"])(
    "%s: what was sent is what is charged (L-4)",
    async (how) => {
      let notice: (entry: JournalEntry) => void = () => {};
      const noticed = new Promise<JournalEntry>((resolve) => {
        notice = resolve;
      });
      await using gateway = await startGatewayEmulator({ seed: PACED, onRequest: (entry) => notice(entry) });
      using session = openSession(gateway);
      const stream = send(session, { json: STREAM });
      await next(stream);
      const chunk = next(stream);
      await gateway.clock.advance(100);
      await chunk;
      if (how === "the connection ends") session.destroy();
      else stream.close(constants.NGHTTP2_CANCEL);
      expect(await noticed).toMatchObject({ status: 200, completionTokens: 2 });
      expect((await call(gateway, "GET", "/_emulator/health")).status).toBe(200);
    },
  );

  test("a client that gives up in the middle of its body leaves nothing but a note (L-4)", async () => {
    let notice: (entry: JournalEntry) => void = () => {};
    const noticed = new Promise<JournalEntry>((resolve) => {
      notice = resolve;
    });
    await using gateway = await startGatewayEmulator({
      seed: QUICKSTART,
      onRequest: (entry) => notice(entry),
    });
    using session = openSession(gateway);
    const stream = session.request({ ":method": "POST", ":path": CHAT });
    stream.on("error", () => {}).write('{"model":');
    await seen(session);
    // Unlike close(), this does not end the body first.
    stream.destroy(new Error("given up"));
    expect(await noticed).toMatchObject({ status: 499, promptTokens: null });
  });

  test.each([
    ["cut", '{"cut":{"after_chunks":2}}', 200, /^(data: .*\n\n){2}$/, /^$/],
    ["cut in the middle of a chunk", '{"cut":{"after_bytes":20}}', 200, /^data: .{14}$/, /^\{.{19}$/],
    ["reset", '{"reset":true}', 0, /^$/, /^$/],
  ])("a fault ends its own stream alone: %s", async (_, fault, status, streamed, whole) => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    using session = openSession(gateway);
    const headers = { "x-emulator-fault": fault };
    for (const [json, sent] of [
      [STREAM, streamed],
      [HELLO, whole],
    ] as const) {
      const [faulty, other] = await Promise.all([ask(session, { json, headers }), ask(session, { json })]);
      expect(faulty).toMatchObject({ status, code: constants.NGHTTP2_INTERNAL_ERROR });
      expect(faulty.text).toMatch(sent);
      expect(other).toMatchObject({ status: 200, code: 0 });
    }
  });
});

describe("stop() while a session is open", () => {
  test("an idle one ends", async () => {
    const gateway = await startGatewayEmulator({ seed: QUICKSTART });
    using session = openSession(gateway);
    await ask(session, { json: HELLO });
    const closed = once(session, "close");
    await gateway.stop();
    await closed;
  });

  test("what is under way is answered first; what waits for a frozen clock is ended", async () => {
    const { workspaces } = QUICKSTART;
    const slow = { workspaces, completions: [{ reply: { content: "slow", stream: { ttft_ms: 200 } } }] };
    for (const [seed, expected] of [
      [slow, { status: 200, code: 0 }],
      [PACED, { status: 200, code: constants.NGHTTP2_INTERNAL_ERROR }],
    ] as const) {
      const gateway = await startGatewayEmulator({ seed });
      using session = openSession(gateway);
      const answer = ask(session, { json: STREAM });
      await seen(session);
      await gateway.stop();
      expect(await answer).toMatchObject(expected);
    }
  });

  test("a request that has not arrived whole is refused", async () => {
    const gateway = await startGatewayEmulator({ seed: QUICKSTART });
    using session = openSession(gateway);
    const stream = session.request({ ":method": "POST", ":path": CHAT });
    stream.on("error", () => {}).write('{"model":');
    await seen(session);
    const answer = received(stream);
    await gateway.stop();
    expect(await answer).toMatchObject({ status: 0, code: constants.NGHTTP2_REFUSED_STREAM });
  });

  test.each(["", "P", "PRI", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"])(
    "nobody waits for a connection that sent %j and no more, and never ends",
    async (bytes) => {
      const gateway = await startGatewayEmulator({ seed: QUICKSTART });
      const socket = openSocket(gateway);
      await once(socket, "connect");
      if (bytes !== "") await new Promise((resolve) => socket.write(bytes, resolve));
      await call(gateway, "GET", "/_emulator/health");
      await gateway.stop();
      socket.destroy();
    },
  );
});

describe("the first bytes decide", () => {
  const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  /** An empty SETTINGS frame, and a GOAWAY. */
  const FRAMES = Buffer.from("000000040000000000" + "0000080700000000000000000000000000", "hex");

  test("in however many pieces they come", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const two = await raw(gateway, "P", "RI", " * HTTP/2.0\r\n", "\r\nSM\r\n\r\n", FRAMES);
    // A server begins with a SETTINGS frame: behind the length its type, flags and stream.
    expect(two.slice(3, 9)).toBe("\x04\0\0\0\0\0");
    const get = "GET /_emulator/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    expect(await raw(gateway, ...get)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    const propfind = "PROPFIND / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    expect(await raw(gateway, "P", "R", propfind.slice(2))).toMatch(/^HTTP\/1\.1 4/);
  });

  test.each([
    ["half of it", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"],
    ["another version", "PRI * HTTP/3.0\r\n\r\nSM\r\n\r\n"],
    ["no frames behind it", `${PREFACE}GET / HTTP/1.1\r\nHost: x\r\n\r\n`],
    ["zeroes behind it", PREFACE + "\0".repeat(200)],
    ["a frame that is too large", Buffer.concat([Buffer.from(PREFACE), Buffer.alloc(100, 255)])],
  ])("what is no HTTP/2 after all loses its connection and harms nobody: %s", async (_, bytes) => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await raw(gateway, bytes);
    expect((await chat(gateway)).status).toBe(200);
    using session = openSession(gateway);
    expect((await ask(session, { json: HELLO })).status).toBe(200);
  });
});
