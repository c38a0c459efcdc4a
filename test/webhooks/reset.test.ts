import { describe, expect, test } from "vitest";
import { chat } from "../support/chat.js";
import { Receiver } from "./receiver.js";
import { onlyDelivery, startWith } from "./support.js";

describe("a reset in the middle of a delivery", () => {
  test("ends the attempt; what the receiver answers then is not written down", async () => {
    let answer = () => {};
    await using receiver = await Receiver.start(
      () =>
        new Promise((resolve) => {
          answer = () => resolve(200);
        }),
    );
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await receiver.arrived(1);
    await gateway.reset();
    await receiver.givenUp(1);
    answer();
    await gateway.clock.advance("1h");
    expect(receiver.received).toHaveLength(1);
    expect(await gateway.webhooks.deliveries()).toEqual([]);
    expect(await gateway.billing.events()).toEqual([]);
  });

  test("nothing that waited is sent: retries, events held back", async () => {
    await using receiver = await Receiver.start([500]);
    const fault = { match: {}, after: 3, fault: { webhook: { out_of_order: true } } };
    await using gateway = await startWith(receiver, { top: { faults: [fault] } });
    for (let at = 0; at < 4; at++) await chat(gateway, { metadata: { at } });
    await gateway.webhooks.idle();
    expect(receiver.received).toHaveLength(3);
    await gateway.reset();
    await gateway.clock.advance("1h");
    expect(receiver.received).toHaveLength(3);
    expect(await gateway.billing.reconcile()).toEqual([]);
  });

  test("nor is a retry that is due, or a new event, behind attempts that take every slot", async () => {
    await using receiver = await Receiver.start([500, "hang"]);
    await using gateway = await startWith(receiver, { settings: { webhook_concurrency: 1 } });
    for (let at = 0; at < 3; at++) await chat(gateway, { metadata: { at } });
    await receiver.arrived(2);
    await gateway.clock.advance("1s");
    await gateway.reset();
    await gateway.clock.advance("1h");
    expect(receiver.received).toHaveLength(2);
  });

  test("the new world delivers as if there had been no other, with ids as before (X-22)", async () => {
    await using receiver = await Receiver.start(["hang", 200]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await receiver.arrived(1);
    await gateway.reset();
    await chat(gateway);
    await gateway.webhooks.idle();
    const [before, after] = receiver.received;
    expect(after?.raw).toEqual(before?.raw);
    expect(after?.requestId).toBe(before?.requestId);
    expect(await gateway.webhooks.deliveries()).toMatchObject([
      { state: "delivered", attempts: [{ number: 1 }] },
    ]);
  });

  test("a retry that waited for resuming is forgotten: it hurries no delivery of the new world", async () => {
    await using receiver = await Receiver.start([500]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.webhooks.idle();
    await gateway.webhooks.pause();
    await gateway.clock.advance("5s");
    await gateway.reset();
    await chat(gateway);
    await gateway.webhooks.idle();
    await gateway.webhooks.pause();
    await gateway.webhooks.resume();
    await gateway.webhooks.idle();
    expect(await onlyDelivery(gateway)).toMatchObject({ attempts: [{ status: 500 }], state: "pending" });
    expect(receiver.received).toHaveLength(2);
  });

  test("who waits for quiet is told", async () => {
    await using receiver = await Receiver.start(["hang"]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await receiver.arrived(1);
    let told = false;
    void gateway.webhooks.idle().then(() => {
      told = true;
    });
    expect(await gateway.webhooks.deliveries()).toHaveLength(1);
    expect(told).toBe(false);
    await gateway.reset();
    // A further answer of the emulator: by then the one about quiet is long there.
    expect(await gateway.webhooks.deliveries()).toEqual([]);
    expect(told).toBe(true);
  });

  test("a redrive that the reset cuts off comes to its end", async () => {
    await using receiver = await Receiver.start([400, "hang"]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.webhooks.idle();
    const [dead] = await gateway.webhooks.deadLetters();
    const redriven = gateway.webhooks.redrive(dead?.id ?? "");
    await receiver.arrived(2);
    await gateway.reset();
    expect(await redriven).toMatchObject({ id: dead?.id });
    expect(await gateway.webhooks.deliveries()).toEqual([]);
  });
});
