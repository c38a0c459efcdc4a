import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { chat, seedWith } from "../support/chat.js";
import { BASETEN_TARGET, management } from "../support/client.js";
import { Receiver } from "./receiver.js";
import { SECRET, startWith } from "./support.js";
import { verify } from "./verify.js";

describe("W-1: whether there is a webhook", () => {
  test("without one nothing is sent, but the event is recorded", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    await chat(gateway);
    await gateway.clock.advance("1h");
    expect(await gateway.webhooks.deliveries()).toEqual([]);
    expect(await gateway.billing.events()).toMatchObject([
      { state: "recorded", event: { modelSlug: "acme/llama", externalEntityId: "org" } },
    ]);
    expect(await gateway.billing.reconcile()).toEqual([]);
  });

  test("one that a later seed adds gets what is billed from then on", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    await chat(gateway, { metadata: { when: "before" } });
    await gateway.seed({ workspaces: [{ name: "acme", webhook: { url: receiver.url, secrets: [SECRET] } }] });
    expect((await gateway.billing.events()).map(({ state }) => state)).toEqual(["recorded"]);
    await chat(gateway, { metadata: { when: "after" } });
    await gateway.webhooks.idle();
    expect(receiver.events).toMatchObject([{ requestMetadata: { when: "after" } }]);
    expect((await gateway.billing.events()).map(({ state }) => state)).toEqual(["recorded", "delivered"]);
    expect(await gateway.billing.reconcile()).toEqual([]);
    await gateway.reset();
    await chat(gateway);
    await gateway.webhooks.idle();
    expect(receiver.received).toHaveLength(1);
  });

  test("one that a later seed moves gets the events from then on, and the retries of older ones stay", async () => {
    await using first = await Receiver.start([500, 200]);
    await using second = await Receiver.start();
    await using gateway = await startWith(first);
    await chat(gateway, { metadata: { at: 0 } });
    await gateway.webhooks.idle();
    await gateway.seed({
      workspaces: [{ name: "acme", webhook: { url: second.url, secrets: ["whsec_2"] } }],
    });
    await chat(gateway, { metadata: { at: 1 } });
    await gateway.clock.advance("1s");
    expect(first.events.map(({ requestMetadata }) => requestMetadata?.at)).toEqual([0, 0]);
    expect(second.events.map(({ requestMetadata }) => requestMetadata?.at)).toEqual([1]);
    const [received] = second.received;
    expect(verify(received?.raw ?? Buffer.alloc(0), received?.signature ?? "", "whsec_2")).toBe(true);
  });

  test("switches of a later seed hold for what is sent next", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver);
    await gateway.seed({ settings: { webhook_fields: "both" } });
    await chat(gateway);
    await receiver.arrived(1);
    expect(receiver.events[0]?.externalCustomerId).toBe("org");
  });
});

describe("workspaces are apart", () => {
  test("each event goes to its own workspace's webhook, signed with its own secret", async () => {
    await using acme = await Receiver.start();
    await using zeta = await Receiver.start();
    await using gateway = await startWith(acme);
    await gateway.seed({
      workspaces: [
        {
          name: "zeta",
          webhook: { url: zeta.url, secrets: ["whsec_zeta"] },
          endpoints: [{ slug: "zeta/llama", targets: [BASETEN_TARGET] }],
          groups: [
            {
              external_entity_id: "zeta-org",
              models: [{ slug: "zeta/llama" }],
              keys: [{ name: "zeta", key: "sky_zeta00000001.local-secret" }],
            },
          ],
        },
        {
          name: "silent",
          endpoints: [{ slug: "silent/llama", targets: [BASETEN_TARGET] }],
          groups: [
            {
              external_entity_id: "silent-org",
              models: [{ slug: "silent/llama" }],
              keys: [{ name: "silent", key: "sky_silent000001.local-secret" }],
            },
          ],
        },
      ],
    });
    await chat(gateway);
    for (const name of ["zeta", "silent"]) {
      await chat(gateway, { model: `${name}/llama` }, { key: gateway.keys[name] ?? null });
    }
    await gateway.webhooks.idle();
    expect(acme.events.map(({ externalEntityId }) => externalEntityId)).toEqual(["org"]);
    expect(zeta.events.map(({ externalEntityId }) => externalEntityId)).toEqual(["zeta-org"]);
    const [received] = zeta.received;
    expect(verify(received?.raw ?? Buffer.alloc(0), received?.signature ?? "", "whsec_zeta")).toBe(true);
    expect(verify(received?.raw ?? Buffer.alloc(0), received?.signature ?? "", SECRET)).toBe(false);
    expect((await gateway.billing.events()).map(({ state }) => state)).toEqual([
      "delivered",
      "delivered",
      "recorded",
    ]);
    expect(await gateway.billing.reconcile()).toEqual([]);
    // With several webhooks a rotation has to say whose.
    await expect(gateway.webhooks.rotate("whsec_new")).rejects.toThrow("several workspaces have a webhook");
    await gateway.webhooks.rotate("whsec_new", "zeta");
    await chat(gateway);
    await gateway.webhooks.idle();
    expect(acme.received[1]?.signature.split(",")).toHaveLength(1);
  });

  test("W-10: traffic of others does not keep an event waiting", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver);
    const group = { external_entity_id: "late", models: [{ slug: "late/llama" }] };
    await gateway.seed({
      workspaces: [
        {
          name: "late",
          webhook: { url: receiver.url, secrets: [SECRET] },
          endpoints: [{ slug: "late/llama", targets: [BASETEN_TARGET] }],
          groups: [{ ...group, keys: [{ name: "late", key: "sky_late00000001.local-secret" }] }],
        },
      ],
    });
    for (let at = 0; at < 20; at++) await chat(gateway);
    await chat(gateway, { model: "late/llama" }, { key: gateway.keys.late ?? null });
    await chat(gateway);
    await gateway.webhooks.idle();
    expect(receiver.events.filter(({ externalEntityId }) => externalEntityId === "late")).toHaveLength(1);
    expect(receiver.events).toHaveLength(22);
  });
});

describe("management writes", () => {
  test("go on while deliveries do, and a deleted key's events are still sent", async () => {
    await using receiver = await Receiver.start([500, 200]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.webhooks.idle();
    const { items } = (await management(gateway).get("/groups")).body;
    expect((await management(gateway).delete(`/groups/${items[0].id}`)).status).toBe(200);
    await gateway.clock.advance("1s");
    expect(receiver.received).toHaveLength(2);
    expect(await gateway.billing.reconcile()).toEqual([]);
  });
});
