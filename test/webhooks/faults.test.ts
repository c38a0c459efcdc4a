import { describe, expect, test } from "vitest";
import { chat } from "../support/chat.js";
import { call } from "../support/client.js";
import { Receiver } from "./receiver.js";
import { attemptsOf, NOON, onlyDelivery, SECRET, startWith } from "./support.js";
import { verify } from "./verify.js";

/** A world whose webhook has this flaw, for requests with `metadata.flawed` only. */
function flawed(receiver: Receiver, webhook: object, settings: object = {}) {
  const fault = { match: { metadata: { flawed: "yes" } }, fault: { webhook } };
  return startWith(receiver, { top: { faults: [fault] }, settings: { webhook_concurrency: 1, ...settings } });
}

const FLAWED = { metadata: { flawed: "yes" } };
const shape = (receiver: Receiver) =>
  receiver.received.map(({ events }) => events.map(({ requestMetadata }) => requestMetadata?.at ?? "flawed"));
const plain = (at: number) => ({ metadata: { at } });

describe("what a fault does to a billing event", () => {
  test("duplicate: two deliveries with ids of their own, one idempotencyKey", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await flawed(receiver, { duplicate: true });
    await chat(gateway, FLAWED);
    await chat(gateway, plain(1));
    await gateway.webhooks.idle();
    expect(shape(receiver)).toEqual([["flawed"], ["flawed"], [1]]);
    expect(receiver.received[0]?.raw).toEqual(receiver.received[1]?.raw);
    expect(receiver.received[0]?.requestId).not.toBe(receiver.received[1]?.requestId);
    expect(receiver.mostAtOnce).toBe(1);
    expect((await gateway.billing.events()).map(({ state }) => state)).toEqual(["delivered", "delivered"]);
    expect(await gateway.billing.reconcile()).toEqual([]);
  });

  test.each([
    [[404, 200], "delivered"],
    [[200, 404], "delivered"],
    [[404, 500], "pending"],
    [[500, 404], "pending"],
    [[404, 404], "dead"],
  ])(
    "duplicate, answered with %j: the event is %s, as far as the further of the two",
    async (says, state) => {
      await using receiver = await Receiver.start(says);
      await using gateway = await flawed(receiver, { duplicate: true }, { webhook_concurrency: 2 });
      await chat(gateway, FLAWED);
      await gateway.webhooks.idle();
      expect(receiver.received).toHaveLength(2);
      expect((await gateway.billing.events()).map((event) => event.state)).toEqual([state]);
    },
  );

  test("out_of_order: after the event that follows it", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await flawed(receiver, { out_of_order: true });
    await chat(gateway, FLAWED);
    await gateway.webhooks.idle();
    expect(shape(receiver)).toEqual([]);
    expect((await gateway.billing.events())[0]?.state).toBe("waiting");
    await gateway.clock.advance("10s");
    await chat(gateway, plain(1));
    await chat(gateway, plain(2));
    await gateway.webhooks.idle();
    expect(shape(receiver)).toEqual([[1], ["flawed"], [2]]);
    expect(receiver.events[1]?.timestamp).toBe("2026-06-17T12:00:00.000Z");
    expect(await gateway.billing.reconcile()).toEqual([]);
  });

  test("bad_signature: nothing that the secret made", async () => {
    await using receiver = await Receiver.start(({ raw, signature }) =>
      verify(raw, signature, SECRET) ? 200 : 401,
    );
    await using gateway = await flawed(receiver, { bad_signature: true });
    await chat(gateway, FLAWED);
    await chat(gateway, plain(1));
    await gateway.webhooks.idle();
    expect(receiver.received[0]?.signature).toMatch(/^v1=[0-9a-f]{64}$/);
    expect((await gateway.webhooks.deliveries()).map(({ state }) => state)).toEqual(["dead", "delivered"]);
  });

  test("stale_timestamp: a day back, and signed as it stands", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await flawed(receiver, { stale_timestamp: true });
    await chat(gateway, FLAWED);
    await gateway.webhooks.idle();
    const [received] = receiver.received;
    expect(received?.events[0]?.timestamp).toBe("2026-06-16T12:00:00.000Z");
    expect(verify(received?.raw ?? Buffer.alloc(0), received?.signature ?? "", SECRET)).toBe(true);
    expect((await gateway.billing.events())[0]?.event.timestamp).toBe("2026-06-17T12:00:00.000Z");
  });

  test("delay: the first attempt comes later, and the 15 s begin with it (W-5)", async () => {
    await using receiver = await Receiver.start([500]);
    await using gateway = await flawed(receiver, { delay: "20s" });
    await chat(gateway, FLAWED);
    await gateway.webhooks.idle();
    expect(await onlyDelivery(gateway)).toMatchObject({ state: "pending", nextAttemptAt: NOON + 20_000 });
    await gateway.clock.advance("19999ms");
    expect(receiver.received).toEqual([]);
    await gateway.clock.advance("60s");
    expect(attemptsOf(await onlyDelivery(gateway)).map(([at]) => at)).toEqual([20, 21, 23, 27, 32]);
  });

  test("batch: in one body with the event that follows", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await flawed(receiver, { batch: true });
    await chat(gateway, FLAWED);
    await chat(gateway, plain(1));
    await chat(gateway, plain(2));
    await gateway.webhooks.idle();
    expect(shape(receiver)).toEqual([["flawed", 1], [2]]);
    expect(await gateway.billing.reconcile()).toEqual([]);
  });

  test("it meets its event also in the middle of a batch, and no other", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await flawed(receiver, { duplicate: true }, { webhook_batch: 10 });
    await gateway.webhooks.pause();
    for (const body of [plain(0), plain(1), FLAWED, plain(2), plain(3)]) await chat(gateway, body);
    await gateway.webhooks.resume();
    await gateway.webhooks.idle();
    expect(shape(receiver)).toEqual([[0, 1], ["flawed"], ["flawed"], [2, 3]]);
    const faults = await call(gateway, "GET", "/_emulator/faults", { key: null });
    expect(faults.body.items).toMatchObject([{ matched: 1, struck: 1 }]);
  });

  test("it meets its event also as the second of a batch", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await flawed(receiver, { duplicate: true }, { webhook_batch: 10 });
    await gateway.webhooks.pause();
    for (const body of [plain(0), FLAWED, plain(1)]) await chat(gateway, body);
    await gateway.webhooks.resume();
    await gateway.webhooks.idle();
    expect(shape(receiver)).toEqual([[0], ["flawed"], ["flawed"], [1]]);
  });

  test("times and after count events; the answers themselves are untouched", async () => {
    await using receiver = await Receiver.start();
    const fault = { match: {}, after: 1, times: 1, fault: { webhook: { duplicate: true } } };
    await using gateway = await startWith(receiver, { top: { faults: [fault] } });
    for (let at = 0; at < 3; at++) expect((await chat(gateway, plain(at))).status).toBe(200);
    await gateway.webhooks.idle();
    expect(shape(receiver).flat().sort()).toEqual([0, 1, 1, 2]);
  });

  test("a fault of answers leaves events alone", async () => {
    await using receiver = await Receiver.start();
    const fault = { match: {}, times: 1, fault: { status: 503, body: "busy" } };
    await using gateway = await startWith(receiver, { top: { faults: [fault] } });
    expect((await chat(gateway)).status).toBe(503);
    expect((await chat(gateway, plain(1))).status).toBe(200);
    await gateway.webhooks.idle();
    expect(shape(receiver)).toEqual([[1]]);
  });
});
