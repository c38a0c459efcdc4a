import { describe, expect, test } from "vitest";
import { ResultReceiver } from "./receiver.js";
import { MODEL, NOON, settled, start, statusOf, submit, submitted } from "./support.js";

const secondsOf = (at: number): number => (at - Date.parse(NOON)) / 1000;

describe("I-5: failed predictions", () => {
  test("MODEL_PREDICT_ERROR: three attempts, 1 and 2 s apart, then FAILED with the last error", async () => {
    await using receiver = await ResultReceiver.start();
    await using gateway = await start();
    const id = await submitted(gateway, "crash", { webhook_endpoint: receiver.url });
    expect(await settled(gateway, id)).toEqual(["IN_PROGRESS", "PENDING"]);
    const fired = await gateway.clock.advance("1m");
    expect(fired.map(({ at, job }) => [secondsOf(at), job])).toEqual([
      [1, `async prediction ${id}, attempt 2`],
      [3, `async prediction ${id}, attempt 3`],
    ]);
    expect(await settled(gateway, id)).toEqual(["FAILED", "SUCCEEDED"]);
    const errors = [{ code: "MODEL_PREDICT_ERROR", message: "Internal Server Error (in model/chainlet)." }];
    expect((await statusOf(gateway, id)).body.errors).toEqual(errors);
    expect(receiver.received).toMatchObject([{ body: { request_id: id, data: null, errors } }]);
  });

  test("a later attempt that succeeds leaves no errors", async () => {
    await using gateway = await start();
    const id = await submitted(gateway, "flaky");
    await gateway.clock.advance("3s");
    expect((await statusOf(gateway, id)).body).toMatchObject({ status: "SUCCEEDED", errors: [] });
  });

  test("inference_retry_config: attempts, doubling from the initial delay, capped", async () => {
    await using gateway = await start();
    const inference_retry_config = { max_attempts: 5, initial_delay_ms: 1_500, max_delay_ms: 4_000 };
    await submitted(gateway, "crash", { inference_retry_config });
    const fired = await gateway.clock.advance("1m");
    expect(fired.map(({ at }) => secondsOf(at))).toEqual([1.5, 4.5, 8.5, 12.5]);
  });

  test("max_attempts 1 fails at once; without delays no time passes", async () => {
    await using gateway = await start();
    const once = { max_attempts: 1 };
    const hasty = { max_attempts: 10, initial_delay_ms: 0, max_delay_ms: 0 };
    for (const inference_retry_config of [once, hasty]) {
      const id = await submitted(gateway, "crash", { inference_retry_config });
      expect((await settled(gateway, id))[0]).toBe("FAILED");
    }
    const rescued = await submitted(gateway, "flaky", { inference_retry_config: hasty });
    expect((await settled(gateway, rescued))[0]).toBe("SUCCEEDED");
  });

  test("a request between two attempts keeps its place at the deployment (Y-28)", async () => {
    await using gateway = await start();
    const inference_retry_config = { max_attempts: 2, initial_delay_ms: 10_000, max_delay_ms: 10_000 };
    await submitted(gateway, "crash", { inference_retry_config });
    const id = await submitted(gateway, "echo");
    await gateway.clock.advance(9_999);
    expect((await settled(gateway, id))[0]).toBe("QUEUED");
    await gateway.clock.advance(1);
    expect((await settled(gateway, id))[0]).toBe("SUCCEEDED");
  });

  test("a prediction of more than an hour is MODEL_PREDICT_TIMEOUT", async () => {
    await using gateway = await start();
    const id = await submitted(gateway, "never", { inference_retry_config: { max_attempts: 1 } });
    await gateway.clock.advance(3_600_000 - 1);
    expect((await settled(gateway, id))[0]).toBe("IN_PROGRESS");
    await gateway.clock.advance(1);
    const errors = [{ code: "MODEL_PREDICT_TIMEOUT", message: "the prediction took longer than 3600 s" }];
    expect((await statusOf(gateway, id)).body).toMatchObject({ status: "FAILED", errors });
  });

  test.each([
    ["crash", "MODEL_PREDICT_ERROR", true],
    ["timeout", "MODEL_PREDICT_TIMEOUT", true],
    ["loading", "MODEL_NOT_READY", true],
    ["invalid", "MODEL_INVALID_INPUT", false],
    ["gone", "MODEL_DOES_NOT_EXIST", false],
    ["stream", "ASYNC_REQUEST_NOT_SUPPORTED", false],
  ])("%s is %s; tried again: %s", async (word, code, retried) => {
    await using gateway = await start();
    const id = await submitted(gateway, word);
    const fired = await gateway.clock.advance("1m");
    expect(fired).toHaveLength(retried ? 2 : 0);
    expect((await statusOf(gateway, id)).body).toMatchObject({ status: "FAILED", errors: [{ code }] });
  });

  test("MODEL_UNAVAILABLE: a fault that takes the deployment away", async () => {
    await using gateway = await start();
    for (const fault of [{ preset: "model_unavailable" as const }, { reset: true }, { status: 503 }]) {
      await gateway.faults.clear();
      await gateway.seed({ faults: [{ match: { model: MODEL }, fault }] });
      const id = await submitted(gateway, "echo");
      expect(await gateway.clock.advance("1m")).toHaveLength(2);
      const errors = [{ code: "MODEL_UNAVAILABLE" }];
      expect((await statusOf(gateway, id)).body).toMatchObject({ status: "FAILED", errors });
    }
  });

  test("MODEL_DOES_NOT_EXIST: a deployment that is gone when its turn comes", async () => {
    await using gateway = await start();
    await submitted(gateway, "slow", {}, "/deployment/dep789");
    const id = await submitted(gateway, "echo", {}, "/deployment/dep789");
    await gateway.clock.advance(0);
    await gateway.seed({ workspaces: [{ name: "acme", models: [{ id: MODEL }] }] });
    await gateway.clock.advance("60s");
    const errors = [{ code: "MODEL_DOES_NOT_EXIST", message: "deployment does not exist" }];
    expect((await statusOf(gateway, id)).body).toMatchObject({ status: "FAILED", errors });
  });

  test("MODEL_DOES_NOT_EXIST: a deployment that is inactive when its turn comes", async () => {
    await using gateway = await start();
    await submitted(gateway, "slow", {}, "/deployment/dep789");
    const id = await submitted(gateway, "echo", {}, "/deployment/dep789");
    await gateway.clock.advance(0);
    const deployments = [{ id: "dep789", status: "INACTIVE" as const }];
    await gateway.seed({ workspaces: [{ name: "acme", models: [{ id: MODEL, deployments }] }] });
    await gateway.clock.advance("60s");
    const errors = [{ code: "MODEL_DOES_NOT_EXIST", message: "deployment is inactive" }];
    expect((await statusOf(gateway, id)).body).toMatchObject({ status: "FAILED", errors });
  });

  test.each([
    ["busy", "busy"],
    [{ error: "busy" }, '{"error":"busy"}'],
  ])("a fault's body %j is the message %j", async (body, message) => {
    await using gateway = await start();
    await gateway.faults.add({ match: { model: MODEL }, fault: { status: 503, body } });
    const id = await submitted(gateway, "echo");
    await gateway.clock.advance("1m");
    const errors = [{ code: "MODEL_UNAVAILABLE", message }];
    expect((await statusOf(gateway, id)).body).toMatchObject({ status: "FAILED", errors });
  });

  test.each([
    ["1h", "SUCCEEDED", []],
    ["3601s", "FAILED", [{ code: "MODEL_PREDICT_TIMEOUT" }]],
  ])("a prediction may take an hour, and no longer: %s is %s", async (delay, status, errors) => {
    await using gateway = await start();
    const match = { body: { model_says: "long" } };
    await gateway.seed({ predictions: [{ match, reply: { json: {}, delay } }] });
    const id = await submitted(gateway, "long", { inference_retry_config: { max_attempts: 1 } });
    await gateway.clock.advance("1h");
    expect((await statusOf(gateway, id)).body).toMatchObject({ status, errors });
  });

  test("a model's own error passes through as the message", async () => {
    await using gateway = await start();
    const id = await submitted(gateway, "invalid");
    await gateway.clock.advance(0);
    expect((await statusOf(gateway, id)).body.errors).toEqual([
      { code: "MODEL_INVALID_INPUT", message: '{"detail":"no prompt"}' },
    ]);
  });
});

describe("I-5: what the webhook gets as data", () => {
  test.each([
    ["JSON, as a value", { model_says: "slow" }, { done: true }],
    ["text, as it is", { model_says: "text" }, "plain"],
    ["bytes, in base64", { model_says: "bytes" }, "/wD/"],
    ["an echo of the input", { prompt: "hé", n: [1, null] }, { prompt: "hé", n: [1, null] }],
  ])("%s", async (_what, input, data) => {
    await using receiver = await ResultReceiver.start();
    await using gateway = await start();
    await submit(gateway, input, { webhook_endpoint: receiver.url });
    await gateway.clock.advance("60s");
    expect(receiver.received).toMatchObject([{ body: { data, errors: [] } }]);
  });
});
