import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { chat } from "../support/chat.js";
import { temporaryFolder } from "../support/cli.js";
import { type Behaviour, Receiver } from "./receiver.js";
import { startWith, webhookSeed } from "./support.js";

const numbers = (receiver: Receiver) => receiver.events.map(({ requestMetadata }) => requestMetadata?.at);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** Fails the events below `bad`, while it is told to. */
function failing(bad: number): { behaviour: Behaviour; down: boolean } {
  const state: { behaviour: Behaviour; down: boolean } = {
    down: true,
    behaviour: ({ events }) => (state.down && Number(events[0]?.requestMetadata?.at) < bad ? 500 : 200),
  };
  return state;
}

describe("a delivery that waits holds no slot (W-10, Y-78)", () => {
  test("while 8 events wait for their retry, 50 good ones are delivered", async () => {
    const { behaviour } = failing(8);
    await using receiver = await Receiver.start(behaviour);
    await using gateway = await startWith(receiver);
    for (let at = 0; at < 58; at++) await chat(gateway, { metadata: { at } });
    await gateway.webhooks.idle();
    expect(numbers(receiver).sort((a, b) => Number(a) - Number(b))).toEqual(range(0, 58));
    const states = (await gateway.webhooks.deliveries()).map(({ state }) => state);
    expect(states).toEqual([...Array(8).fill("pending"), ...Array(50).fill("delivered")]);
  });

  test("retries that are due together keep to webhook_concurrency, oldest first", async () => {
    const receiving = failing(20);
    await using receiver = await Receiver.start(receiving.behaviour);
    await using gateway = await startWith(receiver, { settings: { webhook_concurrency: 1 } });
    for (let at = 0; at < 20; at++) await chat(gateway, { metadata: { at } });
    await gateway.webhooks.idle();
    receiving.down = false;
    await gateway.clock.advance("1s");
    expect(numbers(receiver)).toEqual([...range(0, 20), ...range(0, 20)]);
    expect(receiver.mostAtOnce).toBe(1);
  });

  test("a retry that is due takes the next free slot, before new events", async () => {
    let release = () => {};
    await using receiver = await Receiver.start((_, number) => {
      if (number === 0) return 500;
      if (number > 1) return 200;
      return new Promise((resolve) => {
        release = () => resolve(200);
      });
    });
    await using gateway = await startWith(receiver, { settings: { webhook_concurrency: 1 } });
    for (let at = 0; at < 4; at++) await chat(gateway, { metadata: { at } });
    await receiver.arrived(2);
    await gateway.clock.advance("1s");
    expect(numbers(receiver)).toEqual([0, 1]);
    release();
    await gateway.webhooks.idle();
    expect(numbers(receiver)).toEqual([0, 1, 0, 2, 3]);
  });

  test("nor does one that a fault delays", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver, {
      settings: { webhook_concurrency: 1 },
      top: { faults: [{ match: {}, times: 1, fault: { webhook: { delay: "20s" } } }] },
    });
    for (let at = 0; at < 3; at++) await chat(gateway, { metadata: { at } });
    await gateway.webhooks.idle();
    expect(numbers(receiver)).toEqual([1, 2]);
    await gateway.clock.advance("20s");
    expect(numbers(receiver)).toEqual([1, 2, 0]);
  });

  test("a restart goes on with all of them, each by its own schedule", async () => {
    await using folder = await temporaryFolder();
    const receiving = failing(8);
    await using receiver = await Receiver.start(receiving.behaviour);
    const options = {
      state: `${folder.path}/state.db`,
      seed: webhookSeed(receiver.url, { settings: { webhook_concurrency: 2 } }),
    };
    {
      await using gateway = await startGatewayEmulator(options);
      for (let at = 0; at < 10; at++) await chat(gateway, { metadata: { at } });
      await gateway.webhooks.idle();
    }
    receiving.down = false;
    await using gateway = await startGatewayEmulator(options);
    await chat(gateway, { metadata: { at: 10 } });
    await gateway.webhooks.idle();
    expect(numbers(receiver)).toHaveLength(11);
    await gateway.clock.advance("1s");
    expect(numbers(receiver).slice(11)).toEqual(range(0, 8));
    expect(await gateway.billing.reconcile()).toEqual([]);
  });

  test("so does a snapshot", async () => {
    const receiving = failing(8);
    await using receiver = await Receiver.start(receiving.behaviour);
    await using gateway = await startWith(receiver, { settings: { webhook_concurrency: 2 } });
    for (let at = 0; at < 10; at++) await chat(gateway, { metadata: { at } });
    await gateway.webhooks.idle();
    const { name } = await gateway.snapshot();
    await gateway.clock.advance("60s");
    const before = receiver.received.length;
    receiving.down = false;
    await gateway.restore(name);
    await gateway.webhooks.idle();
    expect(receiver.received).toHaveLength(before);
    await gateway.clock.advance("1s");
    expect(numbers(receiver).slice(before)).toEqual(range(0, 8));
  });
});
