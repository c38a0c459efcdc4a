import { describe, expect, test } from "vitest";
import { type CliEmulator, startCli, temporaryFolder } from "../support/cli.js";
import { BASETEN_TARGET } from "../support/client.js";
import { type Reaction, Receiver } from "./receiver.js";
import { type Acknowledged, SoakClients } from "./soak-clients.js";
import { SECRET } from "./support.js";
import { verify } from "./verify.js";

/** `SOAK=full` is the whole of it; the suite runs less. */
const { requests, kills } =
  process.env.SOAK === "full" ? { requests: 20_000, kills: 5 } : { requests: 4_000, kills: 3 };
const CLIENTS = 32;

/** A fifth of all answers: mostly worth a retry, some the end of a delivery, some not even an answer. */
const FAILURES: readonly Reaction[] = [500, 503, "reset", 404, 500];

function seed(url: string) {
  const slug = "acme/llama";
  return {
    settings: { webhook_concurrency: 64 },
    completions: [
      {
        match: { metadata: { pace: "slow" } },
        reply: { mode: "echo", stream: { tokens_per_second: 2_000 } },
      },
    ],
    workspaces: [
      {
        name: "acme",
        webhook: { url, secrets: [SECRET] },
        endpoints: [{ slug, targets: [BASETEN_TARGET] }],
        groups: [
          {
            external_entity_id: "org",
            limit_enforcement: "CASCADING",
            models: [{ slug, usage_limits: [{ type: "TOKEN", unit: "DAY", threshold: 1_000_000_000 }] }],
            groups: ["a", "b"].map((name) => ({
              external_entity_id: `team-${name}`,
              models: [{ slug }],
              keys: [{ name, key: `sky_team${name}0000001.local-secret` }],
            })),
          },
        ],
      },
    ],
  };
}

// biome-ignore lint/suspicious/noExplicitAny: read as users read it, without types
async function control(url: string, method: string, path: string, body?: object): Promise<any> {
  const answer = await fetch(`${url}/_emulator/${path}`, {
    method,
    ...(body ? { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } } : {}),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Every item of a list of the control plane. */
// biome-ignore lint/suspicious/noExplicitAny: read as users read it, without types
async function everything(url: string, path: string): Promise<any[]> {
  const found = [];
  for (let cursor = "0"; ; ) {
    const { items, pagination } = await control(url, "GET", `${path}?limit=1000&cursor=${cursor}`);
    found.push(...items);
    if (!pagination.has_more) return found;
    cursor = pagination.cursor;
  }
}

/** Moves the clock on until every event has come to its end; an advance waits for what it sets off. */
async function drain(url: string): Promise<void> {
  for (;;) {
    await control(url, "POST", "clock/advance", { by: "1s" });
    const pending = await control(url, "GET", "webhooks/deliveries?state=pending&limit=1");
    if (pending.items.length > 0) continue;
    const states = (await everything(url, "billing/events")).map(({ state }) => state);
    if (states.every((state) => state === "delivered" || state === "dead")) return;
  }
}

describe("W-8: nothing is lost and nothing is billed twice", () => {
  test(`${requests} requests of ${CLIENTS} clients, ${kills} times kill -9, a receiver that fails a fifth of the time`, {
    timeout: 600_000,
  }, async () => {
    let wronglySigned = 0;
    let failed = 0;
    const accepted = new Map<string, number>();
    const clients = new SoakClients(requests, [
      "sky_teama0000001.local-secret",
      "sky_teamb0000001.local-secret",
    ]);
    await using receiver = await Receiver.start(({ raw, signature, events }) => {
      if (!verify(raw, signature, SECRET)) wronglySigned++;
      if (clients.chance() < 0.2) {
        failed++;
        return FAILURES[Math.floor(clients.chance() * FAILURES.length)] ?? 500;
      }
      for (const { idempotencyKey } of events)
        accepted.set(idempotencyKey, (accepted.get(idempotencyKey) ?? 0) + 1);
      return 200;
    });
    await using folder = await temporaryFolder();
    const file = await folder.write("seed.json", JSON.stringify(seed(receiver.url)));
    const start = () => startCli(["--state", `${folder.path}/state.db`, "--seed", file, "--log", "silent"]);

    let emulator: CliEmulator = await start();
    try {
      const load = clients.run(CLIENTS, emulator.url);
      for (let kill = 1; kill <= kills; kill++) {
        await clients.reached((requests * kill) / (kills + 1));
        clients.pause();
        emulator.process.signal("SIGKILL");
        await emulator.process.ended;
        emulator = await start();
        clients.resume(emulator.url);
      }
      await load;
      await drain(emulator.url);

      const events = await everything(emulator.url, "billing/events");
      const deliveries = await everything(emulator.url, "webhooks/deliveries");
      const count = (state: string) => deliveries.filter((delivery) => delivery.state === state).length;
      const [delivered, dead] = [count("delivered"), count("dead")];
      const { differences } = await control(emulator.url, "GET", "billing/reconcile");
      const { redriven } = await redriveUntilDelivered(emulator.url);
      const posts = receiver.received.length;
      const twice = [...accepted.values()].filter((times) => times > 1).length;
      console.log(
        `soak: ${clients.summary()}; ${kills} kills; ${events.length} events, ${delivered} delivered, ${dead} dead letters, ` +
          `${redriven} redriven; ${posts} POSTs arrived, ${failed} failed on purpose, ${twice} events accepted more than once; ` +
          `${differences.length} differences`,
      );

      const byRequest = new Map<number, { idempotencyKey: string; tokens: Acknowledged["tokens"] }[]>();
      for (const event of events) {
        const { n } = event.requestMetadata;
        byRequest.set(n, [...(byRequest.get(n) ?? []), event]);
      }
      expect([...byRequest.values()].filter((same) => same.length !== 1)).toEqual([]);
      expect(new Set(events.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(events.length);
      const wrong = clients.acknowledged.filter(({ n, tokens }) => {
        const [event] = byRequest.get(n) ?? [];
        return (
          !event ||
          !accepted.has(event.idempotencyKey) ||
          event.tokens.inputTokens !== tokens.inputTokens ||
          event.tokens.outputTokens !== tokens.outputTokens
        );
      });
      expect(wrong).toEqual([]);
      expect(delivered + dead).toBe(events.length);
      expect(differences).toEqual([]);
      const known = new Set(events.map(({ idempotencyKey }) => idempotencyKey));
      expect([...accepted.keys()].filter((key) => !known.has(key))).toEqual([]);
      expect(wronglySigned).toBe(0);
      // Else this has shown nothing.
      expect(clients.acknowledged.length).toBeGreaterThan(requests / 2);
      expect(clients.aborted).toBeGreaterThan(requests / 20);
      expect(dead).toBeGreaterThan(0);
      expect(failed).toBeGreaterThan(posts / 8);
    } finally {
      await emulator[Symbol.asyncDispose]();
    }
  });
});

/** The receiver goes on failing: again and again until none is dead. */
async function redriveUntilDelivered(url: string): Promise<{ redriven: number }> {
  for (let sum = 0; ; ) {
    const { redriven } = await control(url, "POST", "webhooks/dead-letters/redrive");
    if (redriven === 0) return { redriven: sum };
    sum += redriven;
    await drain(url);
  }
}
