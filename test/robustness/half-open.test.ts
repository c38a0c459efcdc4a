import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import { type Serving, serve } from "../../src/http/node/server.js";

/** A second of the server's, milliseconds: its limits of seconds are counted in these. */
const SECOND_MS = 10;
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/** An empty SETTINGS frame; HEADERS of stream 1 without END_HEADERS, of which one byte came. */
const SETTINGS = "\0\0\0\x04\0\0\0\0\0";
const HALF_HEADERS = "\0\0\x01\x01\0\0\0\0\x01\x82";

/** A server whose seconds are short, and which answers everything with `ok`. */
async function startServer(): Promise<Serving & AsyncDisposable> {
  const serving = await serve(
    { fetch: async () => new Response("ok") },
    { port: 0, host: "127.0.0.1", ownsProcess: false, maxHeaderBytes: 65_536, sweepMs: SECOND_MS },
  );
  return {
    ...serving,
    async [Symbol.asyncDispose]() {
      const closed = once(serving.server, "close");
      serving.server.close();
      serving.server.endAll();
      await closed;
    },
  };
}

async function sending(port: number, bytes: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  await once(socket, "connect");
  socket.write(bytes, "latin1");
  return socket.resume();
}

test.each([
  ["nothing", ""],
  ["the beginning of a preface", "PRI"],
  ["a preface without SETTINGS", PREFACE],
  ["half a SETTINGS frame", PREFACE + SETTINGS.slice(0, 5)],
  ["a preface and SETTINGS, and no request", PREFACE + SETTINGS],
  ["HEADERS that never end", PREFACE + SETTINGS + HALF_HEADERS],
])("a connection that sent %s is ended after 30 seconds (Y-71)", async (_, bytes) => {
  await using serving = await startServer();
  const socket = await sending(serving.port, bytes);
  await once(socket, "close");
  expect(socket.destroyed).toBe(true);
});

test("a session that goes on trickling bytes without a request is ended all the same", async () => {
  await using serving = await startServer();
  const socket = await sending(serving.port, PREFACE + SETTINGS);
  // A PING every few of the server's seconds.
  const timer = setInterval(
    () => socket.write(`\0\0\x08\x06\0\0\0\0\0${"\0".repeat(8)}`, "latin1"),
    SECOND_MS * 3,
  );
  await once(socket, "close");
  clearInterval(timer);
});

test("a session that has requests stays, and ends 75 seconds after the last", async () => {
  await using serving = await startServer();
  const session = connectHttp2(`http://127.0.0.1:${serving.port}`);
  const closed = once(session, "close");
  let answered = 0;
  // More than 30 of the server's seconds, in which the session is never without a request for long.
  for (const end = performance.now() + 45 * SECOND_MS; performance.now() < end; answered++) {
    const stream = session.request({ ":path": "/" });
    const [headers] = await once(stream, "response");
    expect(headers[":status"]).toBe(200);
    stream.resume();
    await once(stream, "close");
  }
  expect(answered).toBeGreaterThan(0);
  await closed;
});

test("HTTP/1.1 has Node's own limits, which are of real time whatever a test does with timers", async () => {
  await using serving = await startServer();
  const { headersTimeout, requestTimeout, keepAliveTimeout } = serving.server;
  expect({ headersTimeout, requestTimeout, keepAliveTimeout }).toEqual({
    headersTimeout: 30_000,
    requestTimeout: 300_000,
    keepAliveTimeout: 75_000,
  });
});
