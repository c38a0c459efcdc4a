import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { AI_GATEWAY_HOST, FEDERATED_KEY, MANAGEMENT_HOST, SLUG, startSubject } from "./subject.js";

const CHAT = "/v1/chat/completions";
const HELLO = JSON.stringify({ model: SLUG, messages: [{ role: "user", content: "Hello" }] });

const ENCODINGS: readonly [string, Uint8Array][] = [
  ["gzip", gzipSync(HELLO)],
  ["br", brotliCompressSync(HELLO)],
  ["deflate", deflateSync(HELLO)],
  ["zstd", Buffer.from("28b52ffd", "hex")],
  ["identity, gzip", gzipSync(HELLO)],
];

test("a chat request that is compressed: 415, and the hint names the cause (Y-73)", async () => {
  const { gateway } = await startSubject();
  await using _ = gateway;
  for (const [encoding, body] of ENCODINGS) {
    const headers = {
      Authorization: `Api-Key ${FEDERATED_KEY}`,
      "Content-Type": "application/json",
      "Content-Encoding": encoding,
    };
    const answer = await fetch(gateway.url + CHAT, { method: "POST", headers, body });
    expect([answer.status, await answer.text()]).toEqual([415, '{"error":"Unsupported Media Type"}']);
    expect(answer.headers.get("Accept-Encoding")).toBe("identity");
    expect(answer.headers.get("x-emulator-hint")).toContain(`Content-Encoding: ${encoding}`);
  }
});

test("identity is no encoding", async () => {
  const { gateway } = await startSubject();
  await using _ = gateway;
  const headers = {
    Authorization: `Api-Key ${FEDERATED_KEY}`,
    "Content-Type": "application/json",
    "Content-Encoding": "identity",
  };
  const answer = await fetch(gateway.url + CHAT, { method: "POST", headers, body: HELLO });
  expect(answer.status).toBe(200);
});

test.each([
  ["the management API", "/v1/gateway/groups", { code: "UNSUPPORTED_MEDIA_TYPE" }],
  ["the management host", `${MANAGEMENT_HOST}/v1/gateway/groups`, { code: "UNSUPPORTED_MEDIA_TYPE" }],
  ["the control API", "/_emulator/faults", { code: "UNSUPPORTED_MEDIA_TYPE" }],
  ["messages", "/v1/messages", { error: "Unsupported Media Type" }],
  [
    "a model's host",
    "/_host/model-3kz9xqd.api.localhost/production/predict",
    { error_code: "unsupported_media_type" },
  ],
  [
    "the AI Gateway's host",
    `${AI_GATEWAY_HOST}/v1/acc/gw/baseten/v1/chat/completions`,
    { error: "Unsupported Media Type" },
  ],
])("%s refuses it in its own shape", async (_, path, shape) => {
  const { gateway } = await startSubject();
  await using _gateway = gateway;
  const headers = {
    Authorization: `Api-Key ${path.includes("/v1/messages") ? FEDERATED_KEY : gateway.workspaceKey}`,
    "Content-Type": "application/json",
    "Content-Encoding": "gzip",
  };
  const answer = await fetch(gateway.url + path, { method: "POST", headers, body: gzipSync("{}") });
  expect(answer.status).toBe(415);
  expect(await answer.json()).toMatchObject(shape);
});

test("a bomb takes no memory: it is refused before a byte is decoded", async () => {
  await using gateway = await startGatewayEmulator();
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  const headers = { "Content-Type": "application/json", "Content-Encoding": "gzip" };
  const answer = await fetch(`${gateway.url}/_emulator/faults`, { method: "POST", headers, body: bomb });
  expect(answer.status).toBe(415);
});
