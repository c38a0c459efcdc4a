import { describe, expect, test } from "vitest";
import { MAX_PAYLOAD_BYTES } from "../../src/domain/async/limits.js";
import { FEDERATED_KEY } from "../support/chat.js";
import { call } from "../support/client.js";
import { CHAIN, MODEL, onHost, start, submit } from "./support.js";

const PATH = `/_host/model-${MODEL}.api.baseten.co/production/async_predict`;

/** One field of the body, and values that must, and must not, stand there. */
const FIELDS: Readonly<Record<string, { right: readonly unknown[]; wrong: readonly unknown[] }>> = {
  model_input: {
    right: [{}, { prompt: "x" }, { nested: { list: [1, "two", null] } }],
    wrong: [undefined, null, "text", 1, true, [], [{}]],
  },
  webhook_endpoint: {
    right: [
      null,
      undefined,
      "https://example.com/hook",
      "https://example.com:8443/hook?a=b",
      "http://localhost:9",
      "http://127.0.0.1:9/x",
      "http://127.1.2.3:9",
      "http://[::1]:9",
    ],
    wrong: [
      "http://example.com/hook",
      "http://localhost.example.com/",
      "http://127.0.0.1.example.com/",
      "ftp://localhost/",
      "file:///etc/passwd",
      "example.com",
      "",
      1,
      true,
      {},
      [],
    ],
  },
  priority: { right: [0, 1, 2, null], wrong: [-1, 3, 1.5, "1", true, {}, []] },
  max_time_in_queue_seconds: {
    right: [10, 259_200, null],
    wrong: [9, 0, -1, 259_201, 10.5, "600", true, {}, []],
  },
  inference_retry_config: { right: [null, {}], wrong: ["x", 1, true, []] },
  "inference_retry_config.max_attempts": { right: [1, 10, null], wrong: [0, 11, -1, 1.5, "3", {}] },
  "inference_retry_config.initial_delay_ms": { right: [0, 10_000], wrong: [-1, 10_001, 0.5, "0", []] },
  "inference_retry_config.max_delay_ms": { right: [0, 60_000], wrong: [-1, 60_001, 0.5, "0", true] },
};

function bodyWith(path: string, value: unknown): object {
  const [field = "", inner] = path.split(".");
  return { model_input: {}, [field]: inner === undefined ? value : { [inner]: value } };
}

describe("I-5, Y-27: the body of async_predict", () => {
  test.each(Object.entries(FIELDS))(
    "%s: what is within bounds, and what is not",
    async (path, { right, wrong }) => {
      await using gateway = await start();
      const send = (value: unknown) => call(gateway, "POST", PATH, { body: bodyWith(path, value) });
      for (const value of right) expect([value, (await send(value)).status]).toEqual([value, 201]);
      for (const value of wrong) {
        const { status, body } = await send(value);
        expect([value, status]).toEqual([value, 400]);
        expect(body).toEqual({
          error: expect.stringContaining(`${path}: expected`),
          error_code: "client_error",
        });
      }
    },
  );

  test("what is wrong is named, byte for byte; fields that nobody knows are passed over", async () => {
    await using gateway = await start();
    expect((await submit(gateway, {}, { priority: 3 })).text).toBe(
      '{"error":"priority: expected number to be <=2","error_code":"client_error"}',
    );
    expect((await submit(gateway, {}, { webhook_endpoint: "http://example.com" })).body.error).toBe(
      "webhook_endpoint: expected an https URL; http is for localhost only",
    );
    expect((await submit(gateway, {}, { colour: "blue" })).status).toBe(201);
  });

  test.each(["", "{", "[]", "null", '"text"', '{"model_input":{}}x'])("%j is 400", async (body) => {
    await using gateway = await start();
    const { status, body: answer } = await call(gateway, "POST", PATH, { body });
    expect(status).toBe(400);
    expect(answer).toMatchObject({ error: expect.any(String), error_code: "client_error" });
  });

  test("256 KiB are accepted, a byte more is 413 with the documented text", async () => {
    await using gateway = await start();
    const padded = (bytes: number) => {
      const frame = JSON.stringify({ model_input: { pad: "" } }).length;
      return JSON.stringify({ model_input: { pad: "x".repeat(bytes - frame) } });
    };
    expect((await call(gateway, "POST", PATH, { body: padded(MAX_PAYLOAD_BYTES) })).status).toBe(201);
    const { status, text } = await call(gateway, "POST", PATH, { body: padded(MAX_PAYLOAD_BYTES + 1) });
    expect(status).toBe(413);
    expect(text).toBe(
      '{"error":"payload size of 262145 bytes exceeds maximum size of 262144 bytes","error_code":"payload_too_large"}',
    );
    const chain = `/_host/chain-${CHAIN}.api.baseten.co/production/async_run_remote`;
    expect((await call(gateway, "POST", chain, { body: padded(300_000) })).status).toBe(413);
  });

  test("413 also when the length is not announced", async () => {
    await using gateway = await start();
    const parts = ['{"model_input":{"pad":"', "x".repeat(300_000), '"}}'];
    const response = await fetch(gateway.url + PATH, {
      method: "POST",
      headers: { Authorization: `Api-Key ${gateway.workspaceKey}` },
      body: new Blob(parts).stream(),
      duplex: "half",
    } as RequestInit);
    expect(response.status).toBe(413);
    expect(await response.text()).toContain("payload size of 300026 bytes exceeds");
  });
});

describe("I-5: who may", () => {
  const routes = [
    ["POST", "/production/async_predict"],
    ["GET", "/production/async_queue_status"],
    ["GET", "/async_request/x"],
    ["DELETE", "/async_request/x"],
  ] as const;

  test.each(routes)("%s %s without a good key is 401", async (method, path) => {
    await using gateway = await start();
    for (const key of [null, "wrong", FEDERATED_KEY]) {
      const { status, text } = await onHost(gateway, `model-${MODEL}`, method, path, { key });
      expect([status, text]).toEqual([401, '{"error":"unauthorized","error_code":"unauthorized"}']);
    }
    const bearer = { key: null, headers: { Authorization: `Bearer ${gateway.workspaceKey}` } };
    expect((await onHost(gateway, `model-${MODEL}`, method, path, bearer)).status).not.toBe(401);
  });

  test.each(routes)("%s %s of a model that is not there is 404", async (method, path) => {
    await using gateway = await start();
    const { status, body } = await onHost(gateway, "model-nowhere", method, path);
    expect([status, body.error_code]).toEqual([404, "model_does_not_exist"]);
  });

  test("unknown environments and deployments, and inactive ones, are 404", async () => {
    await using gateway = await start();
    for (const path of ["/environments/nowhere", "/deployment/nowhere", "/deployment/off"]) {
      expect((await submit(gateway, {}, {}, path)).status).toBe(404);
    }
  });

  test("odd ids of requests are unknown ones", async () => {
    await using gateway = await start();
    for (const id of ["%", "%00", "..%2f..", "__proto__", "' OR 1=1--", "x".repeat(20_000), "-1", "null"]) {
      const { status, body } = await onHost(gateway, `model-${MODEL}`, "GET", `/async_request/${id}`);
      expect([id, status, body.error_code]).toEqual([id, 404, "client_error"]);
    }
  });
});
