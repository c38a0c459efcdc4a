import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { chat, FEDERATED_KEY } from "../support/chat.js";
import { BASETEN_TARGET } from "../support/client.js";
import { Receiver } from "./receiver.js";
import { verify } from "./verify.js";

const ZETA_KEY = "sky_zeta00000001.local-secret";

/** A workspace with one endpoint, one key and a webhook of its own. */
function workspace(name: string, key: string, receiver: Receiver) {
  return {
    name,
    webhook: { url: receiver.url, secrets: [`whsec_${name}`] },
    endpoints: [{ slug: `${name}/llama`, targets: [BASETEN_TARGET] }],
    groups: [
      { external_entity_id: `${name}-org`, models: [{ slug: `${name}/llama` }], keys: [{ name, key }] },
    ],
  };
}

/** Workspaces `acme` and `zeta`; webhooks are paused, and two requests of each have been answered in turn. */
async function twoOfEach(acme: Receiver, zeta: Receiver) {
  const gateway = await startGatewayEmulator({
    seed: {
      clock: "2026-06-17T12:00:00Z",
      settings: { webhook_concurrency: 1 },
      workspaces: [workspace("acme", FEDERATED_KEY, acme), workspace("zeta", ZETA_KEY, zeta)],
    },
  });
  await gateway.webhooks.pause();
  for (const at of [0, 1]) {
    await chat(gateway, { model: "zeta/llama", metadata: { at } }, { key: ZETA_KEY });
    await chat(gateway, { model: "acme/llama", metadata: { at } });
  }
  return gateway;
}

const told = ({ received, events }: Receiver, name: string) => ({
  posts: received.length,
  slugs: [...new Set(events.map(({ modelSlug }) => modelSlug))],
  numbers: events.map(({ requestMetadata }) => requestMetadata?.at),
  signed: received.every(({ raw, signature }) => verify(raw, signature, `whsec_${name}`)),
});
const EACH_ONCE = (name: string) => ({ posts: 2, slugs: [`${name}/llama`], numbers: [0, 1], signed: true });

describe("W-1, W-10: two workspaces", () => {
  test("each webhook gets its own workspace's events, all of them, once and in order", async () => {
    await using acme = await Receiver.start();
    await using zeta = await Receiver.start();
    await using gateway = await twoOfEach(acme, zeta);
    await gateway.webhooks.resume();
    await gateway.webhooks.idle();
    expect(told(acme, "acme")).toEqual(EACH_ONCE("acme"));
    expect(told(zeta, "zeta")).toEqual(EACH_ONCE("zeta"));
    expect(await gateway.billing.reconcile()).toEqual([]);
  });

  test("a redrive of all sends each dead letter once, to its own workspace's webhook", async () => {
    await using acme = await Receiver.start([400]);
    await using zeta = await Receiver.start([400]);
    await using gateway = await twoOfEach(acme, zeta);
    await gateway.webhooks.resume();
    await gateway.webhooks.idle();
    expect(await gateway.webhooks.deadLetters()).toHaveLength(4);
    for (const receiver of [acme, zeta]) {
      receiver.received.length = 0;
      receiver.behaviour = () => 200;
    }
    expect(await gateway.webhooks.redriveAll()).toBe(4);
    await gateway.webhooks.idle();
    expect(told(acme, "acme")).toEqual(EACH_ONCE("acme"));
    expect(told(zeta, "zeta")).toEqual(EACH_ONCE("zeta"));
    expect(await gateway.webhooks.deadLetters()).toEqual([]);
  });

  test("a redrive of one leaves the others dead", async () => {
    await using acme = await Receiver.start([400, 400, 200]);
    await using zeta = await Receiver.start([400]);
    await using gateway = await twoOfEach(acme, zeta);
    await gateway.webhooks.resume();
    await gateway.webhooks.idle();
    const dead = await gateway.webhooks.deadLetters();
    const one = dead.find(({ events }) => events[0]?.modelSlug === "acme/llama");
    expect(await gateway.webhooks.redrive(one?.id ?? "")).toMatchObject({ state: "delivered" });
    expect([acme.received.length, zeta.received.length]).toEqual([3, 2]);
    expect(await gateway.webhooks.deadLetters()).toEqual(dead.filter(({ id }) => id !== one?.id));
  });
});
