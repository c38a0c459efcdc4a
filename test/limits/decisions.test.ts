import { describe, expect, it } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { call } from "../support/client.js";
import {
  chat,
  chatWith,
  decisionOf,
  group,
  groupOf,
  keyOf,
  perDay,
  perMinute,
  SLUG,
  world,
} from "./support.js";

const ORG = world([
  group("org", [perMinute("REQUEST", 2), perDay("TOKEN", 100)], {
    limit_enforcement: "CASCADING",
    groups: [group("division", [], { groups: [group("team", [perMinute("REQUEST", 2)])] })],
  }),
]);

describe("GET /_emulator/decisions/{id}: why a request was admitted or refused", () => {
  it("admitted: the chain, and every limit in effective order with what was used before (L-6, L-12)", async () => {
    await using gateway = await startGatewayEmulator({ seed: ORG });
    const [org, division, team] = [
      await groupOf(gateway, "org"),
      await groupOf(gateway, "division"),
      await groupOf(gateway, "team"),
    ];
    await chat(gateway, "org", { usage: "30/3" });
    const answer = await chat(gateway, "team");
    expect(answer.headers.get("x-emulator-decision")).toBe(answer.headers.get("x-emulator-request"));
    const limit = { demand: 1, bound: false };
    expect(await decisionOf(gateway, answer)).toEqual({
      id: answer.headers.get("x-emulator-decision"),
      at: "2026-06-17T12:00:00.000Z",
      admitted: true,
      slug: SLUG,
      key: keyOf(gateway, "team").slice(0, 16),
      enforcement: "CASCADING",
      token_admission: "consumed",
      chain: [
        { id: team.id, external_entity_id: "team" },
        { id: division.id, external_entity_id: "division" },
        { id: org.id, external_entity_id: "org" },
      ],
      limits: [
        { ...limit, type: "REQUEST", unit: "MINUTE", threshold: 2, source_group: team.id, used: 0 },
        { ...limit, type: "REQUEST", unit: "MINUTE", threshold: 2, source_group: org.id, used: 1 },
        { ...limit, type: "TOKEN", unit: "DAY", threshold: 100, source_group: org.id, used: 33 },
      ],
      reason: "all limits have room",
    });
  });

  it("refused: which limit was bound, and the reason in a sentence that the hint begins with", async () => {
    await using gateway = await startGatewayEmulator({ seed: ORG });
    const org = await groupOf(gateway, "org");
    for (const _ of [1, 2]) await chat(gateway, "org", { usage: "50/0" });
    const refused = await chat(gateway, "team");
    expect(refused.status).toBe(429);
    const decision = await decisionOf(gateway, refused);
    expect(decision).toMatchObject({
      admitted: false,
      limits: [
        { threshold: 2, used: 0, bound: false },
        { threshold: 2, used: 2, bound: true, source_group: org.id },
        { threshold: 100, used: 100, bound: false },
      ],
      reason: `REQUEST/MINUTE of group org (${org.id}) for ${SLUG}: 2 of 2 used`,
    });
    expect(refused.headers.get("x-emulator-hint")).toContain(decision.reason);
  });

  it("streams, and groups without limits, have one too", async () => {
    await using gateway = await startGatewayEmulator({ seed: world([group("org", [])]) });
    const streamed = await chat(gateway, "org", { body: { stream: true } });
    expect(await decisionOf(gateway, streamed)).toMatchObject({
      admitted: true,
      enforcement: "INDEPENDENT",
      limits: [],
      reason: "no limit applies",
    });
  });

  it("says what token_admission asked for (L-11)", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([group("org", [perMinute("TOKEN", 50)])], { settings: { token_admission: "reserve" } }),
    });
    const refused = await chat(gateway, "org", { body: { max_tokens: 41 } });
    expect(refused.status).toBe(429);
    expect(await decisionOf(gateway, refused)).toMatchObject({
      token_admission: "reserve",
      limits: [{ used: 0, threshold: 50, demand: 51, bound: true }],
    });
  });

  it("is what it was then, whatever changed since", async () => {
    await using gateway = await startGatewayEmulator({ seed: ORG });
    const answer = await chat(gateway, "team");
    const then = await decisionOf(gateway, answer);
    for (const _ of [1, 2]) await chat(gateway, "team");
    await gateway.clock.advance("1d");
    expect(await decisionOf(gateway, answer)).toEqual(then);
  });

  it("none where limits were not looked at: wrong key, unknown slug, workspace key", async () => {
    await using gateway = await startGatewayEmulator({ seed: ORG });
    for (const answer of [
      await chatWith(gateway, "sky_nobody000000.nothing"),
      await chat(gateway, "org", { slug: "acme/none" }),
      await chatWith(gateway, gateway.workspaceKey),
    ]) {
      expect(answer.headers.get("x-emulator-decision")).toBeNull();
      const id = answer.headers.get("x-emulator-request");
      expect((await call(gateway, "GET", `/_emulator/decisions/${id}`, { key: null })).status).toBe(404);
    }
  });

  it.each(["999", "none", "-1", "1e3"])("an unknown id, %s: 404", async (id) => {
    await using gateway = await startGatewayEmulator({ seed: ORG });
    const answer = await call(gateway, "GET", `/_emulator/decisions/${id}`, { key: null });
    expect([answer.status, answer.body.message]).toEqual([404, `Decision ${id} not found.`]);
  });
});
