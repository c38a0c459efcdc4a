import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { ask, dedicated, MODEL, MODEL_PLACES, passing, places } from "./support.js";

const ASLEEP = { id: "dep1", environment: "production", status: "SCALED_TO_ZERO", cold_start: "30s" };
const asleep = (more: object = {}) => dedicated({ model: { deployments: [{ ...ASLEEP, ...more }] } });

const predict = (gateway: GatewayEmulator, path = "/production/predict") =>
  passing(gateway, ask(gateway, MODEL, path, { json: {} }));

/** How long each prediction took, milliseconds on the world's clock. */
const durations = async (gateway: GatewayEmulator) =>
  (await gateway.requests({ path: "/production/predict" })).map(({ durationMs }) => durationMs);

describe("a deployment that is scaled to zero (Y-25)", () => {
  test("the first request waits for the cold start, later ones do not", async () => {
    await using gateway = await startGatewayEmulator({ seed: asleep() });
    await predict(gateway);
    await predict(gateway);
    expect(await durations(gateway)).toEqual([30_000, 0]);
    const [first] = await gateway.requests({ path: "/production/predict" });
    expect(first?.notes).toContain("cold start of 30000 ms");
  });

  test("wake begins it and answers 202 at once, whichever path names the deployment", async () => {
    await using gateway = await startGatewayEmulator({ seed: asleep() });
    const chain = places("chain-ch4in01", "ch4in01");
    for (const [label, prefix] of [...MODEL_PLACES, ...chain, [MODEL, "/deployment/dep1"] as const]) {
      const answer = await ask(gateway, label, `${prefix}/wake`);
      expect([prefix, answer.status, answer.text]).toEqual([prefix, 202, ""]);
      expect(answer.headers.get("x-baseten-request-id")).toMatch(/^[0-9a-f]{32}$/);
    }
    await gateway.clock.advance("10s");
    expect((await ask(gateway, MODEL, "/production/wake")).status).toBe(202);
    await gateway.clock.advance("15s");
    await predict(gateway);
    // Thirty seconds after the first wake; to wake it again does not begin anew.
    const [answered] = await gateway.requests({ path: "/production/predict" });
    expect((answered?.at ?? 0) + (answered?.durationMs ?? 0)).toBe(Date.parse("2026-06-17T12:00:30Z"));
  });

  test("chat and the engine's other routes wait too, other environments do not", async () => {
    await using gateway = await startGatewayEmulator({ seed: asleep({ cold_start: "10s" }) });
    const staging = await ask(gateway, MODEL, "/environments/staging/predict", { json: {} });
    expect(staging.status).toBe(200);
    const json = { model: "x", messages: [{ role: "user", content: "hi" }] };
    const chat = await passing(
      gateway,
      ask(gateway, MODEL, "/production/sync/v1/chat/completions", { json }),
    );
    expect(chat.status).toBe(200);
    await gateway.reset();
    await passing(gateway, ask(gateway, MODEL, "/production/sync/health", { method: "GET" }));
    expect(await gateway.requests({ surface: "dedicated" })).toMatchObject([{ durationMs: 10_000 }]);
  });

  test("what was awake stays awake over a restart", async () => {
    const folder = await mkdtemp(join(tmpdir(), "dedicated-"));
    const state = join(folder, "state.db");
    try {
      {
        await using before = await startGatewayEmulator({ seed: asleep(), state });
        await predict(before);
      }
      await using gateway = await startGatewayEmulator({ seed: asleep(), state });
      await predict(gateway);
      expect(await durations(gateway)).toEqual([30_000, 0]);
      await gateway.reset();
      await predict(gateway);
      expect(await durations(gateway)).toEqual([30_000]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("scale_down_delay: idle for so long, it sleeps again", async () => {
    await using gateway = await startGatewayEmulator({
      seed: asleep({ status: "ACTIVE", scale_down_delay: "15m" }),
    });
    await predict(gateway);
    await gateway.clock.advance("14m");
    await predict(gateway);
    await gateway.clock.advance("15m");
    await predict(gateway);
    expect(await durations(gateway)).toEqual([0, 0, 30_000]);
  });
});
