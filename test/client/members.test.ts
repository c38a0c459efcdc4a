import { describe, expect, test } from "vitest";
import { QUICKSTART } from "../support/client.js";
import { Receiver } from "../webhooks/receiver.js";
import { webhookSeed } from "../webhooks/support.js";
import { chat, overBothTransports } from "./transports.js";

const NOON = Date.parse("2026-06-17T12:00:00Z");

overBothTransports((open) => {
  describe("the members of a world", () => {
    test("clock: advance, set, freeze and go back to real time", async () => {
      await using opened = await open();
      const { clock } = opened.client;
      expect(await clock.read()).toEqual({
        now: "2026-06-17T12:00:00.000Z",
        mode: "frozen",
        frozen: true,
        offset_ms: null,
      });
      expect(await clock.advance("61s")).toEqual([]);
      await clock.advance(1000);
      expect((await clock.read()).now).toBe("2026-06-17T12:01:02.000Z");
      await clock.advance({ to: "next_midnight" });
      expect((await clock.read()).now).toBe("2026-06-18T00:00:00.000Z");
      expect(await clock.set("2026-06-18T01:00:00Z")).toEqual([]);
      await clock.real();
      expect((await clock.read()).mode).toBe("real");
      await clock.freeze();
      expect((await clock.read()).mode).toBe("frozen");
    });

    test("faults and completion rules: added ones come first, and a reset removes them", async () => {
      await using opened = await open();
      const { client } = opened;
      const [draining, ...others] = await client.faults.add({ fault: { preset: "draining" } });
      expect([draining, others]).toEqual([{ id: expect.stringMatching(/^fault-/) }, []]);
      const more = await client.faults.add([
        { times: 1, fault: { preset: "timeout" } },
        { fault: { status: 418, body: "tea" } },
      ]);
      expect(more).toHaveLength(2);
      expect((await chat(client)).status).toBe(503);
      expect(await client.faults.remove(draining?.id ?? "")).toBe(true);
      expect(await client.faults.remove(draining?.id ?? "")).toBe(false);
      expect([(await chat(client)).status, (await chat(client)).status]).toEqual([504, 418]);
      await client.faults.clear();
      const reply = async () => (await chat(client)).body.choices[0].message.content;
      await client.completions.add([
        { match: { last_message: "hello" }, reply: { content: "hi" } },
        { match: {}, reply: { content: "what?" } },
      ]);
      expect(await reply()).toBe("hi");
      await client.completions.clear();
      expect(await reply()).toBe("hello");
      await client.completions.add({ match: {}, reply: { content: "added" } });
      expect(await reply()).toBe("added");
      await client.reset();
      expect(await reply()).toBe("hello");
    });

    test("completion rules are larger than max_body_bytes, if need be", async () => {
      await using opened = await open({ seed: { ...QUICKSTART, settings: { max_body_bytes: 200 } } });
      const { client } = opened;
      await client.completions.add({ match: {}, reply: { content: "x".repeat(1000) } });
      expect((await chat(client)).body.choices[0].message.content).toHaveLength(1000);
    });

    test("webhooks and billing: events, deliveries, dead letters, redrive, pause, rotation", async () => {
      await using receiver = await Receiver.start([500, 404, 200, 404]);
      await using opened = await open({ seed: webhookSeed(receiver.url) });
      const { client } = opened;
      const { billing, webhooks } = client;
      await webhooks.pause();
      await chat(client);
      expect(await webhooks.deliveries()).toEqual([]);
      await webhooks.resume();
      await webhooks.idle();
      const [retry] = await webhooks.deliveries({ state: "pending" });
      expect(retry).toMatchObject({ createdAt: NOON, nextAttemptAt: NOON + 1000 });
      expect(await client.clock.advance("1s")).toEqual([{ at: NOON + 1000, job: expect.any(String) }]);
      const [dead] = await webhooks.deadLetters();
      expect(dead).toEqual({
        id: retry?.id,
        state: "dead",
        reason: expect.any(String),
        url: receiver.url,
        createdAt: NOON,
        nextAttemptAt: null,
        attempts: [
          expect.objectContaining({ number: 1, at: NOON, status: 500, error: null }),
          expect.objectContaining({
            number: 2,
            at: NOON + 1000,
            status: 404,
            durationMs: expect.any(Number),
          }),
        ],
        events: [expect.objectContaining({ modelSlug: "acme/llama" })],
      });
      expect(await webhooks.deliveries()).toEqual([dead]);
      expect(await webhooks.deliveries({ state: "delivered" })).toEqual([]);
      await webhooks.rotate("whsec_new");
      expect(await webhooks.redrive(dead?.id ?? "")).toMatchObject({ state: "delivered" });
      expect(await webhooks.redriveAll()).toBe(0);
      await expect(webhooks.redrive(dead?.id ?? "")).rejects.toMatchObject({ name: "ControlError" });

      const events = await billing.events();
      expect(events).toEqual([{ seq: expect.any(Number), event: dead?.events[0], state: "delivered" }]);
      expect(await billing.events({ group: "org", since: NOON, until: NOON + 1 })).toEqual(events);
      expect(await billing.events({ until: NOON })).toEqual([]);
      expect(await billing.reconcile()).toEqual([]);
    });

    test("endpoints, groups and keys, through the management API", async () => {
      await using opened = await open({});
      const { client } = opened;
      const endpoint = await client.createEndpoint("acme/llama");
      expect(endpoint).toMatchObject({ slug: "acme/llama", targets: [{ provider: "BASETEN" }] });
      const org = await client.createGroup({
        external_entity_id: "org",
        limit_enforcement: "CASCADING",
        models: ["acme/llama"],
      });
      const team = await client.createGroup({
        external_entity_id: "team",
        parent: org,
        models: [{ slug: "acme/llama", rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold: 1 }] }],
      });
      expect(team.hierarchy).toEqual({ limit_enforcement: "CASCADING", parent_group_id: org.id });
      const { api_key: key, prefix, name } = await client.mintKey(team, "ci");
      expect([prefix, name]).toEqual([key.split(".")[0], "ci"]);
      expect([(await chat(client, { key })).status, (await chat(client, { key })).status]).toEqual([
        200, 429,
      ]);
    });
  });
});
