import { describe, expect, test } from "vitest";
import { chat } from "../support/chat.js";
import { Receiver } from "./receiver.js";
import { attemptsOf, onlyDelivery, SECRET, startWith } from "./support.js";
import { verify } from "./verify.js";

describe("redrive", () => {
  test("delivers with the same idempotencyKey, request id and body", async () => {
    await using receiver = await Receiver.start([404, 200]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.clock.advance("1h");
    const dead = await onlyDelivery(gateway);
    const redriven = await gateway.webhooks.redrive(dead.id);
    expect(redriven).toMatchObject({ id: dead.id, state: "delivered", reason: null, events: dead.events });
    expect(attemptsOf(redriven)).toEqual([
      [0, 404],
      [3600, 200],
    ]);
    const [first, second] = receiver.received;
    expect(second?.raw).toEqual(first?.raw);
    expect(second?.requestId).toBe(first?.requestId);
    expect(await gateway.webhooks.deadLetters()).toEqual([]);
  });

  test("has 15 s of its own, and can end as a dead letter again", async () => {
    await using receiver = await Receiver.start([500]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.clock.advance("60s");
    const [dead] = await gateway.webhooks.deadLetters();
    expect(await gateway.webhooks.redrive(dead?.id ?? "")).toMatchObject({ state: "pending" });
    await gateway.clock.advance("60s");
    const again = await onlyDelivery(gateway);
    expect(again.state).toBe("dead");
    expect(attemptsOf(again).map(([at]) => at)).toEqual([0, 1, 3, 7, 12, 60, 61, 63, 67, 72]);
  });

  test("of a wrongly signed one is signed properly", async () => {
    await using receiver = await Receiver.start(({ raw, signature }) =>
      verify(raw, signature, SECRET) ? 200 : 401,
    );
    const fault = { match: {}, times: 1, fault: { webhook: { bad_signature: true } } };
    await using gateway = await startWith(receiver, { top: { faults: [fault] } });
    await chat(gateway);
    await gateway.webhooks.idle();
    const [dead] = await gateway.webhooks.deadLetters();
    expect(await gateway.webhooks.redrive(dead?.id ?? "")).toMatchObject({ state: "delivered" });
  });

  test("goes to the webhook of now", async () => {
    await using wrong = await Receiver.start([404]);
    await using right = await Receiver.start();
    await using gateway = await startWith(wrong);
    await chat(gateway);
    await gateway.webhooks.idle();
    const workspace = { name: "acme", webhook: { url: right.url, secrets: [SECRET] } };
    await gateway.seed({ workspaces: [workspace] });
    const [dead] = await gateway.webhooks.deadLetters();
    expect(await gateway.webhooks.redrive(dead?.id ?? "")).toMatchObject({
      state: "delivered",
      url: right.url,
    });
    expect(right.events).toEqual(wrong.events);
  });

  test("of all sends every dead letter once, at most webhook_concurrency at a time", async () => {
    await using receiver = await Receiver.start([400]);
    await using gateway = await startWith(receiver, { settings: { webhook_concurrency: 3 } });
    for (let at = 0; at < 20; at++) await chat(gateway, { metadata: { at } });
    await gateway.webhooks.idle();
    expect(await gateway.webhooks.deadLetters()).toHaveLength(20);
    receiver.received.length = 0;
    receiver.behaviour = () => 200;
    expect(await gateway.webhooks.redriveAll()).toBe(20);
    await gateway.webhooks.idle();
    expect(new Set(receiver.events.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(20);
    expect(receiver.received).toHaveLength(20);
    expect(receiver.mostAtOnce).toBeLessThanOrEqual(3);
    expect(await gateway.webhooks.deadLetters()).toEqual([]);
    expect(await gateway.webhooks.redriveAll()).toBe(0);
  });

  test("of what is no dead letter is refused", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.webhooks.idle();
    const { id } = await onlyDelivery(gateway);
    await expect(gateway.webhooks.redrive(id)).rejects.toThrow(
      `Delivery ${id} is delivered, not a dead letter.`,
    );
    await expect(gateway.webhooks.redrive("nothing")).rejects.toThrow("Delivery nothing not found.");
  });
});
