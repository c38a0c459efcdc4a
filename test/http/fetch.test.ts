import { describe, expect, test } from "vitest";
import { type GatewayEmulator, type JournalEntry, startGatewayEmulator } from "../../src/index.js";
import { until } from "../scenarios/support.js";
import { CHAT, FEDERATED_KEY, HELLO, seedWith } from "../support/chat.js";
import { temporaryFolder } from "../support/cli.js";
import { QUICKSTART } from "../support/client.js";

/** A token every 100 ms of a clock that stands still. */
const PACED = seedWith({
  completions: [{ reply: { content: "one two three four", stream: { tokens_per_second: 10 } } }],
});
const STREAM = { ...HELLO, stream: true };
const URL_OF_CHAT = `http://gateway${CHAT}`;

function post(body: object, more: RequestInit = {}): RequestInit {
  return {
    method: "POST",
    headers: { Authorization: `Api-Key ${FEDERATED_KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
    ...more,
  };
}

function withFault(fault: object): RequestInit {
  const { headers, ...rest } = post(HELLO);
  return { ...rest, headers: { ...headers, "x-emulator-fault": JSON.stringify(fault) } };
}

function start(seed: object = QUICKSTART): Promise<GatewayEmulator> {
  return startGatewayEmulator({ listen: false, seed });
}

/** An emulator, and the journal entries that it has announced, which can be looked at after its stop. */
async function startNoting(seed: object): Promise<{ gateway: GatewayEmulator; entries: JournalEntry[] }> {
  const entries: JournalEntry[] = [];
  const gateway = await startGatewayEmulator({
    listen: false,
    seed,
    onRequest: (entry) => entries.push(entry),
  });
  return { gateway, entries };
}

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => new Error("expected a failure"),
    (cause: unknown) => cause,
  );
}

const contentOf = async (response: Response): Promise<string> =>
  JSON.parse(await response.text()).choices[0].message.content;

/** Until so many requests have met a rule or a fault: they wait for the clock, if that makes them. */
const untilMatched = (gateway: GatewayEmulator, list: "completions" | "faults", times = 1) =>
  until(async () => {
    const found = await gateway.fetch(`http://gateway/_emulator/${list}`);
    const { items }: { items: { used?: number; struck?: number }[] } = JSON.parse(await found.text());
    return items.some(({ used, struck }) => (used ?? struck ?? 0) >= times);
  });

describe("what it takes, as fetch does", () => {
  test("text, a URL and a Request", async () => {
    await using gateway = await start();
    const answers = [
      await gateway.fetch(URL_OF_CHAT, post(HELLO)),
      await gateway.fetch(new URL(URL_OF_CHAT), post(HELLO)),
      await gateway.fetch(new Request(URL_OF_CHAT, post(HELLO))),
      await gateway.fetch(new Request(URL_OF_CHAT, { method: "PUT" }), post(HELLO)),
    ];
    for (const answer of answers) expect(await contentOf(answer)).toBe("Hello, world!");
  });

  test("a request body that is a stream", async () => {
    await using gateway = await start();
    const text = JSON.stringify(HELLO);
    const parts = [text.slice(0, 10), text.slice(10)];
    const body = new ReadableStream({
      pull(controller) {
        const part = parts.shift();
        if (part === undefined) controller.close();
        else controller.enqueue(Buffer.from(part));
      },
    });
    const init = { ...post(HELLO), body, duplex: "half" } as const;
    expect(await contentOf(await gateway.fetch(URL_OF_CHAT, init))).toBe("Hello, world!");
  });

  test("any host that is none of the emulator's own, and any port", async () => {
    await using gateway = await start();
    for (const origin of ["http://gateway", "https://example.com", "http://127.0.0.1:1"]) {
      const answer = await gateway.fetch(origin + CHAT, post(HELLO));
      expect(answer.status).toBe(200);
    }
  });

  test("an invalid URL rejects", async () => {
    await using gateway = await start();
    expect(await failure(gateway.fetch("/v1/models"))).toBeInstanceOf(TypeError);
  });

  test("without the emulator in front, as clients call it", async () => {
    await using gateway = await start();
    const { fetch } = gateway;
    expect((await fetch(URL_OF_CHAT, post(HELLO))).status).toBe(200);
  });
});

describe("on an emulator with a port", () => {
  test("the same world is asked by both", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    expect(gateway.port).not.toBe(0);
    const [inProcess, overSocket] = await Promise.all([
      gateway.fetch(gateway.url + CHAT, post(HELLO)),
      fetch(gateway.url + CHAT, post(HELLO)),
    ]);
    expect(await contentOf(inProcess)).toBe(await contentOf(overSocket));
    expect(await gateway.requests({ path: CHAT })).toHaveLength(2);
  });
});

describe("an answer that breaks", () => {
  test("a call that was aborted before is not made", async () => {
    await using gateway = await start();
    const reason = new Error("changed my mind");
    const asked = gateway.fetch(URL_OF_CHAT, post(HELLO, { signal: AbortSignal.abort(reason) }));
    expect(await failure(asked)).toBe(reason);
    expect(await gateway.requests()).toEqual([]);
  });

  test("an aborted stream fails with the reason, where it is read", async () => {
    await using gateway = await start(PACED);
    const abort = new AbortController();
    const { body } = await gateway.fetch(URL_OF_CHAT, post(STREAM, { signal: abort.signal }));
    const reader = body?.getReader();
    await reader?.read();
    const reading = failure(reader?.read() ?? Promise.resolve());
    abort.abort();
    expect(await reading).toMatchObject({ name: "AbortError" });
    const [entry] = await gateway.expectRequest({ path: CHAT });
    expect(entry?.notes).toContain("the client hung up after 1 chunks");
  });

  test("a stream that its reader cancels", async () => {
    await using gateway = await start(PACED);
    const { body } = await gateway.fetch(URL_OF_CHAT, post(STREAM));
    await body?.cancel();
    const [entry] = await gateway.expectRequest({ path: CHAT });
    expect(entry).toMatchObject({
      completionTokens: 1,
      notes: [expect.anything(), "the client hung up after 1 chunks"],
    });
  });

  test("a reset of the world ends a stream, and an answer that waits for the clock", async () => {
    const slow = { match: { stream: false }, reply: { content: "slow", stream: { ttft_ms: 1_000 } } };
    const paced = { reply: { content: "one two", stream: { tokens_per_second: 10 } } };
    await using gateway = await start(seedWith({ completions: [slow, paced] }));
    const waiting = failure(gateway.fetch(URL_OF_CHAT, post(HELLO)));
    await untilMatched(gateway, "completions");
    const streamed = await gateway.fetch(URL_OF_CHAT, post(STREAM));
    await gateway.reset();
    const closed = { cause: { code: "UND_ERR_SOCKET" } };
    expect(await waiting).toMatchObject({ message: "fetch failed", ...closed });
    expect(await failure(streamed.text())).toMatchObject({ message: "terminated", ...closed });
  });

  test.each([{ after_bytes: 0 }, { after_bytes: 20 }])("cut %j: the head is there", async (cut) => {
    await using gateway = await start();
    const response = await gateway.fetch(URL_OF_CHAT, withFault({ cut }));
    expect(response.status).toBe(200);
    expect(Number(response.headers.get("content-length"))).toBeGreaterThan(20);
    let bytes = 0;
    const reading = async () => {
      for await (const part of response.body ?? []) bytes += part.byteLength;
    };
    expect(await failure(reading())).toMatchObject({
      message: "terminated",
      cause: { code: "UND_ERR_SOCKET" },
    });
    expect(bytes).toBe(cut.after_bytes);
  });

  test("reset: rejects as fetch does when a connection is reset", async () => {
    await using gateway = await start();
    const error = await failure(gateway.fetch(URL_OF_CHAT, withFault({ reset: true })));
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ message: "fetch failed", cause: { code: "ECONNRESET" } });
  });
});

describe("stop()", () => {
  test("ends a paced stream on a frozen clock, and records what was sent (L-4)", async () => {
    const { gateway, entries } = await startNoting(PACED);
    const response = await gateway.fetch(URL_OF_CHAT, post(STREAM));
    const reading = failure(response.text());
    await gateway.clock.advance(100);
    await gateway.stop();
    expect(await reading).toMatchObject({ message: "terminated", cause: { code: "UND_ERR_SOCKET" } });
    expect(entries).toMatchObject([
      {
        status: 200,
        completionTokens: 2,
        notes: [expect.anything(), "the emulator ended it after 2 chunks"],
      },
    ]);
  });

  test("ends an answer that a fault delays, and records it", async () => {
    const faults = [{ fault: { delay: "1h" } }];
    const { gateway, entries } = await startNoting(seedWith({ top: { faults } }));
    const asked = failure(gateway.fetch(URL_OF_CHAT, post(HELLO)));
    await untilMatched(gateway, "faults");
    await gateway.stop();
    expect(await asked).toMatchObject({ message: "fetch failed", cause: { code: "UND_ERR_SOCKET" } });
    expect(entries).toMatchObject([{ status: 499, error: "client_gone", completionTokens: 0 }]);
  });

  test("lets an answer that real time paces go on to its end", async () => {
    const { workspaces } = QUICKSTART;
    const completions = [{ reply: { content: "one two three", stream: { tokens_per_second: 100 } } }];
    const { gateway, entries } = await startNoting({ workspaces, completions });
    const whole = gateway.fetch(URL_OF_CHAT, post(HELLO)).then(contentOf);
    const streamed = gateway.fetch(URL_OF_CHAT, post(STREAM)).then((response) => response.text());
    await gateway.stop();
    expect(await whole).toBe("one two three");
    expect(await streamed).toMatch(/\[DONE\]\n\n$/);
    expect(entries.map(({ completionTokens }) => completionTokens)).toEqual([3, 3]);
  });

  test("records those that left just before, in the state file too", async () => {
    await using folder = await temporaryFolder();
    const state = `${folder.path}/state.db`;
    const abort = new AbortController();
    const gateway = await startGatewayEmulator({ listen: false, state, seed: PACED });
    const streamed = await gateway.fetch(URL_OF_CHAT, post(STREAM, { signal: abort.signal }));
    const waiting = failure(gateway.fetch(URL_OF_CHAT, post(HELLO, { signal: abort.signal })));
    await untilMatched(gateway, "completions", 2);
    abort.abort();
    await gateway.stop();
    await waiting;
    await failure(streamed.text());
    await using again = await startGatewayEmulator({ listen: false, state });
    const entries = await again.requests({ path: CHAT });
    expect(entries.map(({ notes }) => notes.at(-1))).toEqual([
      "the client hung up after 1 chunks",
      "the connection ended before the answer",
    ]);
  });

  const LONG = { ...STREAM, messages: [{ role: "user", content: "word ".repeat(1_000) }] };

  // What a stop waits for in vain is broken off.
  test.each([
    ["whole", HELLO, {}],
    ["a stream that is sent at once", LONG, {}],
    ["a stream that is sent event by event", STREAM, { malformed_chunk: 100 }],
  ])(
    "does not wait for a body that nobody reads, which can be read afterwards: %s",
    async (_, body, fault) => {
      const gateway = await start();
      if ("malformed_chunk" in fault) await gateway.faults.add({ fault });
      const response = await gateway.fetch(URL_OF_CHAT, post(body));
      await gateway.stop();
      expect(await response.text()).toMatch(/"finish_reason":"stop"/);
    },
  );

  test("breaks off after the grace what nobody reads, and requests that do not arrive", async () => {
    const seed = seedWith({ settings: { stream: { chunk_characters: 1 } } });
    const { gateway, entries } = await startNoting(seed);
    const huge = { ...LONG, messages: [{ role: "user", content: "word ".repeat(10_000) }] };
    const unread = await gateway.fetch(URL_OF_CHAT, post(huge));
    const body = new ReadableStream();
    const unsent = failure(
      gateway.fetch(URL_OF_CHAT, { ...post(HELLO), body, duplex: "half" } as RequestInit),
    );
    // The grace is real time: timers are not looked up where a test could replace them.
    const started = performance.now();
    await gateway.stop({ grace: 300 });
    expect(performance.now() - started).toBeGreaterThan(290);
    expect(await failure(unread.text())).toMatchObject({ message: "terminated" });
    expect(await unsent).toMatchObject({ message: "fetch failed", cause: { code: "UND_ERR_SOCKET" } });
    expect(entries).toMatchObject([{ status: 200 }]);
  });

  test("afterwards, a call says so", async () => {
    const gateway = await start();
    await gateway.stop();
    await gateway.stop();
    expect(await failure(gateway.fetch(URL_OF_CHAT, post(HELLO)))).toMatchObject({
      message: "The emulator was stopped: nothing answers. Is an await missing?",
    });
  });
});
