import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BACKOFFS, retryDelayMs } from "../../src/domain/cloudflare/gateway.js";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { until } from "../scenarios/support.js";
import { aig, gatewaySeed, notesOf, ownError, untilAsked, untilStruck, upstream } from "./support.js";

/** A world whose first `times` chats meet a fault. */
function flaky(times: number, fault: object, gateway: object = {}): Promise<GatewayEmulator> {
  return startGatewayEmulator({ seed: gatewaySeed(gateway, { top: { faults: [{ times, fault }] } }) });
}

const asked = async (gateway: GatewayEmulator) => (await upstream(gateway)).map(({ status }) => status);
const attempts = (most: number, delay = 0, backoff = "constant") => ({
  "cf-aig-max-attempts": String(most),
  "cf-aig-retry-delay": String(delay),
  "cf-aig-backoff": backoff,
});

describe("retries of the AI Gateway (Y-38)", () => {
  test("without a header there is one attempt", async () => {
    await using gateway = await flaky(1, { preset: "overloaded" });
    expect((await aig(gateway)).status).toBe(529);
    expect(await asked(gateway)).toEqual([529]);
  });

  test("cf-aig-max-attempts counts all of them, and each is a request of its own upstream", async () => {
    await using gateway = await flaky(2, { preset: "draining" });
    const answer = await aig(gateway, { headers: attempts(3) });
    expect(answer.status).toBe(200);
    expect(await asked(gateway)).toEqual([503, 503, 200]);
    const notes = await notesOf(gateway);
    expect(notes.filter((note) => note.includes("not passed on"))).toEqual([
      "attempt 1: 503, not passed on",
      "attempt 2: 503, not passed on",
    ]);
    expect(await gateway.requests({ surface: "cloudflare" })).toHaveLength(1);
  });

  test("the last attempt's answer passes through, whatever it is", async () => {
    await using gateway = await flaky(3, { status: 500, body: { error: "third" } });
    const answer = await aig(gateway, { headers: attempts(2) });
    expect([answer.status, answer.text]).toEqual([500, '{"error":"third"}']);
    expect(await asked(gateway)).toEqual([500, 500]);
  });

  test("five is the most", async () => {
    await using gateway = await flaky(9, { preset: "overloaded" });
    expect((await aig(gateway, { headers: attempts(9) })).status).toBe(529);
    expect(await asked(gateway)).toHaveLength(5);
    expect(await notesOf(gateway)).toContain("cf-aig-max-attempts: 9 taken as 5");
  });

  test.each([
    [{ preset: "rate_limited" }, 2],
    [{ preset: "timeout" }, 2],
    [{ status: 500 }, 2],
    [{ preset: "payment_required" }, 1],
    [{ preset: "unknown_model" }, 1],
    [{ status: 400 }, 1],
    [{ status: 408 }, 1],
  ])("%j: %d requests", async (fault, times) => {
    await using gateway = await flaky(9, fault);
    await aig(gateway, { headers: attempts(2) });
    expect(await asked(gateway)).toHaveLength(times);
  });

  test("a lost connection is tried again; without an answer it is 2005 (Y-39)", async () => {
    await using gateway = await flaky(1, { reset: true });
    expect((await aig(gateway, { headers: attempts(2) })).status).toBe(200);
    const reset = { "x-emulator-fault": '{"reset":true}' };
    const lost = await aig(gateway, { headers: reset });
    expect([lost.status, lost.text]).toEqual([
      400,
      ownError(400, 2005, "Failed to get response from provider"),
    ]);
  });

  test.each([
    ["constant", [200, 400, 600, 800]],
    ["linear", [200, 600, 1200, 2000]],
    ["exponential", [200, 600, 1400, 3000]],
  ])("cf-aig-backoff: %s, on the world's clock", async (backoff, at) => {
    await using gateway = await flaky(4, { preset: "draining" });
    const answer = aig(gateway, { headers: attempts(5, 200, backoff) });
    await untilAsked(gateway, 1);
    const fired = await gateway.clock.advance("5s");
    const start = Date.parse("2026-06-17T12:00:00Z");
    const retries = fired.filter(({ job }) => job === "retry of the AI Gateway");
    expect(retries.map((one) => Date.parse(String(new Date(one.at).toISOString())) - start)).toEqual(at);
    expect((await answer).status).toBe(200);
  });

  test("the delay is 5 seconds at most", async () => {
    await using gateway = await flaky(1, { preset: "draining" });
    const answer = aig(gateway, { headers: attempts(2, 60_000) });
    await untilAsked(gateway, 1);
    await gateway.clock.advance(4_999);
    expect(await asked(gateway)).toEqual([503]);
    await gateway.clock.advance(1);
    expect((await answer).status).toBe(200);
  });

  test("the gateway's own retry holds without headers; headers win", async () => {
    const retry = { max_attempts: 2, delay: "1s", backoff: "linear" };
    await using gateway = await flaky(2, { preset: "draining" }, { retry });
    expect((await aig(gateway, { headers: { "cf-aig-max-attempts": "1" } })).status).toBe(503);
    const answer = aig(gateway);
    await untilAsked(gateway, 2);
    await gateway.clock.advance("1s");
    expect((await answer).status).toBe(200);
  });

  test("each attempt counts against the limits by itself", async () => {
    const model = { rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold: 2 }] };
    const top = { faults: [{ fault: { preset: "overloaded" } }] };
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed({}, { model, top }) });
    expect((await aig(gateway, { headers: attempts(4) })).status).toBe(429);
    expect(await asked(gateway)).toEqual([529, 529, 429, 429]);
  });

  test("a stream whose beginning fails is tried again", async () => {
    await using gateway = await flaky(1, { preset: "overloaded" });
    const answer = await aig(gateway, { fields: { stream: true }, headers: attempts(2) });
    expect([answer.status, answer.text.endsWith("data: [DONE]\n\n")]).toEqual([200, true]);
  });

  test("whoever hangs up between two attempts is not waited for", async () => {
    await using gateway = await flaky(1, { preset: "draining" });
    const abort = new AbortController();
    const sent = fetch(
      `${gateway.url}/_host/gateway.ai.cloudflare.com/v1/acc/gw/baseten/v1/chat/completions`,
      {
        method: "POST",
        headers: {
          ...attempts(2, 1000),
          Authorization: "Api-Key sky_acmeprod0001.local-secret",
          "Content-Type": "application/json",
        },
        body: JSON.stringify({ model: "acme/llama", messages: [] }),
        signal: abort.signal,
      },
    ).catch(() => null);
    await untilAsked(gateway, 1);
    abort.abort();
    await sent;
    await until(async () => (await gateway.requests({ surface: "cloudflare" })).length === 1);
    expect(await gateway.requests({ surface: "cloudflare" })).toMatchObject([{ status: 499 }]);
    await gateway.clock.advance("10s");
    expect(await asked(gateway)).toEqual([503]);
  });

  test("delays by their definition, for every delay and number of failures", () => {
    fc.assert(
      fc.property(
        fc.nat(5000),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom(...BACKOFFS),
        (delayMs, n, backoff) => {
          const doubled = [1, 2, 4, 8].map((times) => times * delayMs)[n - 1];
          const wanted = { constant: delayMs, linear: n * delayMs, exponential: doubled };
          expect(retryDelayMs({ attempts: 5, delayMs, backoff }, n)).toBe(wanted[backoff]);
        },
      ),
    );
  });
});

describe("cf-aig-request-timeout (Y-39)", () => {
  const LATE = ownError(408, 3046, "Request timeout");
  const timeout = (ms: number, more: object = {}) => ({ "cf-aig-request-timeout": String(ms), ...more });

  test("no first byte in time is 408, at that instant of the world's clock", async () => {
    await using gateway = await flaky(1, { delay: "10s" });
    const answer = aig(gateway, { headers: timeout(5000) });
    await untilStruck(gateway, 1);
    await gateway.clock.advance(4_999);
    expect(await gateway.requests({ surface: "cloudflare" })).toEqual([]);
    const fired = await gateway.clock.advance(1);
    expect(fired.map(({ job }) => job)).toEqual(["request timeout of the AI Gateway"]);
    expect([(await answer).status, (await answer).text]).toEqual([408, LATE]);
    expect(await gateway.requests({ error: "client_gone" })).toHaveLength(1);
  });

  test("an answer in time cancels it", async () => {
    await using gateway = await flaky(1, { delay: "10s" });
    const answer = aig(gateway, { headers: timeout(10_001) });
    await untilStruck(gateway, 1);
    await gateway.clock.advance("10s");
    expect((await answer).status).toBe(200);
    expect(await gateway.clock.advance("10s")).toEqual([]);
  });

  test("it is about the first byte: a stream may take its time", async () => {
    const settings = { stream: { ttft_ms: 400, tokens_per_second: 1 } };
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed({}, { settings }) });
    const answer = aig(gateway, { fields: { stream: true }, headers: timeout(1000) });
    await until(async () => (await gateway.clock.advance(200)).length > 0);
    await gateway.clock.advance("60s");
    expect((await answer).text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  test("a late attempt is tried again, and the last one is waited for, however long it takes (Y-38)", async () => {
    await using gateway = await flaky(2, { delay: "10s" });
    const answer = aig(gateway, { headers: timeout(1000, attempts(2)) });
    await untilStruck(gateway, 1);
    await gateway.clock.advance("1s");
    await untilStruck(gateway, 2);
    await gateway.clock.advance("10s");
    expect((await answer).status).toBe(200);
    expect(await notesOf(gateway)).toContain("attempt 1: no answer in time");
  });
});
