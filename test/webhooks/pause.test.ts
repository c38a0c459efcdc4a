import { describe, expect, test } from "vitest";
import { until } from "../scenarios/support.js";
import { chat } from "../support/chat.js";
import { call } from "../support/client.js";
import { Receiver } from "./receiver.js";
import { attemptsOf, onlyDelivery, startWith } from "./support.js";

describe("pause and resume", () => {
  test("while paused answers go out and events wait; resumed, they are sent in order", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver, { settings: { webhook_concurrency: 1 } });
    await gateway.webhooks.pause();
    for (let at = 0; at < 5; at++) expect((await chat(gateway, { metadata: { at } })).status).toBe(200);
    await gateway.clock.advance("1h");
    expect(receiver.received).toEqual([]);
    expect((await gateway.billing.events()).map(({ state }) => state)).toEqual(Array(5).fill("waiting"));
    await gateway.webhooks.resume();
    await gateway.webhooks.idle();
    expect(receiver.events.map(({ requestMetadata }) => requestMetadata?.at)).toEqual([0, 1, 2, 3, 4]);
  });

  test("a retry that falls due while paused is made on resuming", async () => {
    await using receiver = await Receiver.start([500, 200]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.webhooks.idle();
    await gateway.webhooks.pause();
    await gateway.clock.advance("5s");
    expect(receiver.received).toHaveLength(1);
    await gateway.webhooks.resume();
    await gateway.webhooks.idle();
    expect(attemptsOf(await onlyDelivery(gateway))).toEqual([
      [0, 500],
      [5, 200],
    ]);
  });

  test("a retry made on resuming is made once: resuming again does not hurry the next", async () => {
    await using receiver = await Receiver.start([500]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.webhooks.idle();
    await gateway.webhooks.pause();
    await gateway.clock.advance("1s");
    for (const _ of [1, 2, 3]) {
      await gateway.webhooks.resume();
      await gateway.webhooks.idle();
      await gateway.webhooks.pause();
    }
    expect(attemptsOf(await onlyDelivery(gateway))).toEqual([
      [0, 500],
      [1, 500],
    ]);
  });

  test("an attempt that goes on while pausing comes to its end", async () => {
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
    await gateway.webhooks.pause();
    answer();
    await gateway.webhooks.idle();
    expect((await onlyDelivery(gateway)).state).toBe("delivered");
  });

  test("who waits for quiet while the clock runs need not wait for a retry that is held back", async () => {
    await using receiver = await Receiver.start([500]);
    await using gateway = await startWith(receiver);
    await gateway.clock.real();
    await chat(gateway);
    await until(async () => (await gateway.webhooks.deliveries())[0]?.attempts.length === 1);
    let told = false;
    const quiet = gateway.webhooks.idle().then(() => {
      told = true;
    });
    expect((await gateway.webhooks.deliveries())[0]?.state).toBe("pending");
    expect(told).toBe(false);
    await gateway.webhooks.pause();
    await quiet;
    expect((await gateway.webhooks.deliveries())[0]?.state).toBe("pending");
  });

  test("a redrive while paused waits as well", async () => {
    await using receiver = await Receiver.start([400, 200]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.webhooks.idle();
    await gateway.webhooks.pause();
    const { id } = await onlyDelivery(gateway);
    expect(await gateway.webhooks.redrive(id)).toMatchObject({ state: "pending", reason: null });
    expect(receiver.received).toHaveLength(1);
    await gateway.webhooks.resume();
    await gateway.webhooks.idle();
    expect((await onlyDelivery(gateway)).state).toBe("delivered");
  });

  test("a reset ends it", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver);
    await gateway.webhooks.pause();
    await gateway.reset();
    await chat(gateway);
    await gateway.webhooks.idle();
    expect(receiver.received).toHaveLength(1);
  });

  test("over HTTP", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver);
    const post = (path: string) => call(gateway, "POST", `/_emulator/webhooks/${path}`, { key: null });
    expect((await post("pause")).body).toEqual({ paused: true });
    await chat(gateway);
    await gateway.webhooks.idle();
    expect(receiver.received).toEqual([]);
    expect((await post("resume")).body).toEqual({ paused: false });
    await receiver.arrived(1);
  });
});
