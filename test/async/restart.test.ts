import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { temporaryFolder } from "../support/cli.js";
import { ResultReceiver } from "./receiver.js";
import { asyncSeed, MODEL, onHost, settled, statusOf, submitted } from "./support.js";

/** Two lives on one state file. */
async function twoLives(
  first: (gateway: GatewayEmulator) => Promise<void>,
  second: (gateway: GatewayEmulator) => Promise<void>,
): Promise<void> {
  await using folder = await temporaryFolder();
  for (const life of [first, second]) {
    await using gateway = await startGatewayEmulator({ state: `${folder.path}/state.db`, seed: asyncSeed() });
    await life(gateway);
  }
}

describe("Y-31: a restart", () => {
  test("what was in progress runs again, what was queued goes on behind it, in the same order", async () => {
    await using receiver = await ResultReceiver.start();
    const ids: string[] = [];
    await twoLives(
      async (gateway) => {
        for (const priority of [1, 2, 0]) {
          ids.push(await submitted(gateway, "slow", { priority, webhook_endpoint: receiver.url }));
        }
        await gateway.clock.advance("59s");
      },
      async (gateway) => {
        const queue = await onHost(gateway, `model-${MODEL}`, "GET", "/production/async_queue_status");
        expect(queue.body).toMatchObject({ num_queued_requests: 2, num_in_progress_requests: 1 });
        // From its beginning: the second that was left is 60 again.
        await gateway.clock.advance(59_999);
        expect(receiver.received).toEqual([]);
        await gateway.clock.advance("3m");
        const [one, two, three] = ids;
        expect(receiver.received.map(({ body }) => body.request_id)).toEqual([one, three, two]);
        for (const id of ids) expect(await settled(gateway, id)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
      },
    );
  });

  test("an attempt that was waiting is made at its time, and counts those before", async () => {
    let id = "";
    await twoLives(
      async (gateway) => {
        id = await submitted(gateway, "crash");
        await gateway.clock.advance("1s");
      },
      async (gateway) => {
        expect(await gateway.clock.advance(1_999)).toEqual([]);
        expect(await gateway.clock.advance("1m")).toMatchObject([
          { job: `async prediction ${id}, attempt 3` },
        ]);
        expect((await settled(gateway, id))[0]).toBe("FAILED");
      },
    );
  });

  test("a queue that waits for its deployment to start up goes on when that is up", async () => {
    let id = "";
    await twoLives(
      async (gateway) => {
        id = await submitted(gateway, "echo", {}, "/deployment/asleep");
        await gateway.clock.advance("20s");
      },
      async (gateway) => {
        await gateway.clock.advance(9_999);
        expect((await settled(gateway, id))[0]).toBe("QUEUED");
        await gateway.clock.advance(1);
        expect((await settled(gateway, id))[0]).toBe("SUCCEEDED");
      },
    );
  });

  test("patience in the queue is not begun anew", async () => {
    let id = "";
    await twoLives(
      async (gateway) => {
        await submitted(gateway, "never");
        id = await submitted(gateway, "slow", { max_time_in_queue_seconds: 30 });
        await gateway.clock.advance("20s");
      },
      async (gateway) => {
        await gateway.clock.advance("10s");
        expect((await settled(gateway, id))[0]).toBe("EXPIRED");
      },
    );
  });

  test("a webhook that was due is told, between two attempts by its own schedule", async () => {
    await using receiver = await ResultReceiver.start([503, 200]);
    let id = "";
    await twoLives(
      async (gateway) => {
        id = await submitted(gateway, "echo", { webhook_endpoint: receiver.url });
        expect(await settled(gateway, id)).toEqual(["SUCCEEDED", "PENDING"]);
      },
      async (gateway) => {
        expect(await gateway.clock.advance("1s")).toEqual([]);
        expect(receiver.received).toHaveLength(1);
        await gateway.clock.advance("1s");
        expect(await settled(gateway, id)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
        expect(receiver.received.map(({ raw }) => raw)).toEqual([
          receiver.received[0]?.raw,
          receiver.received[0]?.raw,
        ]);
      },
    );
  });

  test("an attempt at a webhook that was cut off by the stop is made again", async () => {
    await using receiver = await ResultReceiver.start(["hang", 200]);
    let id = "";
    await twoLives(
      async (gateway) => {
        id = await submitted(gateway, "echo", { webhook_endpoint: receiver.url });
        await receiver.arrived(1);
      },
      async (gateway) => {
        expect(await settled(gateway, id)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
        expect(receiver.received).toHaveLength(2);
      },
    );
  });

  test("what was completed can still be asked for, until its hour is over", async () => {
    let id = "";
    await twoLives(
      async (gateway) => {
        id = await submitted(gateway, "echo");
        await gateway.clock.advance("59m");
      },
      async (gateway) => {
        expect((await statusOf(gateway, id)).status).toBe(200);
        await gateway.clock.advance("1m");
        expect((await statusOf(gateway, id)).status).toBe(404);
      },
    );
  });
});

describe("a snapshot", () => {
  test("holds the queue; restored, it goes on from there", async () => {
    await using gateway = await startGatewayEmulator({ seed: asyncSeed() });
    const first = await submitted(gateway, "slow");
    const second = await submitted(gateway, "slow");
    await gateway.clock.advance(0);
    const snapshot = await gateway.snapshot();
    for (let round = 0; round < 2; round++) {
      await gateway.clock.advance("60s");
      expect([(await settled(gateway, first))[0], (await settled(gateway, second))[0]]).toEqual([
        "SUCCEEDED",
        "IN_PROGRESS",
      ]);
      await gateway.restore(snapshot);
    }
  });
});
