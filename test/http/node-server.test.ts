import { once } from "node:events";
import { connect as connectHttp2, constants } from "node:http2";
import { connect as connectTcp } from "node:net";
import type { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import {
  connectGatewayEmulator,
  type GatewayWorld,
  type JournalEntry,
  startGatewayEmulator,
} from "../../src/index.js";
import { encode } from "../robustness/wire.js";
import { until } from "../scenarios/support.js";
import { CHAT, FEDERATED_KEY, HELLO, seedWith } from "../support/chat.js";
import { startCli, temporaryFolder } from "../support/cli.js";
import { call } from "../support/client.js";

/*
 * That a client has left is learnt from node-server alone: it aborts the signal of the request, and cancels the stream
 * of the answer. Versions before 2.1.9 did neither over HTTP/2.
 */

/** What is asked says which rule answers, and a token lasts 100 ms of a clock that stands still. */
const SEED = seedWith({
  completions: [
    {
      match: { last_message: "paced" },
      reply: { content: "one two three four", stream: { tokens_per_second: 10 } },
    },
    { match: { last_message: "slow" }, reply: { content: "one two", stream: { ttft_ms: 1_000 } } },
    { match: { last_message: { contains: "word" } }, reply: { mode: "echo" } },
  ],
});
/** More, as a stream, than all buffers between two ends of a connection take; tokens. */
const MANY = 100_000;

type Gateway = GatewayWorld & AsyncDisposable;

/** The command line's process, whose server has the light `Request` and `Response` of node-server. */
async function startProcess(): Promise<Gateway> {
  const folder = await temporaryFolder();
  const seed = await folder.write("seed.json", JSON.stringify(SEED));
  const cli = await startCli(["--state", ":memory:", "--seed", seed]);
  const gateway = await connectGatewayEmulator(cli.url);
  return Object.assign(gateway, {
    async [Symbol.asyncDispose]() {
      await cli[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  });
}

/** A request under way. */
interface Client {
  /** Reads until `text` has come. */
  receives(text: string): Promise<void>;
  leave(): void;
}

type Protocol = (
  gateway: Gateway,
  content: string,
  stream: boolean,
  headers?: Record<string, string>,
) => Client;

function bodyOf(content: string, stream: boolean): string {
  return JSON.stringify({ ...HELLO, stream, max_tokens: MANY, messages: [{ role: "user", content }] });
}

function http1Request(content: string, stream: boolean, headers: Record<string, string> = {}): Buffer {
  const all = { Authorization: `Api-Key ${FEDERATED_KEY}`, "Content-Type": "application/json", ...headers };
  const wire = { method: "POST", target: CHAT, headers: Object.entries(all), body: bodyOf(content, stream) };
  return encode(wire, "keep-alive");
}

/** Reads nothing before it is called. */
function receiverOf(source: Readable): Client["receives"] {
  let received = "";
  return async (text) => {
    source.setEncoding("utf8");
    while (!received.includes(text)) {
      if (source.readableLength === 0) await once(source, "readable");
      received += source.read() ?? "";
    }
  };
}

const http1: Protocol = (gateway, ...asked) => {
  const socket = connectTcp(Number(new URL(gateway.url).port), "127.0.0.1");
  socket.on("error", () => {}).write(http1Request(...asked));
  return {
    receives: receiverOf(socket),
    leave: () => socket.destroy(),
  };
};

function http2(how: "the stream is reset" | "the connection ends"): Protocol {
  return (gateway, content, stream, headers = {}) => {
    const session = connectHttp2(gateway.url).on("error", () => {});
    const request = session.request({
      ":method": "POST",
      ":path": CHAT,
      authorization: `Api-Key ${FEDERATED_KEY}`,
      "content-type": "application/json",
      ...headers,
    });
    request.on("error", () => {}).end(bodyOf(content, stream));
    return {
      receives: receiverOf(request),
      leave: () => {
        if (how === "the connection ends") session.destroy();
        else request.close(constants.NGHTTP2_CANCEL, () => session.destroy());
      },
    };
  };
}

const PROTOCOLS: [string, Protocol][] = [
  ["HTTP/1.1", http1],
  ["HTTP/2, the stream is reset", http2("the stream is reset")],
  ["HTTP/2, the connection ends", http2("the connection ends")],
];

/** Until so many requests have been answered by a rule: they wait for the clock, or for their client. */
async function untilUsed(gateway: Gateway, uses: number): Promise<void> {
  await until(async () => {
    const { body } = await call(gateway, "GET", "/_emulator/completions", { key: null });
    return body.items.reduce((sum: number, { used }: { used: number }) => sum + used, 0) >= uses;
  });
}

async function entriesOf(gateway: Gateway, count: number): Promise<readonly JournalEntry[]> {
  return gateway.expectRequest({ path: CHAT }, { count, within: "20s" });
}

describe.each([
  ["in process", (): Promise<Gateway> => startGatewayEmulator({ seed: SEED })],
  ["in the command line's process", startProcess],
] as const)("%s, a client that leaves", (_, start) => {
  describe.each(PROTOCOLS)("%s", (_name, ask) => {
    test("in the middle of a stream: what was sent is what is charged (L-4)", async () => {
      await using gateway = await start();
      const client = ask(gateway, "paced", true);
      await client.receives('"content":"one"');
      await gateway.clock.advance(100);
      await client.receives('"content":" two"');
      client.leave();
      const [entry] = await entriesOf(gateway, 1);
      expect(entry).toMatchObject({ status: 200, completionTokens: 2 });
      expect(entry?.notes).toContain("the client hung up after 2 chunks");
      expect(await gateway.clock.advance("10s")).toEqual([]);
    });

    test.each([
      ["a stream", "slow", true, "the client hung up after 0 chunks"],
      ["a whole answer", "paced", false, "the connection ended before the answer"],
    ])("before the first byte of %s: the prompt is charged (L-4)", async (_what, content, stream, note) => {
      await using gateway = await start();
      const client = ask(gateway, content, stream);
      await untilUsed(gateway, 1);
      client.leave();
      const [entry] = await entriesOf(gateway, 1);
      expect(entry).toMatchObject({ completionTokens: 0, promptTokens: expect.any(Number) });
      expect(entry?.notes).toContain(note);
      expect(await gateway.clock.advance("10s")).toEqual([]);
    });

    test("before an answer that a fault delays (Y-20)", async () => {
      await using gateway = await start();
      await gateway.faults.add({ fault: { delay: "1h" } });
      const client = ask(gateway, "paced", true);
      await until(async () => {
        const { body } = await call(gateway, "GET", "/_emulator/faults", { key: null });
        return body.items[0].struck > 0;
      });
      client.leave();
      expect(await entriesOf(gateway, 1)).toMatchObject([{ status: 499, completionTokens: 0 }]);
      expect(await gateway.clock.advance("2h")).toEqual([]);
    });

    test("without ever having read: no more is made than fits between", async () => {
      await using gateway = await start();
      const client = ask(gateway, "word ".repeat(MANY), true);
      await untilUsed(gateway, 1);
      client.leave();
      const [entry] = await entriesOf(gateway, 1);
      expect(entry?.notes.at(-1)).toMatch(/^the client hung up after \d+ chunks$/);
      expect(entry?.completionTokens).toBeLessThan(MANY);
    });
  });

  test("behind another answer on the same connection", async () => {
    await using gateway = await start();
    const socket = connectTcp(Number(new URL(gateway.url).port), "127.0.0.1").on("error", () => {});
    const requests = [
      ["paced", true],
      ["slow", true],
      ["slow", false],
    ] as const;
    socket.write(Buffer.concat(requests.map(([content, stream]) => http1Request(content, stream))));
    await once(socket, "data");
    await untilUsed(gateway, 3);
    socket.destroy();
    const entries = await entriesOf(gateway, 3);
    expect(entries.map(({ notes, completionTokens }) => [notes.at(-1), completionTokens])).toEqual([
      ["the client hung up after 1 chunks", 1],
      ["the client hung up after 0 chunks", 0],
      ["the connection ended before the answer", 0],
    ]);
    expect(await gateway.clock.advance("10s")).toEqual([]);
  });
});

// Side by side, because each stop takes the grace of three seconds. How an HTTP/2 client leaves does not matter: it stays.
test.concurrent.each([
  ["HTTP/1.1", http1],
  ["HTTP/2", http2("the connection ends")],
] as const)("%s: a stop does not wait for ever for a client that never reads", async (_, ask) => {
  const entries: JournalEntry[] = [];
  const gateway = await startGatewayEmulator({ seed: SEED, onRequest: (entry) => entries.push(entry) });
  const client = ask(gateway, "word ".repeat(MANY), true);
  await untilUsed(gateway, 1);
  await gateway.stop();
  client.leave();
  expect(entries.map(({ path, status }) => [path, status])).toEqual([[CHAT, 200]]);
});
