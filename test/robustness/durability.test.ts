import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { BASETEN_TARGET, call, management } from "../support/client.js";
import { EmulatorProcess, temporaryFolder } from "./emulator-process.js";
import { ManagementWriter, readWritten } from "./management-writer.js";
import { dump, goodChat, SEED as SUBJECT } from "./subject.js";

const SLUG = "acme/llama";
const KEY = "sky_acmeprod0001.local-secret";
/** Requests a minute that the group may make; the clock stands still, so they never come back. */
const PER_MINUTE = 900;

const SEED = {
  clock: "2026-06-17T12:00:00Z",
  settings: { management_rate_limit: false },
  workspaces: [
    {
      name: "acme",
      endpoints: [{ slug: SLUG, targets: [BASETEN_TARGET] }],
      groups: [
        {
          external_entity_id: "org",
          models: [
            {
              slug: SLUG,
              rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold: PER_MINUTE }],
              usage_limits: [
                { type: "REQUEST", unit: "DAY", threshold: 1_000_000 },
                { type: "TOKEN", unit: "DAY", threshold: 1_000_000 },
              ],
            },
          ],
          keys: [{ name: "acme-prod", key: KEY }],
        },
      ],
    },
  ],
};

const chatBody = { model: SLUG, messages: [{ role: "user", content: "Hello" }] };

describe("kill -9 in the middle", () => {
  const WRITERS = 8;
  /** Acknowledged writes before each kill: 1,000 in all. */
  const PER_LIFE = 500;

  test("every acknowledged management write is there, and no write is half there", async () => {
    await using folder = await temporaryFolder();
    const state = folder.file("state.db");
    const writers = Array.from({ length: WRITERS }, (_, index) => new ManagementWriter(`w${index}`));
    for (const life of ["first", "second"]) {
      await using emulator = await EmulatorProcess.start(state, SEED);
      let acknowledged = 0;
      await Promise.all(
        writers.map(async (writer) => {
          while (await writer.write(emulator)) {
            if (++acknowledged === PER_LIFE) void emulator.kill();
          }
        }),
      );
      expect(acknowledged, life).toBeGreaterThanOrEqual(PER_LIFE);

      await using restarted = await EmulatorProcess.start(state, SEED);
      for (const writer of writers) {
        const { found, ids } = await readWritten(restarted, writer.name);
        // The write under way was made whole or not at all: nobody was told which.
        expect([writer.state, writer.underway]).toContainEqual(found);
        writer.resume(found, ids);
        for (const [name, key] of writer.keys) {
          const answer = await restarted.ask("POST", "/v1/chat/completions", chatBody, key);
          expect([name, answer?.status]).toEqual([name, 200]);
        }
      }
      await restarted.stop();
    }
    expect(writers.reduce((sum, { keys }) => sum + keys.size, 0)).toBeGreaterThan(0);
  });

  test("usage of every acknowledged answer is there, and rate windows go on where they were (L-15, W-8)", async () => {
    const CLIENTS = 16;
    const BEFORE_KILL = 300;
    await using folder = await temporaryFolder();
    const state = folder.file("state.db");
    await using emulator = await EmulatorProcess.start(state, SEED);
    let acknowledged = 0;
    let tokens = 0;
    await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        for (;;) {
          const answer = await emulator.ask("POST", "/v1/chat/completions", chatBody, KEY);
          if (answer === null) return;
          expect(answer.status).toBe(200);
          tokens = answer.body.usage.total_tokens;
          if (++acknowledged === BEFORE_KILL) void emulator.kill();
        }
      }),
    );

    await using restarted = await EmulatorProcess.start(state, SEED);
    const { items } = await restarted.get("/v1/gateway/groups?external_entity_id=org");
    const usage = (await restarted.get(`/v1/gateway/groups/${items[0].id}/usage`)).usage[SLUG];
    const counted: number = usage.find(({ type }: { type: string }) => type === "REQUEST").current_usage;
    expect(counted).toBeGreaterThanOrEqual(acknowledged);
    expect(counted).toBeLessThanOrEqual(acknowledged + CLIENTS);
    expect(usage).toContainEqual(expect.objectContaining({ type: "TOKEN", current_usage: counted * tokens }));
    const journal = await restarted.get("/_emulator/requests?status=200&path=/v1/chat/completions&limit=1");
    expect(journal.total).toBe(counted);

    const statuses: (number | undefined)[] = [];
    while (statuses.at(-1) !== 429 && statuses.length <= PER_MINUTE) {
      statuses.push((await restarted.ask("POST", "/v1/chat/completions", chatBody, KEY))?.status);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(PER_MINUTE - counted);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe("stop and start on the same state file", () => {
  test("keeps everything: objects, keys, usage, clock, requests, cursors (L-15)", async () => {
    await using folder = await temporaryFolder();
    const state = folder.file("made/on/the/way/state.db");
    const first = await startGatewayEmulator({ state, seed: SUBJECT });
    const api = management(first);
    const { id } = (await api.get("/groups?external_entity_id=team")).body.items[0];
    const minted = (await api.post(`/groups/${id}/api_keys`, { name: "minted" })).body;
    const revoked = (await api.post(`/groups/${id}/api_keys`, { name: "revoked" })).body;
    await api.delete(`/groups/${id}/api_keys/${revoked.prefix}`);
    await api.patch(`/groups/${id}`, { metadata: { name: "Team" } });
    expect(await goodChat(first, minted.api_key)).toBe(200);
    const { cursor } = (await api.get("/groups?limit=1")).body.pagination;
    const rest = (await api.get(`/groups?limit=1&cursor=${cursor}`)).body;
    const before = await dump(first);
    const requests = await first.requests({ surface: "inference" });
    await first.stop();

    await using second = await startGatewayEmulator({ state });
    expect(await dump(second)).toEqual(before);
    expect(await second.requests({ surface: "inference" })).toEqual(requests);
    expect(second.workspaceKey).toBe(first.workspaceKey);
    expect((await management(second).get(`/groups?limit=1&cursor=${cursor}`)).body).toEqual(rest);
    expect(await goodChat(second, minted.api_key)).toBe(200);
    expect(await goodChat(second, revoked.api_key)).toBe(403);
  });

  test("a seed does not touch a state that has data; --reset does", async () => {
    await using folder = await temporaryFolder();
    const state = folder.file("state.db");
    const first = await startGatewayEmulator({ state, seed: SUBJECT });
    await call(first, "POST", "/v1/gateway/endpoints", {
      body: { slug: "acme/more", targets: [BASETEN_TARGET] },
    });
    const before = await dump(first);
    await first.stop();

    const second = await startGatewayEmulator({ state, seed: SUBJECT });
    expect(await dump(second)).toEqual(before);
    await second.stop();

    await using third = await startGatewayEmulator({ state, seed: SUBJECT, reset: true });
    const slugs = (await management(third).get("/endpoints")).body.items.map(
      ({ slug }: { slug: string }) => slug,
    );
    expect(slugs).toEqual(["acme/llama", "acme/glm"]);
  });
});
