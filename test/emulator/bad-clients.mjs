// Faults, cuts and clients that leave, against the emulator at `url`, or against one in this process, with `seed`. What
// it has found goes to its parent; what anybody prints is for the parent to see.
import { once } from "node:events";
import { connect as connectHttp2, constants } from "node:http2";
import { connect as connectTcp } from "node:net";
import { startGatewayEmulator } from "../../dist/index.js";

const CHAT = "/v1/chat/completions";
const KEY = "Api-Key sky_acmeprod0001.local-secret";
/** The seed answers this with a token every 100 ms of a clock that stands still. */
const PACED = "paced";
const FAULTS = [
  { status: 500 },
  { cut: { after_chunks: 0 } },
  { cut: { after_bytes: 0 } },
  { cut: { after_bytes: 20 } },
  { cut: { after_chunks: 2 } },
  { malformed_chunk: 2 },
  { truncated_json: true },
  { reset: true },
];

const bodyOf = (content, stream) =>
  JSON.stringify({ model: "acme/llama", stream, messages: [{ role: "user", content }] });

const headersOf = (fault) => ({
  Authorization: KEY,
  "Content-Type": "application/json",
  ...(fault ? { "x-emulator-fault": JSON.stringify(fault) } : {}),
});

const initOf = (content, stream, fault) => ({
  method: "POST",
  headers: headersOf(fault),
  body: bodyOf(content, stream),
});

/** One answer, read as far as it goes. */
async function ask(fetch, url, content, stream, fault) {
  const answer = async () => (await fetch(url + CHAT, initOf(content, stream, fault))).text();
  await answer().catch(ignore);
}

function http1(url, content, stream) {
  const body = bodyOf(content, stream);
  const headers = { Host: "x", ...headersOf(null), "Content-Length": body.length };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connectTcp(Number(new URL(url).port), "127.0.0.1").on("error", ignore);
  socket.write(`POST ${CHAT} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
  return socket;
}

function http2(session, content, stream, fault) {
  const headers = Object.entries(headersOf(fault)).map(([name, value]) => [name.toLowerCase(), value]);
  const request = session.request({ ":method": "POST", ":path": CHAT, ...Object.fromEntries(headers) });
  request.on("error", ignore).end(bodyOf(content, stream));
  return request;
}

const closed = (emitter) => new Promise((resolve) => emitter.once("close", resolve));

async function trouble(url) {
  for (const fault of FAULTS) {
    for (const stream of [false, true]) await ask(fetch, url, "one two three four", stream, fault);
  }
  const session = connectHttp2(url).on("error", ignore);
  for (const fault of FAULTS) {
    for (const stream of [false, true]) {
      const request = http2(session, "one two three four", stream, fault);
      request.resume();
      await closed(request);
    }
  }

  // Clients that leave: in the middle of a stream, before the first byte, without reading, before the body is whole.
  const streaming = http1(url, PACED, true);
  await once(streaming, "data");
  streaming.resetAndDestroy();
  const waiting = http1(url, PACED, false);
  await once(waiting, "ready");
  waiting.destroy();
  const unread = http1(url, "word ".repeat(20_000), true);
  await once(unread, "ready");
  unread.destroy();
  const half = connectTcp(Number(new URL(url).port), "127.0.0.1").on("error", ignore);
  half.write(`POST ${CHAT} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{`, () => half.destroy());
  const garbage = connectTcp(Number(new URL(url).port), "127.0.0.1").on("error", ignore);
  garbage.resume().write("what is this\r\n\r\n");
  await closed(garbage);
  const cancelled = http2(session, PACED, true);
  await once(cancelled, "data");
  cancelled.close(constants.NGHTTP2_CANCEL);
  await closed(cancelled);
  const lost = http2(session, PACED, true);
  await once(lost, "data");
  session.destroy();
  await closed(lost);
  return fetch(`${url}/_emulator/health`).then((response) => response.status);
}

/** Streams that wait for the clock, one of each protocol. @returns their ends */
async function underWay(url) {
  const socket = http1(url, PACED, true);
  await once(socket, "data");
  const request = http2(connectHttp2(url).on("error", ignore), PACED, true);
  await once(request, "data");
  return [closed(socket), closed(request)];
}

async function againstProcess(url) {
  const health = await trouble(url);
  const ends = await underWay(url);
  process.send({ health });
  await Promise.all(ends);
}

async function inProcess(seed) {
  const { Request, Response, Headers, fetch } = globalThis;
  const globals = {};
  const compare = (when) => {
    const now = globalThis;
    const same = [Request === now.Request, Response === now.Response, Headers === now.Headers];
    globals[when] = same.every(Boolean) && fetch === now.fetch ? "untouched" : "replaced";
  };
  const gateway = await startGatewayEmulator({ seed });
  const { url } = gateway;
  compare("started");
  await ask(fetch, url, "first", false);
  compare("HTTP/1.1");
  const session = connectHttp2(url);
  await closed(http2(session, "first", true).resume());
  session.destroy();
  compare("HTTP/2");
  const health = await trouble(url);
  await troubleWithoutSocket(gateway);
  const ends = await underWay(url);
  const own = await gateway.fetch(url + CHAT, initOf(PACED, true));
  await gateway.stop();
  await Promise.allSettled([...ends, own.text()]);
  compare("stopped");
  process.send({ health, globals });
}

async function troubleWithoutSocket({ fetch, url }) {
  for (const fault of FAULTS) {
    for (const stream of [false, true]) await ask(fetch, url, "one two three four", stream, fault);
  }
  const abort = new AbortController();
  const streaming = await fetch(url + CHAT, { ...initOf(PACED, true), signal: abort.signal });
  const waiting = fetch(url + CHAT, { ...initOf(PACED, false), signal: abort.signal });
  abort.abort();
  await Promise.allSettled([streaming.text(), waiting]);
}

function ignore() {}

const { url, seed } = JSON.parse(process.argv[2] ?? "{}");
await (url ? againstProcess(url) : inProcess(seed));
process.disconnect();
