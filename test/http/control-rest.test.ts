import { describe, expect, test } from "vitest";
import { GatewayError } from "../../src/domain/errors.js";
import { DEFAULT_SETTINGS } from "../../src/domain/settings.js";
import { errorAnswer } from "../../src/http/errors.js";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { call, management, QUICKSTART } from "../support/client.js";

const get = (gateway: GatewayEmulator, path: string) =>
  call(gateway, "GET", `/_emulator${path}`, { key: null });
const post = (gateway: GatewayEmulator, path: string, body: unknown) =>
  call(gateway, "POST", `/_emulator${path}`, { key: null, body });

function chat(gateway: GatewayEmulator) {
  return call(gateway, "POST", "/v1/chat/completions", {
    key: String(gateway.keys["acme-prod"]),
    body: { model: "acme/llama", messages: [{ role: "user", content: "hi" }] },
  });
}

describe("POST /_emulator/clock", () => {
  test("freezes, sets and goes back to real time", async () => {
    await using gateway = await startGatewayEmulator();
    const frozen = await post(gateway, "/clock", { freeze: true });
    expect(frozen).toMatchObject({ status: 200, body: { mode: "frozen", frozen: true, offset_ms: null } });
    expect((await get(gateway, "/clock")).body.now).toBe(frozen.body.now);
    const real = await post(gateway, "/clock", { real: true });
    expect(real).toMatchObject({ status: 200, body: { mode: "real", frozen: false, offset_ms: 0 } });
    const later = "2999-01-01T00:00:00.000Z";
    await post(gateway, "/clock", { freeze: true });
    expect(await post(gateway, "/clock", { set: later })).toMatchObject({
      status: 200,
      body: { now: later, mode: "frozen", fired: [] },
    });
  });

  test("never goes back: an earlier time, or real time when it is ahead, is 400", async () => {
    await using gateway = await startGatewayEmulator({ seed: { clock: "2999-01-01T00:00:00Z" } });
    for (const change of [{ set: "2998-12-31T23:59:59.999Z" }, { real: true }]) {
      const refused = await post(gateway, "/clock", change);
      expect(refused).toMatchObject({ status: 400, body: { code: "VALIDATION_ERROR" } });
    }
    expect((await get(gateway, "/clock")).body.now).toBe("2999-01-01T00:00:00.000Z");
  });

  test("anything else is 400", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    for (const change of [
      {},
      { freeze: false },
      { set: 1 },
      { set: "soon" },
      { freeze: true, real: true },
      [],
    ]) {
      expect(await post(gateway, "/clock", change)).toMatchObject({ status: 400 });
    }
  });
});

describe("POST /_emulator/clock/advance", () => {
  test("moves by a duration, to a time and to landmarks", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    for (const [step, now] of [
      [{ by: "61s" }, "2026-06-17T12:01:01.000Z"],
      [{ by: 500 }, "2026-06-17T12:01:01.500Z"],
      [{ by: 0 }, "2026-06-17T12:01:01.500Z"],
      [{ to: "2026-06-17T13:00:00Z" }, "2026-06-17T13:00:00.000Z"],
      [{ to: "next_midnight" }, "2026-06-18T00:00:00.000Z"],
      [{ to: "next_midnight" }, "2026-06-19T00:00:00.000Z"],
    ] as const) {
      const moved = await post(gateway, "/clock/advance", step);
      expect([moved.status, moved.body]).toEqual([200, { now, fired: [] }]);
      expect((await get(gateway, "/clock")).body.now).toBe(now);
    }
  });

  test("next_window is where every rolling window is empty", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await chat(gateway);
    await post(gateway, "/clock/advance", { by: "10s" });
    const moved = await post(gateway, "/clock/advance", { to: "next_window" });
    expect(moved.body.now).toBe("2026-06-17T12:01:00.000Z");
  });

  test("what is no step, or leads back, is 400 and moves nothing", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const wrong = [
      {},
      { by: -1 },
      { by: "-1s" },
      { by: "soon" },
      { by: null },
      { to: "noon" },
      { by: 1, to: "x" },
    ];
    for (const step of [...wrong, { to: "2026-06-17T11:59:59Z" }, { by: 1e308 }, { by: "999999999999d" }]) {
      const refused = await post(gateway, "/clock/advance", step);
      expect(refused).toMatchObject({ status: 400, body: { code: "VALIDATION_ERROR" } });
    }
    expect((await get(gateway, "/clock")).body.now).toBe("2026-06-17T12:00:00.000Z");
  });
});

describe("GET /_emulator/decisions/{id}", () => {
  test("says why a request was admitted, and why one was refused", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const [group] = (await management(gateway).get("/groups")).body.items;
    const limit = { type: "REQUEST", unit: "MINUTE", threshold: 1 };
    await management(gateway).patch(`/groups/${group.id}`, {
      models: [{ slug: "acme/llama", rate_limits: [limit] }],
    });
    for (const [status, admitted, used] of [
      [200, true, 0],
      [429, false, 1],
    ] as const) {
      const answer = await chat(gateway);
      expect(answer.status).toBe(status);
      const id = answer.headers.get("x-emulator-decision");
      const decision = await get(gateway, `/decisions/${id}`);
      expect(decision).toMatchObject({
        status: 200,
        body: {
          id,
          admitted,
          slug: "acme/llama",
          chain: [{ id: group.id, external_entity_id: "org" }],
          limits: [{ ...limit, source_group: group.id, used, bound: !admitted }],
          reason: expect.any(String),
        },
      });
    }
  });

  test("of a request that never came to its limits, and of none at all, is 404", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const listed = await management(gateway).get("/groups");
    expect(listed.headers.get("x-emulator-decision")).toBeNull();
    for (const id of [listed.headers.get("x-emulator-request"), "0", "999", "-1", "abc", "1e3"]) {
      const none = await get(gateway, `/decisions/${id}`);
      expect(none).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
    }
  });
});

describe("a defect", () => {
  test("a defect of the emulator is 500 in the surface's own dialect (I-4.1)", () => {
    const bodies = (["inference", "management", "control"] as const).map((surface) => {
      const { status, body } = errorAnswer(surface, new GatewayError("internal"), DEFAULT_SETTINGS);
      return `${status} ${body}`;
    });
    expect(bodies).toEqual([
      '500 {"error":"internal server error"}',
      '500 {"code":"INTERNAL","message":"internal server error"}',
      '500 {"code":"INTERNAL","message":"internal server error"}',
    ]);
  });
});
