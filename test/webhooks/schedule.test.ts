import { describe, expect, test } from "vitest";
import { chat } from "../support/chat.js";
import { Receiver } from "./receiver.js";
import { attemptsOf, NOON, onlyDelivery, startWith } from "./support.js";

describe("W-5: in virtual time", () => {
  test("500, 500, 200 is three attempts at 0, 1 and 3 s", async () => {
    await using receiver = await Receiver.start([500, 500, 200]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.clock.advance("60s");
    const delivery = await onlyDelivery(gateway);
    expect(attemptsOf(delivery)).toEqual([
      [0, 500],
      [1, 500],
      [3, 200],
    ]);
    expect(delivery).toMatchObject({ state: "delivered", reason: null, nextAttemptAt: null });
    expect(receiver.received).toHaveLength(3);
    expect(new Set(receiver.received.map(({ requestId }) => requestId))).toEqual(new Set([delivery.id]));
    expect(new Set(receiver.received.map(({ raw }) => raw.toString())).size).toBe(1);
  });

  test("all failing stops within 15 s: 0, 1, 3, 7 and 12 s, then a dead letter for good", async () => {
    await using receiver = await Receiver.start([500]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.clock.advance("12s");
    const delivery = await onlyDelivery(gateway);
    expect(attemptsOf(delivery).map(([at]) => at)).toEqual([0, 1, 3, 7, 12]);
    expect(delivery).toMatchObject({
      state: "dead",
      reason: "no attempt succeeded, and the next would begin more than 15 s after the first",
    });
    await gateway.clock.advance("24h");
    expect(receiver.received).toHaveLength(5);
    expect(await gateway.webhooks.deadLetters()).toEqual([delivery]);
  });

  test.each([
    ["at 15 s is still made", 3_000, [0, 4, 6, 10, 15]],
    ["a millisecond later is not", 3_001, [0, 4.001, 6.001, 10.001]],
  ])("an attempt due %s", async (_, firstTakesMs, attempts) => {
    await using receiver = await Receiver.start([500]);
    await using gateway = await startWith(receiver);
    receiver.behaviour = async (_received, number) => {
      if (number === 0) await gateway.clock.advance(firstTakesMs);
      return 500;
    };
    await chat(gateway);
    await gateway.webhooks.idle();
    await gateway.clock.advance("60s");
    const delivery = await onlyDelivery(gateway);
    expect(attemptsOf(delivery)).toEqual(attempts.map((at) => [at, 500]));
    expect(delivery.state).toBe("dead");
  });

  test("between attempts it is pending, and says when the next one is due", async () => {
    await using receiver = await Receiver.start([503, 200]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.webhooks.idle();
    expect(await onlyDelivery(gateway)).toMatchObject({ state: "pending", nextAttemptAt: NOON + 1_000 });
    await gateway.clock.advance(999);
    expect(receiver.received).toHaveLength(1);
    await gateway.clock.advance(1);
    expect(receiver.received).toHaveLength(2);
  });

  test("a receiver that never answers times out after 10 s; 11 s is its last attempt", async () => {
    await using receiver = await Receiver.start(["hang"]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.clock.advance("30s");
    const delivery = await onlyDelivery(gateway);
    expect(attemptsOf(delivery)).toEqual([
      [0, "no answer within 10 s"],
      [11, "no answer within 10 s"],
    ]);
    expect(delivery.attempts.map(({ durationMs }) => durationMs)).toEqual([10_000, 10_000]);
    expect(delivery.state).toBe("dead");
    await receiver.givenUp(2);
  });

  test("an answer that begins and never ends counts as none", async () => {
    await using receiver = await Receiver.start(["half", 200]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.clock.advance("11s");
    expect(attemptsOf(await onlyDelivery(gateway))).toEqual([
      [0, "no answer within 10 s"],
      [11, 200],
    ]);
  });
});
