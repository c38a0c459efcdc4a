import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { chat, FEDERATED_KEY } from "../support/chat.js";
import { BASETEN_TARGET, call } from "../support/client.js";
import { Receiver } from "./receiver.js";
import { startWith } from "./support.js";

const NOON = "2026-06-17T12:00:00.000Z";
const OTHER_KEY = "sky_teamtwo00001.local-secret";

/** Two groups, two slugs; an event a minute: org/llama, org/glm, team/llama. */
async function threeEvents(): Promise<GatewayEmulator> {
  const slugs = ["acme/llama", "acme/glm"];
  const gateway = await startGatewayEmulator({
    seed: {
      clock: "2026-06-17T12:00:00Z",
      workspaces: [
        {
          name: "acme",
          endpoints: slugs.map((slug) => ({ slug, targets: [BASETEN_TARGET] })),
          groups: [
            {
              external_entity_id: "org",
              models: slugs.map((slug) => ({ slug })),
              keys: [{ name: "acme-prod", key: FEDERATED_KEY }],
              groups: [
                {
                  external_entity_id: "team",
                  models: [{ slug: "acme/llama" }],
                  keys: [{ name: "team", key: OTHER_KEY }],
                },
              ],
            },
          ],
        },
      ],
    },
  });
  await chat(gateway, { metadata: { at: 0 } });
  await gateway.clock.advance("60s");
  await chat(gateway, { metadata: { at: 1 }, model: "acme/glm" });
  await gateway.clock.advance("60s");
  await chat(gateway, { metadata: { at: 2 } }, { key: OTHER_KEY });
  return gateway;
}

async function groupId(gateway: GatewayEmulator, entity: string): Promise<string> {
  return (await call(gateway, "GET", `/v1/gateway/groups?external_entity_id=${entity}`)).body.items[0].id;
}

describe("billing events", () => {
  test("over HTTP: the event as webhooks tell it, with its state, byte for byte", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.webhooks.idle();
    const { text } = await call(gateway, "GET", "/_emulator/billing/events", { key: null });
    const event = JSON.stringify(receiver.events[0]);
    expect(text).toBe(
      `{"items":[${event.slice(0, -1)},"state":"delivered","seq":1}],"pagination":{"has_more":false,"cursor":null}}`,
    );
  });

  test("narrow down by group, key, slug and time; every given field has to fit", async () => {
    await using gateway = await threeEvents();
    const team = await groupId(gateway, "team");
    const minute = (at: number) => new Date(Date.parse(NOON) + at * 60_000).toISOString();
    const expected: [string, number[]][] = [
      ["", [0, 1, 2]],
      ["group=org", [0, 1]],
      ["group=team", [2]],
      [`group=${team}`, [2]],
      ["key=sky_teamtwo00001", [2]],
      ["slug=acme/llama", [0, 2]],
      ["slug=acme/llama&group=org", [0]],
      [`since=${minute(1)}`, [1, 2]],
      [`until=${minute(1)}`, [0]],
      [`since=${minute(1)}&until=${minute(2)}`, [1]],
      ["group=nobody", []],
    ];
    for (const [query, numbers] of expected) {
      const { body } = await call(gateway, "GET", `/_emulator/billing/events?${query}`, { key: null });
      const found = body.items.map((item: { requestMetadata: { at: number } }) => item.requestMetadata.at);
      expect([query, found]).toEqual([query, numbers]);
    }
    const inProcess = await gateway.billing.events({ slug: "acme/llama", since: Date.parse(minute(1)) });
    expect(inProcess.map(({ event }) => event.requestMetadata?.at)).toEqual([2]);
  });

  test("follow the cursor and lose nothing", async () => {
    await using gateway = await threeEvents();
    const seen: number[] = [];
    for (let cursor = "0", more = true; more; ) {
      const path = `/_emulator/billing/events?limit=2&cursor=${cursor}`;
      const { items, pagination } = (await call(gateway, "GET", path, { key: null })).body;
      seen.push(...items.map((item: { requestMetadata: { at: number } }) => item.requestMetadata.at));
      cursor = pagination.cursor;
      more = pagination.has_more;
    }
    expect(seen).toEqual([0, 1, 2]);
  });

  test.each(["since=yesterday", "until=", "limit=0", "cursor=x"])("%s is refused", async (query) => {
    await using gateway = await startGatewayEmulator();
    const { status } = await call(gateway, "GET", `/_emulator/billing/events?${query}`, { key: null });
    expect(status).toBe(400);
  });

  test("reconcile over HTTP: no differences", async () => {
    await using gateway = await threeEvents();
    const { status, text } = await call(gateway, "GET", "/_emulator/billing/reconcile", { key: null });
    expect([status, text]).toEqual([200, '{"differences":[]}']);
  });

  test("the state follows the delivery: waiting, pending, dead, delivered", async () => {
    await using receiver = await Receiver.start([500, 404, 200]);
    await using gateway = await startWith(receiver);
    const state = async () => (await gateway.billing.events()).map((recorded) => recorded.state);
    await gateway.webhooks.pause();
    await chat(gateway);
    expect(await state()).toEqual(["waiting"]);
    await gateway.webhooks.resume();
    await gateway.webhooks.idle();
    expect(await state()).toEqual(["pending"]);
    await gateway.clock.advance("1s");
    expect(await state()).toEqual(["dead"]);
    await gateway.webhooks.redriveAll();
    await gateway.webhooks.idle();
    expect(await state()).toEqual(["delivered"]);
  });
});
