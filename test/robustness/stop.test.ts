import { once } from "node:events";
import { createServer } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import { type CliEmulator, runCli, startCli, temporaryFolder } from "../support/cli.js";
import { BASETEN_TARGET } from "../support/client.js";

/** Long enough to see that it is waited for, milliseconds. */
const GRACE_MS = 1_000;
/**
 * What a stop may take beyond the grace, milliseconds. The promise is a bound in real time, of one second; the rest is
 * for a machine that runs other tests too.
 */
const MARGIN_MS = 2_000;

const KEY = "sky_acmeprod0001.local-secret";
const CHAT = "/v1/chat/completions";
const MANAGE = "manage.acme";

/** A model that says a word every 100 ms for a minute to `paced`, and repeats everything else. */
function seedWith(webhook?: string): string {
  return JSON.stringify({
    completions: [
      {
        match: { last_message: "paced" },
        reply: { content: "word ".repeat(600), stream: { tokens_per_second: 10 } },
      },
    ],
    workspaces: [
      {
        name: "acme",
        api_keys: [{ key: MANAGE }],
        endpoints: [{ slug: "acme/llama", targets: [BASETEN_TARGET] }],
        groups: [
          { external_entity_id: "org", models: [{ slug: "acme/llama" }], keys: [{ name: "prod", key: KEY }] },
        ],
        ...(webhook === undefined ? {} : { webhook: { url: webhook, secrets: ["whsec_test"] } }),
      },
    ],
  });
}

function chatBody(content: string, stream = true): string {
  return JSON.stringify({
    model: "acme/llama",
    stream,
    max_tokens: 262_144,
    messages: [{ role: "user", content }],
  });
}

function head(method: string, path: string, length = 0): string {
  return `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Api-Key ${KEY}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
}

function chatRequest(content: string, stream = true): string {
  const body = chatBody(content, stream);
  return head("POST", CHAT, Buffer.byteLength(body)) + body;
}

/** A connection that has sent its bytes. It reads nothing before it is told to. */
async function sending(url: string, bytes: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1").on("error", () => {});
  await once(socket, "connect");
  await new Promise((resolve) => socket.write(bytes, resolve));
  return socket;
}

/** An endpoint that takes webhooks and never answers. */
async function hangingReceiver() {
  let heard: () => void = () => {};
  const called = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const server = createServer(() => heard());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    called,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The emulator has read what came before: it answers a request that came after. */
async function seen(url: string): Promise<void> {
  await (await fetch(`${url}/_emulator/health`, { headers: { Connection: "close" } })).text();
}

interface Entry {
  readonly path: string;
  readonly completion_tokens: number;
  readonly notes: readonly string[];
}

async function entries(url: string): Promise<readonly Entry[]> {
  const answer = await fetch(`${url}/_emulator/requests?limit=1000`);
  const { items } = (await answer.json()) as { items: readonly Entry[] };
  return items;
}

/** Stops it by a signal. @returns milliseconds until it had exited with 0 */
async function stopped(emulator: CliEmulator, signal: NodeJS.Signals = "SIGTERM"): Promise<number> {
  const before = performance.now();
  emulator.process.signal(signal);
  expect(await emulator.process.ended).toEqual({ code: 0, signal: null });
  return performance.now() - before;
}

const ARRIVING: readonly [string, string][] = [
  ["nothing", ""],
  ["half a request line", "GET / HTT"],
  ["half a head", "GET /v1/models HTTP/1.1\r\nHost: x\r\n"],
  ["half a body", `${head("POST", CHAT, 1_000)}{"model":`],
  ["half a preface of HTTP/2", "PRI * HT"],
  ["a preface of HTTP/2 without SETTINGS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  [
    "HEADERS of HTTP/2 that never end",
    `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\0\0\0\0\x01\x82`,
  ],
];

test.concurrent.each(ARRIVING)("a connection that has sent %s is ended at once", async (_, bytes) => {
  await using folder = await temporaryFolder();
  const state = `${folder.path}/state.db`;
  await using emulator = await startCli(["--state", state, "--stop-grace", "1m"]);
  const socket = await sending(emulator.url, bytes);
  await seen(emulator.url);
  // The grace is a minute: nothing of it may be used.
  expect(await stopped(emulator)).toBeLessThan(5_000);
  socket.destroy();
  await using again = await startCli(["--state", state]);
  expect((await fetch(`${again.url}/_emulator/health`)).status).toBe(200);
});

/** What goes on for longer than the grace: begins it, and says what the emulator then waits for. */
const UNDER_WAY: readonly [string, (url: string) => Promise<unknown>, string | null][] = [
  ["requests?within=30s", (url) => sending(url, head("GET", "/_emulator/requests?within=30s&count=9")), null],
  [
    "a paced stream",
    async (url) => {
      const socket = await sending(url, chatRequest("paced"));
      await once(socket, "data");
      socket.resume();
    },
    "1 stream",
  ],
  [
    "a paced stream over HTTP/2",
    async (url) => {
      const session = connectHttp2(url).on("error", () => {});
      const stream = session.request({ ":method": "POST", ":path": CHAT, authorization: `Api-Key ${KEY}` });
      stream.on("error", () => {}).end(chatBody("paced"));
      await once(stream, "data");
      stream.resume();
    },
    "1 stream",
  ],
  [
    "an answer that is paced as a whole",
    async (url) => {
      await sending(url, chatRequest("paced", false));
      await seen(url);
    },
    // It would end behind the grace, so nothing waits for it.
    null,
  ],
  [
    "a client that reads nothing of a large answer",
    async (url) => {
      const socket = await sending(url, chatRequest("word ".repeat(60_000)));
      await once(socket, "readable");
    },
    "1 stream",
  ],
  [
    "a client that reads a large answer slowly, but steadily",
    async (url) => {
      const socket = await sending(url, chatRequest("word ".repeat(60_000)));
      await once(socket, "readable");
      const timer = setInterval(() => socket.read(512), 20);
      socket.once("close", () => clearInterval(timer));
    },
    "1 stream",
  ],
];

test.concurrent.each(UNDER_WAY)(
  "%s: exit 0 within the grace, and the state file is released",
  async (name, begin, what) => {
    await using folder = await temporaryFolder();
    const state = `${folder.path}/state.db`;
    const seed = await folder.write("seed.json", seedWith());
    await using emulator = await startCli([
      "--state",
      state,
      "--seed",
      seed,
      "--stop-grace",
      `${GRACE_MS}ms`,
    ]);
    await begin(emulator.url);
    expect(await stopped(emulator)).toBeLessThan(GRACE_MS + MARGIN_MS);
    const line = /^waiting up to 1 s for (.+)$/m.exec(emulator.process.stdout);
    expect(line?.[1] ?? null).toBe(what);
    await using again = await startCli(["--state", state]);
    const found = await entries(again.url);
    expect(found.map(({ path }) => path)).toEqual(name.startsWith("requests?") ? [] : [CHAT]);
  },
);

test.concurrent("webhooks/idle that waits for a receiver that hangs; the delivery stays in the outbox", async () => {
  await using folder = await temporaryFolder();
  await using receiver = await hangingReceiver();
  const state = `${folder.path}/state.db`;
  const seed = await folder.write("seed.json", seedWith(receiver.url));
  await using emulator = await startCli(["--state", state, "--seed", seed, "--stop-grace", `${GRACE_MS}ms`]);
  const chat = await sending(emulator.url, chatRequest("Hello", false));
  await once(chat, "data");
  await receiver.called;
  await sending(emulator.url, head("POST", "/_emulator/webhooks/idle"));
  await seen(emulator.url);
  expect(await stopped(emulator)).toBeLessThan(GRACE_MS + MARGIN_MS);
  expect(emulator.process.stdout).toMatch(/^waiting up to 1 s for 1 delivery$/m);
  await using again = await startCli(["--state", state]);
  const deliveries = await fetch(`${again.url}/_emulator/webhooks/deliveries`);
  expect(await deliveries.json()).toMatchObject({ items: [{ state: "pending" }] });
});

test.concurrent("a stream that is cut is charged what was sent, with its event in the outbox (L-4, W-8)", async () => {
  await using folder = await temporaryFolder();
  await using receiver = await hangingReceiver();
  const state = `${folder.path}/state.db`;
  const seed = await folder.write("seed.json", seedWith(receiver.url));
  await using emulator = await startCli(["--state", state, "--seed", seed, "--stop-grace", `${GRACE_MS}ms`]);
  const socket = await sending(emulator.url, chatRequest("paced"));
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  await once(socket, "data");
  await stopped(emulator);
  const words = text.match(/"content":" ?word/g)?.length ?? 0;
  await using again = await startCli(["--state", state]);
  const [entry] = await entries(again.url);
  expect(entry?.notes.at(-1)).toBe(`the emulator ended it after ${words} chunks`);
  expect(entry?.completion_tokens).toBe(words);
  await receiver.called;
});

test.concurrent.each(["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const)(
  "%s stops alike",
  async (signal) => {
    await using emulator = await startCli(["--state", ":memory:", "--stop-grace", "200ms"]);
    await stopped(emulator, signal);
  },
);

test.concurrent("two signals are two, however soon: the second exits at once, and books what was sent", async () => {
  await using folder = await temporaryFolder();
  const state = `${folder.path}/state.db`;
  const seed = await folder.write("seed.json", seedWith());
  await using emulator = await startCli(["--state", state, "--seed", seed, "--stop-grace", "1m"]);
  const socket = await sending(emulator.url, chatRequest("paced"));
  await once(socket, "data");
  socket.resume();
  emulator.process.signal("SIGINT");
  // The system makes one of two that it could not hand over yet. The line comes 20 ms after the first.
  await emulator.process.waitFor(/^waiting up to 60 s for 1 stream$/m);
  emulator.process.signal("SIGINT");
  expect(await emulator.process.ended).toEqual({ code: 130, signal: null });
  await using again = await startCli(["--state", state]);
  expect(await entries(again.url)).toMatchObject([{ path: CHAT, status: 200 }]);
});

test("--stop-grace: a value that is no duration is refused; GATEWAY_EMULATOR_STOP_GRACE means the same", async () => {
  const refused = await runCli(["--state", ":memory:", "--stop-grace", "soon"]);
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringMatching(/^gateway-emulator: --stop-grace: expected milliseconds or .*, got "soon"\n$/),
  ]);
  const named = await runCli(["--state", ":memory:"], { env: { GATEWAY_EMULATOR_STOP_GRACE: "-1" } });
  expect(named.stderr).toContain("GATEWAY_EMULATOR_STOP_GRACE: expected");
});
