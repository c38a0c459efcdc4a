import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { chat } from "../support/chat.js";
import { call } from "../support/client.js";
import { Receiver } from "./receiver.js";
import { startWith } from "./support.js";

const get = (gateway: GatewayEmulator, path: string) =>
  call(gateway, "GET", `/_emulator/webhooks/${path}`, { key: null });
const post = (gateway: GatewayEmulator, path: string, body?: object) =>
  call(gateway, "POST", `/_emulator/webhooks/${path}`, { key: null, ...(body ? { body } : {}) });

describe("the control plane of webhooks", () => {
  test("deliveries: every attempt with time, duration, status or error, and the receiver's words", async () => {
    await using receiver = await Receiver.start(["hang", 200]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await receiver.arrived(1);
    await gateway.clock.advance("11s");
    const { body } = await get(gateway, "deliveries");
    expect(body).toEqual({
      items: [
        {
          id: receiver.received[0]?.requestId,
          state: "delivered",
          reason: null,
          url: receiver.url,
          created_at: "2026-06-17T12:00:00.000Z",
          next_attempt_at: null,
          attempts: [
            {
              number: 1,
              at: "2026-06-17T12:00:00.000Z",
              duration_ms: 10_000,
              status: null,
              error: "no answer within 10 s",
              answer: null,
            },
            {
              number: 2,
              at: "2026-06-17T12:00:11.000Z",
              duration_ms: 0,
              status: 200,
              error: null,
              answer: "status 200",
            },
          ],
          body: { type: "API_BILLING_USAGE", data: { events: receiver.received[0]?.events } },
        },
      ],
      pagination: { has_more: false, cursor: null },
    });
  });

  test("deliveries by state and by event, page by page", async () => {
    await using receiver = await Receiver.start(({ events }) => {
      const at = Number(events[0]?.requestMetadata?.at);
      return at < 3 ? 200 : at < 5 ? 404 : 500;
    });
    await using gateway = await startWith(receiver);
    for (let at = 0; at < 7; at++) await chat(gateway, { metadata: { at } });
    await gateway.webhooks.idle();
    const counted = async (query: string) => (await get(gateway, `deliveries?${query}`)).body.items.length;
    expect(await counted("state=delivered")).toBe(3);
    expect(await counted("state=dead")).toBe(2);
    expect(await counted("state=pending")).toBe(2);
    const [first] = (await get(gateway, "deliveries?limit=1&state=dead")).body.items;
    const { idempotencyKey } = first.body.data.events[0];
    expect((await get(gateway, `deliveries?event=${idempotencyKey}`)).body.items).toEqual([first]);
    expect(await gateway.webhooks.deliveries({ event: idempotencyKey })).toMatchObject([{ id: first.id }]);
    const page = (await get(gateway, "deliveries?limit=4")).body;
    const rest = (await get(gateway, `deliveries?limit=4&cursor=${page.pagination.cursor}`)).body;
    expect([page.items.length, page.pagination.has_more]).toEqual([4, true]);
    expect([rest.items.length, rest.pagination.has_more]).toEqual([3, false]);
    expect((await get(gateway, "deliveries?state=lost")).status).toBe(400);
  });

  test("dead letters: those, and a redrive that answers the delivery", async () => {
    await using receiver = await Receiver.start([200, 404, 200]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.webhooks.idle();
    await chat(gateway);
    await gateway.webhooks.idle();
    const [dead, ...others] = (await get(gateway, "dead-letters")).body.items;
    expect(others).toEqual([]);
    expect(dead).toMatchObject({ state: "dead", reason: "the receiver answered 404, which ends a delivery" });
    const redriven = await post(gateway, `dead-letters/${dead.id}/redrive`);
    expect(redriven.status).toBe(200);
    expect(redriven.body).toMatchObject({ id: dead.id, state: "delivered", body: dead.body });
    expect((await get(gateway, "dead-letters")).body.items).toEqual([]);
    expect((await post(gateway, `dead-letters/${dead.id}/redrive`)).status).toBe(400);
    expect((await post(gateway, "dead-letters/nothing/redrive")).status).toBe(404);
  });

  test("a redrive of all answers how many there are", async () => {
    await using receiver = await Receiver.start([404, 404, 200]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await chat(gateway);
    await gateway.webhooks.idle();
    expect((await post(gateway, "dead-letters/redrive")).text).toBe('{"redriven":2}');
    await gateway.webhooks.idle();
    expect((await get(gateway, "dead-letters")).body.items).toEqual([]);
  });

  test("rotate takes a new secret, and the workspace where there are several", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver);
    expect((await post(gateway, "rotate", { secret: "whsec_new" })).text).toBe('{"ok":true}');
    expect((await post(gateway, "rotate", { workspace: "acme", secret: "whsec_newer" })).status).toBe(200);
    await chat(gateway);
    await receiver.arrived(1);
    expect(receiver.received[0]?.signature.split(",")).toHaveLength(3);
    expect((await post(gateway, "rotate", { workspace: "nobody", secret: "x" })).status).toBe(400);
    expect((await post(gateway, "rotate", { secret: "" })).status).toBe(400);
    expect((await post(gateway, "rotate", {})).status).toBe(400);
  });

  test("without a webhook there is nothing to see", async () => {
    await using gateway = await startGatewayEmulator();
    const none = { items: [], pagination: { has_more: false, cursor: null } };
    expect((await get(gateway, "deliveries")).body).toEqual(none);
    expect((await get(gateway, "dead-letters")).body).toEqual(none);
    expect((await post(gateway, "dead-letters/redrive")).body).toEqual({ redriven: 0 });
  });
});

describe("W-9: the answer never waits for the receiver", () => {
  test("one that hangs for ever delays no answer, and only webhook_concurrency events are under way", async () => {
    await using receiver = await Receiver.start(["hang"]);
    await using gateway = await startWith(receiver);
    // Time stands still: were an answer to wait for the receiver, it would wait for ever.
    for (let at = 0; at < 300; at++) expect((await chat(gateway)).status).toBe(200);
    await receiver.arrived(8);
    expect(receiver.received).toHaveLength(8);
    expect(await gateway.webhooks.deliveries()).toHaveLength(8);
    const states = (await gateway.billing.events()).map(({ state }) => state);
    expect(states.filter((state) => state === "waiting")).toHaveLength(292);
  });
});
