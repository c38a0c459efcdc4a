import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { chat } from "../support/chat.js";
import { temporaryFolder } from "../support/cli.js";
import { Receiver } from "./receiver.js";
import { attemptsOf, onlyDelivery, webhookSeed } from "./support.js";

/** Two lives on one state file. */
async function twoLives(
  receiver: Receiver,
  settings: object,
  first: (gateway: GatewayEmulator) => Promise<void>,
  second: (gateway: GatewayEmulator) => Promise<void>,
): Promise<void> {
  await using folder = await temporaryFolder();
  const options = { state: `${folder.path}/state.db`, seed: webhookSeed(receiver.url, { settings }) };
  for (const life of [first, second]) {
    await using gateway = await startGatewayEmulator(options);
    await life(gateway);
  }
}

describe("W-8: a restart", () => {
  test("sends what had not been sent, with the same ids, and nothing twice", async () => {
    await using receiver = await Receiver.start();
    let recorded: string[] = [];
    await twoLives(
      receiver,
      { webhook_concurrency: 1 },
      async (gateway) => {
        for (let at = 0; at < 3; at++) await chat(gateway, { metadata: { at } });
        await gateway.webhooks.idle();
        await gateway.webhooks.pause();
        for (let at = 3; at < 6; at++) await chat(gateway, { metadata: { at } });
        recorded = (await gateway.billing.events()).map(({ event }) => event.idempotencyKey);
      },
      async (gateway) => {
        // A pause is part of the state.
        await gateway.webhooks.idle();
        expect(receiver.received).toHaveLength(3);
        await gateway.webhooks.resume();
        await gateway.webhooks.idle();
        expect(receiver.events.map(({ idempotencyKey }) => idempotencyKey)).toEqual(recorded);
        expect(await gateway.billing.reconcile()).toEqual([]);
      },
    );
  });

  test("goes on with a delivery between two attempts, by its own schedule", async () => {
    await using receiver = await Receiver.start([500, 500, 200]);
    await twoLives(
      receiver,
      {},
      async (gateway) => {
        await chat(gateway);
        await gateway.clock.advance("1s");
      },
      async (gateway) => {
        await gateway.webhooks.idle();
        expect(receiver.received).toHaveLength(2);
        await gateway.clock.advance("2s");
        expect(attemptsOf(await onlyDelivery(gateway))).toEqual([
          [0, 500],
          [1, 500],
          [3, 200],
        ]);
        expect(new Set(receiver.received.map(({ requestId }) => requestId)).size).toBe(1);
      },
    );
  });

  test("an attempt that was cut off by the stop is made again", async () => {
    await using receiver = await Receiver.start(["hang", 200]);
    await twoLives(
      receiver,
      {},
      async (gateway) => {
        await chat(gateway);
        await receiver.arrived(1);
      },
      async (gateway) => {
        await gateway.webhooks.idle();
        expect(await onlyDelivery(gateway)).toMatchObject({ state: "delivered", attempts: [{ number: 1 }] });
        const [cut, whole] = receiver.received;
        expect(whole?.raw).toEqual(cut?.raw);
        expect(whole?.requestId).toBe(cut?.requestId);
      },
    );
  });

  test("keeps at most webhook_concurrency in flight, also with many pending", async () => {
    await using receiver = await Receiver.start([400]);
    await twoLives(
      receiver,
      { webhook_concurrency: 2 },
      async (gateway) => {
        for (let at = 0; at < 10; at++) await chat(gateway, { metadata: { at } });
        await gateway.webhooks.idle();
        await gateway.webhooks.pause();
        await gateway.webhooks.redriveAll();
      },
      async (gateway) => {
        receiver.received.length = 0;
        receiver.mostAtOnce = 0;
        receiver.behaviour = () => 200;
        await gateway.webhooks.resume();
        await gateway.webhooks.idle();
        expect(receiver.events.map(({ requestMetadata }) => requestMetadata?.at).sort()).toEqual([
          0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
        ]);
        expect(receiver.mostAtOnce).toBeLessThanOrEqual(2);
      },
    );
  });

  test("an event that a fault held back is sent after it", async () => {
    await using receiver = await Receiver.start();
    await twoLives(
      receiver,
      {},
      async (gateway) => {
        await gateway.seed({ faults: [{ match: {}, times: 1, fault: { webhook: { out_of_order: true } } }] });
        await chat(gateway);
        await gateway.webhooks.idle();
        expect(receiver.received).toEqual([]);
      },
      async (gateway) => {
        await gateway.webhooks.idle();
        expect(receiver.received).toHaveLength(1);
        expect(await gateway.billing.reconcile()).toEqual([]);
      },
    );
  });
});
