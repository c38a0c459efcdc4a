import { describe, expect, test } from "vitest";
import { chat } from "../support/chat.js";
import { Receiver } from "./receiver.js";
import { attemptsOf, onlyDelivery, startWith } from "./support.js";

describe("W-6: what the receiver answers decides", () => {
  test.each([200, 201, 202, 204, 299])("%d is success", async (status) => {
    await using receiver = await Receiver.start([status]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.webhooks.idle();
    expect(await onlyDelivery(gateway)).toMatchObject({ state: "delivered", attempts: [{ status }] });
  });

  test.each([400, 401, 404, 408, 410, 429, 499])("%d ends the delivery at once", async (status) => {
    await using receiver = await Receiver.start([status]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.clock.advance("60s");
    expect(receiver.received).toHaveLength(1);
    expect(await onlyDelivery(gateway)).toMatchObject({
      state: "dead",
      reason: `the receiver answered ${status}, which ends a delivery`,
      attempts: [{ number: 1, status, answer: `status ${status}` }],
    });
  });

  test.each([500, 502, 503, 599])("%d is retried", async (status) => {
    await using receiver = await Receiver.start([status, 200]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.clock.advance("1s");
    expect(attemptsOf(await onlyDelivery(gateway))).toEqual([
      [0, status],
      [1, 200],
    ]);
  });

  test.each([301, 302, 307, 308, 304])("%d is not followed, but retried", async (status) => {
    await using receiver = await Receiver.start([status, 200]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.clock.advance("1s");
    expect(receiver.received.map(({ path }) => path)).toEqual(["/billing", "/billing"]);
    expect(await onlyDelivery(gateway)).toMatchObject({ state: "delivered", attempts: [{ status }, {}] });
  });

  test("a broken connection is retried, and the attempt says what the network said", async () => {
    await using receiver = await Receiver.start(["reset", 200]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.clock.advance("1s");
    const { attempts, state } = await onlyDelivery(gateway);
    expect(state).toBe("delivered");
    expect(attempts[0]).toMatchObject({ status: null, error: expect.stringMatching(/ECONNRESET|hang up/) });
  });

  test("an answer that breaks off in the middle is none, whatever its status; it is retried", async () => {
    await using receiver = await Receiver.start(["torn", 200]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.clock.advance("1s");
    expect(attemptsOf(await onlyDelivery(gateway))).toEqual([
      [0, "aborted"],
      [1, 200],
    ]);
  });

  test("nobody listening is retried to the end of the 15 s", async () => {
    const gone = await Receiver.start();
    await gone[Symbol.asyncDispose]();
    await using gateway = await startWith(gone);
    await chat(gateway);
    await gateway.clock.advance("60s");
    const delivery = await onlyDelivery(gateway);
    expect(delivery.state).toBe("dead");
    expect(attemptsOf(delivery).map(([at]) => at)).toEqual([0, 1, 3, 7, 12]);
    expect(delivery.attempts[0]?.error).toContain("ECONNREFUSED");
  });

  test("of an answer's body the first 500 characters are kept", async () => {
    await using receiver = await Receiver.start([{ status: 200, body: `ö${"x".repeat(100_000)}` }]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.webhooks.idle();
    expect((await onlyDelivery(gateway)).attempts[0]?.answer).toBe(`ö${"x".repeat(499)}`);
  });
});
