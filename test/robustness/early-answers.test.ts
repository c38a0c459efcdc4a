import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, type SeedInput, startGatewayEmulator } from "../../src/index.js";
import { startCli, temporaryFolder } from "../support/cli.js";
import { FEDERATED_KEY, SEED, SLUG } from "./subject.js";
import { encode, exchange, open, parseAnswers } from "./wire.js";

const CHAT = "/v1/chat/completions";
const MEGABYTE = 1024 * 1024;
const LARGE = JSON.stringify({
  model: SLUG,
  messages: [{ role: "user", content: "x".repeat(5 * MEGABYTE) }],
});
const SMALL_LIMIT = { ...SEED, settings: { ...SEED.settings, max_body_bytes: 1_000 } } satisfies SeedInput;

interface Refused {
  readonly path?: string;
  readonly method?: string;
  readonly key?: string;
  readonly headers?: Record<string, string>;
  readonly status: number;
}

/** Answers that come before the body was read. */
const REFUSALS: readonly [string, Refused][] = [
  ["413", { status: 413 }],
  ["401", { path: "/v1/gateway/groups", key: "", status: 401 }],
  ["404", { path: "/v1/nowhere", status: 404 }],
  ["404 of the management API", { path: "/v1/gateway/nowhere", status: 404 }],
  ["405", { method: "PUT", status: 405 }],
  ["404 of the control API", { path: "/_emulator/nowhere", status: 404 }],
  ["an unknown world", { path: "/_worlds/nowhere/v1/chat/completions", status: 404 }],
];

function headersOf({ key = FEDERATED_KEY, headers = {} }: Refused): Record<string, string> {
  return {
    "Content-Type": "application/json",
    ...(key === "" ? {} : { Authorization: `Api-Key ${key}` }),
    ...headers,
  };
}

describe("5 MB that are refused before they were read: the client reads the answer", () => {
  test.each(REFUSALS)("HTTP/1.1, %s", async (_, asked) => {
    await using gateway = await startGatewayEmulator({ seed: SMALL_LIMIT });
    const { path = CHAT, method = "POST", status } = asked;
    const send = async (): Promise<number> => {
      const body = LARGE;
      const answer = await fetch(gateway.url + path, { method, headers: headersOf(asked), body });
      await answer.text();
      return answer.status;
    };
    const answers = await Promise.all(Array.from({ length: 8 }, send));
    expect(answers).toEqual(answers.map(() => status));
  });

  test("HTTP/1.1, a body in chunks", async () => {
    await using gateway = await startGatewayEmulator({ seed: SMALL_LIMIT });
    const send = async (): Promise<number> => {
      const body = new Blob([LARGE]).stream();
      const init = { method: "POST", headers: headersOf({ status: 413 }), body, duplex: "half" };
      const answer = await fetch(gateway.url + CHAT, init as RequestInit);
      await answer.text();
      return answer.status;
    };
    const answers = await Promise.all(Array.from({ length: 8 }, send));
    expect(answers).toEqual(answers.map(() => 413));
  });

  test.each([
    ...REFUSALS,
    // Fetch sends no body with it.
    ["HEAD", { path: "/v1/nowhere", method: "HEAD", status: 404 }] as const,
  ])("HTTP/2, %s, and the session goes on", async (_, asked) => {
    await using gateway = await startGatewayEmulator({ seed: SMALL_LIMIT });
    const session = connectHttp2(gateway.url, { maxSessionMemory: 1024 });
    const { path = CHAT, method = "POST", status } = asked;
    const send = async (): Promise<[number, number]> => {
      const fields = { ":method": method, ":path": path, ...headersOf(asked) };
      const stream = session.request(fields, { endStream: false });
      let seen = 0;
      stream
        .on("error", () => {})
        .once("response", (headers) => {
          seen = Number(headers[":status"]);
        });
      stream.resume().end(LARGE);
      await new Promise((resolve) => stream.once("close", resolve));
      return [seen, stream.rstCode ?? 0];
    };
    const answers = await Promise.all(Array.from({ length: 8 }, send));
    expect(answers).toEqual(answers.map(() => [status, 0]));
    const get = session.request({ ":path": "/_emulator/health" });
    const [headers] = await once(get, "response");
    expect(headers[":status"]).toBe(200);
    session.destroy();
  });

  test("the command line's process answers 413 to each of twenty fetches", async () => {
    await using folder = await temporaryFolder();
    const seed = await folder.write("seed.json", JSON.stringify(SMALL_LIMIT));
    await using emulator = await startCli(["--state", ":memory:", "--seed", seed]);
    for (let sent = 0; sent < 20; sent++) {
      const init = { method: "POST", headers: headersOf({ status: 413 }), body: LARGE };
      const answer = await fetch(emulator.url + CHAT, init);
      expect(answer.status).toBe(413);
      expect(await answer.text()).toBe('{"error":"Request Entity Too Large"}');
    }
  });
});

test("bytes that are not HTTP, and 5 MB behind them: the client reads its 400", async () => {
  await using gateway = await startGatewayEmulator({ seed: SMALL_LIMIT });
  const bytes = Buffer.concat([Buffer.from("BROKEN\r\n\r\n"), Buffer.alloc(5 * MEGABYTE, "x")]);
  const socket = open(gateway);
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    text += chunk;
  });
  socket.end(bytes);
  await once(socket, "close");
  expect(text).toMatch(/^HTTP\/1\.1 400 /);
});

describe("Expect: 100-continue", () => {
  test("a refusal comes without the body, and ends the connection", async () => {
    await using gateway = await startGatewayEmulator({ seed: SMALL_LIMIT });
    for (const [path, status] of [
      [CHAT, 413],
      ["/v1/gateway/groups", 401],
    ] as const) {
      const text = await expectContinue(gateway, path);
      expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(text).toMatch(/^connection: close\r$/im);
    }
  });

  test("100 comes when the body is wanted", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const body = JSON.stringify({ model: SLUG, messages: [{ role: "user", content: "Hello" }] });
    const socket = open(gateway);
    const request = { method: "POST", target: CHAT, headers: [["Expect", "100-continue"]] as const };
    const all = encode({
      ...request,
      headers: [...request.headers, ...Object.entries(headersOf({ status: 200 }))],
      body,
    });
    socket.write(all.subarray(0, all.length - body.length));
    const [first] = await once(socket.setEncoding("latin1"), "data");
    expect(first).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    socket.write(body);
    const [answer] = await once(socket, "data");
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });
});

/** The head of a request that asks first. @returns what comes back until the connection ends */
async function expectContinue(gateway: GatewayEmulator, target: string): Promise<string> {
  const headers = { "Content-Type": "application/json", Expect: "100-continue", "Content-Length": "5000" };
  const head = encode({ method: "POST", target, headers: Object.entries(headers) }, "keep-alive");
  const bytes = await exchange(gateway, head);
  expect(parseAnswers(bytes)).toHaveLength(1);
  return bytes.toString("latin1");
}
