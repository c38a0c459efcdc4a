import { describe, expect, test } from "vitest";
import { chat } from "../support/chat.js";
import { Receiver } from "./receiver.js";
import { startWith } from "./support.js";

const numbers = (receiver: Receiver) => receiver.events.map(({ requestMetadata }) => requestMetadata?.at);

describe("W-10: order and concurrency", () => {
  test("with webhook_concurrency 1 events arrive in order of completion, one at a time", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver, { settings: { webhook_concurrency: 1 } });
    for (let at = 0; at < 20; at++) await chat(gateway, { metadata: { at } });
    await gateway.webhooks.idle();
    expect(numbers(receiver)).toEqual(Array.from({ length: 20 }, (_, at) => at));
    expect(receiver.mostAtOnce).toBe(1);
  });

  test("at most eight are in flight, unless told otherwise", async () => {
    let open = () => {};
    const enough = new Promise<void>((resolve) => {
      open = resolve;
    });
    await using receiver = await Receiver.start(async (_, number) => {
      if (number === 7) setImmediate(() => open());
      await enough;
      return 200;
    });
    await using gateway = await startWith(receiver);
    await gateway.webhooks.pause();
    for (let at = 0; at < 30; at++) await chat(gateway, { metadata: { at } });
    await gateway.webhooks.resume();
    await gateway.webhooks.idle();
    expect(receiver.mostAtOnce).toBe(8);
    expect(new Set(numbers(receiver)).size).toBe(30);
    const made = await gateway.webhooks.deliveries();
    expect(made.map(({ events }) => events[0]?.requestMetadata?.at)).toEqual(
      Array.from({ length: 30 }, (_, at) => at),
    );
  });

  test("one that waits for its retry makes room for the next, whose order stays", async () => {
    await using receiver = await Receiver.start([500, 200]);
    await using gateway = await startWith(receiver, { settings: { webhook_concurrency: 1 } });
    for (let at = 0; at < 3; at++) await chat(gateway, { metadata: { at } });
    await gateway.webhooks.idle();
    expect(numbers(receiver)).toEqual([0, 1, 2]);
    await gateway.clock.advance("1s");
    expect(numbers(receiver)).toEqual([0, 1, 2, 0]);
    expect(receiver.mostAtOnce).toBe(1);
  });

  test("a dead letter makes room for the next", async () => {
    await using receiver = await Receiver.start(({ events }) =>
      events[0]?.requestMetadata?.at === 0 ? 404 : 200,
    );
    await using gateway = await startWith(receiver, { settings: { webhook_concurrency: 1 } });
    for (let at = 0; at < 3; at++) await chat(gateway, { metadata: { at } });
    await gateway.webhooks.idle();
    expect(numbers(receiver)).toEqual([0, 1, 2]);
    expect((await gateway.webhooks.deliveries()).map(({ state }) => state)).toEqual([
      "dead",
      "delivered",
      "delivered",
    ]);
  });

  test("a workspace whose receiver hangs does not hold up another's", async () => {
    await using hanging = await Receiver.start(["hang"]);
    await using working = await Receiver.start();
    await using gateway = await startWith(hanging, { settings: { webhook_concurrency: 1 } });
    await gateway.seed({
      workspaces: [
        {
          name: "zeta",
          webhook: { url: working.url, secrets: ["whsec_zeta"] },
          endpoints: [{ slug: "zeta/llama", targets: [{ provider: "BASETEN", model_id: "3kZ9xqd" }] }],
          groups: [
            {
              external_entity_id: "zeta-org",
              models: [{ slug: "zeta/llama" }],
              keys: [{ name: "zeta", key: "sky_zeta00000001.local-secret" }],
            },
          ],
        },
      ],
    });
    for (let at = 0; at < 3; at++) {
      await chat(gateway, { metadata: { at } });
      await chat(gateway, { model: "zeta/llama", metadata: { at } }, { key: gateway.keys.zeta ?? null });
    }
    await working.arrived(3);
    expect(numbers(working)).toEqual([0, 1, 2]);
    expect(numbers(hanging)).toEqual([0]);
  });
});
