import { describe, expect, test } from "vitest";
import { type Difference, startGatewayEmulator } from "../../src/index.js";
import { loadDriver } from "../../src/store/driver.js";
import { chat, seedWith } from "../support/chat.js";
import { temporaryFolder } from "../support/cli.js";
import { Receiver } from "./receiver.js";
import { startWith, webhookSeed } from "./support.js";

const Database = loadDriver();

/** Three delivered requests of 100 tokens each, then `sql` done to the state file, then what reconcile says. */
async function afterTampering(sql: string): Promise<readonly Difference[]> {
  await using folder = await temporaryFolder();
  await using receiver = await Receiver.start();
  const options = { state: `${folder.path}/state.db`, seed: webhookSeed(receiver.url) };
  {
    await using gateway = await startGatewayEmulator(options);
    for (let at = 0; at < 3; at++) await chat(gateway, {}, { headers: { "x-emulator-usage": "60/40" } });
    await gateway.webhooks.idle();
    expect(await gateway.billing.reconcile()).toEqual([]);
  }
  const db = new Database(options.state);
  db.exec(sql);
  db.close();
  await using gateway = await startGatewayEmulator(options);
  return gateway.billing.reconcile();
}

const sums = (requests: number, tokens: number) => ({ requests, tokens });

describe("reconcile says nothing", () => {
  test("after answers, streams, refusals, failures, faults and dead letters", async () => {
    await using receiver = await Receiver.start([500, 404, 200]);
    const faults = [
      { match: { metadata: { kind: "cut" } }, fault: { cut: { after_chunks: 1 } } },
      { match: { metadata: { kind: "failing" } }, fault: { status: 500 } },
      { match: {}, probability: 0.5, fault: { webhook: { duplicate: true } } },
    ];
    const limit = { type: "TOKEN", unit: "DAY", threshold: 700 };
    await using gateway = await startWith(receiver, {
      top: { faults },
      model: { usage_limits: [limit] },
      group: { usage: [{ slug: "acme/llama", type: "TOKEN", unit: "DAY", used: 300 }] },
    });
    const statuses = new Set<number>();
    for (let at = 0; at < 60; at++) {
      const kind = ["plain", "cut", "failing"][at % 3] ?? "";
      const answer = await chat(gateway, { stream: at % 2 === 0, metadata: { kind } }).catch(() => null);
      statuses.add(answer?.status ?? 0);
    }
    expect(statuses).toEqual(new Set([0, 200, 429, 500]));
    await gateway.clock.advance("60s");
    expect(await gateway.billing.reconcile()).toEqual([]);
    const events = await gateway.billing.events();
    expect(events.length).toBeGreaterThan(10);
    expect(events.filter(({ state }) => state === "pending" || state === "waiting")).toEqual([]);
  });

  test.each(["INDEPENDENT", "CASCADING"])(
    "of a tree that is %s, used up in part before the start",
    async (mode) => {
      const key = "sky_child0000001.local-secret";
      const used = (unit: string) => ({ slug: "acme/llama", type: "TOKEN", unit, used: 5 });
      const child = {
        external_entity_id: "child",
        models: [{ slug: "acme/llama" }],
        keys: [{ name: "child", key }],
        usage: [used("MINUTE"), used("DAY")],
      };
      await using gateway = await startGatewayEmulator({
        seed: seedWith({ group: { limit_enforcement: mode, groups: [child] } }),
      });
      await chat(gateway);
      await chat(gateway, {}, { key });
      expect(await gateway.billing.events()).toHaveLength(2);
      expect(await gateway.billing.reconcile()).toEqual([]);
    },
  );

  test("when the journal was emptied: what it forgot is not compared", async () => {
    expect(await afterTampering("DELETE FROM journal WHERE seq < 3")).toEqual([]);
  });
});

describe("reconcile finds", () => {
  test("an answer that is not in the ledger", async () => {
    expect(await afterTampering("DELETE FROM ledger WHERE seq = 1")).toEqual([
      {
        between: ["answers", "ledger"],
        group: expect.any(String),
        external_entity_id: "org",
        key: "sky_acmeprod0001",
        slug: "acme/llama",
        left: sums(3, 300),
        right: sums(2, 200),
      },
      {
        between: ["ledger", "limits"],
        group: expect.any(String),
        external_entity_id: "org",
        key: null,
        slug: "acme/llama",
        left: sums(2, 200),
        right: sums(3, 300),
      },
    ]);
  });

  test("a ledger entry of a request that was not answered", async () => {
    expect(await afterTampering("UPDATE journal SET prompt_tokens = NULL WHERE seq = 2")).toMatchObject([
      { between: ["answers", "ledger"], left: sums(2, 200), right: sums(3, 300) },
    ]);
  });

  test("other tokens in the answer than in the ledger", async () => {
    expect(await afterTampering("UPDATE journal SET completion_tokens = 41 WHERE seq = 2")).toMatchObject([
      { between: ["answers", "ledger"], left: sums(3, 301), right: sums(3, 300) },
    ]);
  });

  test("other tokens in the ledger than anywhere else", async () => {
    expect(await afterTampering("UPDATE ledger SET prompt_tokens = 50 WHERE seq = 2")).toMatchObject([
      { between: ["answers", "ledger"], left: sums(3, 300), right: sums(3, 290) },
      { between: ["ledger", "limits"], left: sums(3, 290), right: sums(3, 300) },
      { between: ["ledger", "deliveries"], left: sums(3, 290), right: sums(3, 300) },
    ]);
  });

  test.each([
    ["requests", sums(4, 300)],
    ["tokens", sums(3, 301)],
  ])("limits that counted other %s", async (column, right) => {
    expect(await afterTampering(`UPDATE usage_days SET ${column} = ${column} + 1`)).toMatchObject([
      { between: ["ledger", "limits"], left: sums(3, 300), right },
    ]);
  });

  test("limits that counted for a group that has no ledger entry", async () => {
    const sql = "INSERT INTO usage_days VALUES ('stranger', 'acme/llama', 20000, 1, 7)";
    expect(await afterTampering(sql)).toMatchObject([
      { group: "stranger", external_entity_id: null, left: sums(0, 0), right: sums(1, 7) },
    ]);
  });

  test("an event that was handed over and is in no delivery", async () => {
    expect(await afterTampering("DELETE FROM delivery_events WHERE ledger_seq = 2")).toMatchObject([
      { between: ["ledger", "deliveries"], left: sums(3, 300), right: sums(2, 200) },
    ]);
  });

  test("a delivery that tells other tokens", async () => {
    const sql = `UPDATE deliveries SET body = replace(body, '"inputTokens":60', '"inputTokens":61') WHERE seq = 2`;
    expect(await afterTampering(sql)).toMatchObject([
      { between: ["ledger", "deliveries"], left: sums(3, 300), right: sums(3, 301) },
    ]);
  });

  test("a delivery that tells of another event", async () => {
    const sql = `UPDATE deliveries SET body = (SELECT body FROM deliveries WHERE seq = 1) WHERE seq = 2`;
    expect(await afterTampering(sql)).toMatchObject([
      { between: ["ledger", "deliveries"], left: sums(3, 300), right: sums(2, 200) },
    ]);
  });
});
