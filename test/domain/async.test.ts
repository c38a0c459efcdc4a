import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AsyncRequest,
  afterPrediction,
  afterWebhook,
  arrived,
  isKept,
  resultBody,
  started,
} from "../../src/domain/async/request.js";
import { failureCodeOf, retryDelay } from "../../src/domain/async/retry.js";

const NOW = Date.parse("2026-06-17T12:00:00Z");

/** A request in progress whose model is called for the first time now. */
function inProgress(fields: Partial<AsyncRequest> = {}): AsyncRequest {
  const target = { workspaceId: "acme", kind: "model", ownerId: "abc123", deploymentId: "dep789" } as const;
  const request = arrived({ id: "r1", key: [], now: NOW }, target, {
    input: "{}",
    webhookEndpoint: "http://127.0.0.1/hook",
    priority: 0,
    maxTimeInQueueMs: 600_000,
    retry: { maxAttempts: 3, initialDelayMs: 1_000, maxDelayMs: 5_000 },
  });
  return { ...started({ ...request, seq: 1 }, NOW), ...fields };
}

describe("I-5: what an answer of the model's server means (Y-28)", () => {
  test.each([
    [199, "MODEL_PREDICT_ERROR"],
    [200, null],
    [299, null],
    [300, "MODEL_PREDICT_ERROR"],
    [399, "MODEL_PREDICT_ERROR"],
    [400, "MODEL_INVALID_INPUT"],
    [403, "MODEL_INVALID_INPUT"],
    [404, "MODEL_DOES_NOT_EXIST"],
    [405, "MODEL_INVALID_INPUT"],
    [428, "MODEL_INVALID_INPUT"],
    [429, "MODEL_UNAVAILABLE"],
    [430, "MODEL_INVALID_INPUT"],
    [499, "MODEL_INVALID_INPUT"],
    [500, "MODEL_PREDICT_ERROR"],
    [501, "MODEL_PREDICT_ERROR"],
    [502, "MODEL_UNAVAILABLE"],
    [503, "MODEL_UNAVAILABLE"],
    [504, "MODEL_PREDICT_TIMEOUT"],
    [505, "MODEL_PREDICT_ERROR"],
  ])("%d: %s", (status, code) => {
    expect(failureCodeOf(status)).toBe(code);
  });
});

describe("I-5: retries of a prediction", () => {
  test("each delay is twice the one before, up to the longest", () => {
    const policy = fc.record({
      maxAttempts: fc.integer({ min: 1, max: 10 }),
      initialDelayMs: fc.integer({ min: 0, max: 10_000 }),
      maxDelayMs: fc.integer({ min: 0, max: 60_000 }),
    });
    fc.assert(
      fc.property(policy, (retry) => {
        let delay = retry.initialDelayMs;
        for (let failed = 1; failed <= 10; failed++, delay *= 2) {
          expect(retryDelay(retry, failed)).toBe(Math.min(delay, retry.maxDelayMs));
        }
      }),
    );
  });

  test("the last of max_attempts is not followed by another", () => {
    const outcome = { ok: false, code: "MODEL_UNAVAILABLE", message: "busy" } as const;
    const second = afterPrediction(inProgress({ attempts: 1 }), outcome, NOW);
    expect(second).toMatchObject({ status: "IN_PROGRESS", attempts: 2, dueAt: NOW + 2_000, errors: [] });
    const third = afterPrediction(second, outcome, NOW);
    const errors = [{ code: "MODEL_UNAVAILABLE", message: "busy" }];
    expect(third).toMatchObject({ status: "FAILED", attempts: 3, errors });
  });

  test("a completed request is kept for an hour, less the last millisecond", () => {
    const request = inProgress({ completedAt: NOW });
    expect(isKept(request, NOW + 3_599_999)).toBe(true);
    expect(isKept(request, NOW + 3_600_000)).toBe(false);
    expect(isKept({ ...request, completedAt: null }, NOW + 86_400_000)).toBe(true);
  });
});

describe("I-5: what an answer of the webhook means (Y-30)", () => {
  const done = inProgress({ status: "SUCCEEDED", webhookAttempts: 0 });
  const answered = (status: number, request = done) =>
    afterWebhook(request, { kind: "answered", status }, NOW);

  test.each([200, 204, 299])("%d: told", (status) => {
    expect(answered(status)).toEqual({ ...done, webhookAttempts: 1, webhookStatus: "SUCCEEDED" });
  });

  test.each([500, 502, 503, 504])("%d: once more 2 s later, and no third time", (status) => {
    const again = answered(status);
    expect(again).toEqual({ ...done, webhookAttempts: 1, dueAt: NOW + 2_000 });
    expect(answered(status, again)).toMatchObject({ status: "WEBHOOK_FAILED", webhookStatus: "FAILED" });
  });

  test.each([199, 300, 307, 400, 404, 429, 499, 501, 505])("%d: failed at once", (status) => {
    const failed = { webhookAttempts: 1, webhookStatus: "FAILED", status: "WEBHOOK_FAILED" };
    expect(answered(status)).toMatchObject(failed);
  });

  test.each(["timeout", "network"] as const)("%s: failed at once", (kind) => {
    expect(afterWebhook(done, { kind }, NOW)).toMatchObject({ webhookStatus: "FAILED" });
  });

  test("a prediction that failed stays FAILED", () => {
    const failed = inProgress({ status: "FAILED" });
    expect(answered(404, failed)).toMatchObject({ status: "FAILED", webhookStatus: "FAILED" });
  });

  test("a chain's result names the chain, a model's the model", () => {
    const told = (kind: "chain" | "model"): unknown =>
      JSON.parse(resultBody({ id: "r1", kind, ownerId: "own", deploymentId: "dep" }, 1, [], NOW));
    expect(told("chain")).toMatchObject({ chain_id: "own" });
    expect(told("chain")).not.toHaveProperty("model_id");
    expect(told("model")).toMatchObject({ model_id: "own" });
    expect(told("model")).not.toHaveProperty("chain_id");
  });
});
