import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { FEDERATED_KEY, HELLO } from "../support/chat.js";
import { type Answered, call } from "../support/client.js";
import { aig, gatewaySeed, HOST, notesOf, type Sent, upstream } from "./support.js";

const HOUR = { "cf-aig-cache-ttl": "3600" };
const cached = ({ headers }: Answered) => headers.get("cf-aig-cache-status");

/** Cache status of one request after the other in a new world. */
async function statuses(gatewayFields: object, sent: readonly Sent[]): Promise<(string | null)[]> {
  await using gateway = await startGatewayEmulator({ seed: gatewaySeed(gatewayFields) });
  const seen: (string | null)[] = [];
  for (const one of sent) seen.push(cached(await aig(gateway, one)));
  return seen;
}

describe("the cache of the AI Gateway (Y-37)", () => {
  test("is off by default", async () => {
    expect(await statuses({}, [{}, {}])).toEqual(["MISS", "MISS"]);
  });

  test("a request turns it on: the second answer is the first one's, byte for byte, with ids of its own", async () => {
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed() });
    const first = await aig(gateway, { headers: HOUR });
    const second = await aig(gateway, { headers: HOUR });
    expect([cached(first), cached(second)]).toEqual(["MISS", "HIT"]);
    expect([second.status, second.text]).toEqual([200, first.text]);
    expect(second.headers.get("content-type")).toBe("application/json");
    expect(second.headers.get("cf-aig-step")).toBe("0");
    expect(second.headers.get("cf-aig-log-id")).not.toBe(first.headers.get("cf-aig-log-id"));
    expect(second.headers.has("x-baseten-request-id")).toBe(false);
  });

  test("a hit reaches no provider: not counted, not billed, and within a spent limit", async () => {
    const model = { rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold: 1 }] };
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed({}, { model }) });
    await aig(gateway, { headers: HOUR });
    expect(cached(await aig(gateway, { headers: HOUR }))).toBe("HIT");
    expect((await aig(gateway)).status).toBe(429);
    expect(await upstream(gateway)).toHaveLength(2);
    const events = (await call(gateway, "GET", "/_emulator/billing/events", { key: null })).body.items;
    expect(events).toHaveLength(1);
    const [first] = await gateway.requests({ surface: "cloudflare" });
    expect(await notesOf(gateway)).toContain(`from the cache, where request ${first?.seq} put it`);
  });

  test("it lasts as long as the answer's ttl on the world's clock, and not a millisecond more", async () => {
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed() });
    const headers = { "cf-aig-cache-ttl": "60" };
    await aig(gateway, { headers });
    await gateway.clock.advance(59_999);
    expect(cached(await aig(gateway, { headers: HOUR }))).toBe("HIT");
    await gateway.clock.advance(1);
    expect(cached(await aig(gateway, { headers }))).toBe("MISS");
    expect(cached(await aig(gateway, { headers }))).toBe("HIT");
  });

  test.each([
    ["1", 60],
    ["99999999", 2_592_000],
  ])("cf-aig-cache-ttl: %s is taken as %d", async (ttl, seconds) => {
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed() });
    const headers = { "cf-aig-cache-ttl": ttl };
    await aig(gateway, { headers });
    expect(await notesOf(gateway)).toContain(`cf-aig-cache-ttl: ${ttl} taken as ${seconds}`);
    await gateway.clock.advance(seconds * 1000 - 1);
    expect(cached(await aig(gateway, { headers }))).toBe("HIT");
    await gateway.clock.advance(1);
    expect(cached(await aig(gateway, { headers }))).toBe("MISS");
  });

  test("the gateway's own cache_ttl turns it on for all; a request's 0 turns it off", async () => {
    const off = { headers: { "cf-aig-cache-ttl": "0" } };
    expect(await statuses({ cache_ttl: 60 }, [{}, {}, off])).toEqual(["MISS", "HIT", "MISS"]);
  });

  test("cf-aig-skip-cache neither reads nor writes", async () => {
    const skip = { headers: { ...HOUR, "cf-aig-skip-cache": "true" } };
    const plain = { headers: HOUR };
    expect(await statuses({}, [skip, plain, skip, plain])).toEqual(["MISS", "MISS", "MISS", "HIT"]);
  });

  test("the older names cf-cache-ttl and cf-skip-cache work too", async () => {
    const ttl = { headers: { "cf-cache-ttl": "3600" } };
    const skip = { headers: { "cf-cache-ttl": "3600", "cf-skip-cache": "true" } };
    expect(await statuses({}, [ttl, ttl, skip])).toEqual(["MISS", "HIT", "MISS"]);
  });

  test("another body, key, or path is another answer; the same chat by compat is the same", async () => {
    const rest = { ...HELLO, model: "baseten/acme/llama" };
    const seen = await statuses({ cache_ttl: 60, keys: { default: FEDERATED_KEY } }, [
      {},
      { fields: { seed: 1 } },
      { key: "sky_unknown00000.secret" },
      { path: "/baseten/chat/completions" },
      { path: "/compat/chat/completions", body: rest },
      { key: null },
    ]);
    expect(seen).toEqual(["MISS", "MISS", "MISS", "HIT", "HIT", "HIT"]);
  });

  test("each gateway has its own", async () => {
    const gateways = ["gw", "gw2"].map((gateway_id) => ({ account_id: "acc", gateway_id, cache_ttl: 60 }));
    await using gateway = await startGatewayEmulator({
      seed: gatewaySeed({}, { top: { cloudflare: { gateways } } }),
    });
    const ask = (name: string) =>
      call(gateway, "POST", `${HOST}/v1/acc/${name}/baseten/v1/chat/completions`, {
        key: FEDERATED_KEY,
        body: HELLO,
      });
    const seen = [await ask("gw"), await ask("gw2"), await ask("gw")].map(cached);
    expect(seen).toEqual(["MISS", "MISS", "HIT"]);
  });

  test("cf-aig-cache-key says by itself what is the same; alone it keeps for 5 minutes", async () => {
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed() });
    const headers = { "cf-aig-cache-key": "responseA" };
    const first = await aig(gateway, { headers });
    const second = await aig(gateway, { headers, fields: { messages: [{ role: "user", content: "else" }] } });
    expect([cached(first), cached(second), second.text]).toEqual(["MISS", "HIT", first.text]);
    await gateway.clock.advance("5m");
    expect(cached(await aig(gateway, { headers }))).toBe("MISS");
  });

  test("only 200s are kept", async () => {
    const top = { faults: [{ times: 1, fault: { preset: "overloaded" } }] };
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed({ cache_ttl: 60 }, { top }) });
    const answers = [await aig(gateway), await aig(gateway), await aig(gateway)];
    expect(answers.map((answer) => [answer.status, cached(answer)])).toEqual([
      [529, "MISS"],
      [200, "MISS"],
      [200, "HIT"],
    ]);
  });

  test("streams are not", async () => {
    const stream = { fields: { stream: true } };
    expect(await statuses({ cache_ttl: 60 }, [stream, stream])).toEqual(["MISS", "MISS"]);
  });

  test("a model's predictions are kept too, whatever bytes they are, but not those that come in chunks", async () => {
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff]);
    const top = {
      predictions: [
        { match: { body: { prompt: "chunks" } }, reply: { chunks: ["a", "b"] } },
        { match: { body: { prompt: "json" } }, reply: { json: { a: 1 } } },
        { reply: { base64: png.toString("base64"), content_type: "image/png" } },
      ],
    };
    const workspace = { models: [{ id: "3kZ9xqd" }] };
    const seed = gatewaySeed({ cache_ttl: 60 }, { top, workspace });
    await using gateway = await startGatewayEmulator({ seed });
    const ask = async (prompt: string) => {
      const response = await fetch(`${gateway.url}${HOST}/v1/acc/gw/baseten/model/3kZ9xqd`, {
        method: "POST",
        headers: { Authorization: `Bearer ${gateway.workspaceKey}`, "Content-Type": "application/json" },
        body: JSON.stringify({ prompt }),
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      return [response.headers.get("cf-aig-cache-status"), response.headers.get("content-type"), bytes];
    };
    for (const status of ["MISS", "HIT"]) {
      expect(await ask("image")).toEqual([status, "image/png", png]);
      expect(await ask("json")).toEqual([status, "application/json", Buffer.from('{"a":1}')]);
      expect(await ask("chunks")).toEqual(["MISS", "text/plain; charset=utf-8", Buffer.from("ab")]);
    }
    const bodies = (await gateway.requests({ surface: "cloudflare" })).map((one) => one.responseBody);
    expect(bodies).toContain("<6 bytes>");
  });

  test("an answer that breaks off is not", async () => {
    const fault = JSON.stringify({ cut: { after_bytes: 10 } });
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed({ cache_ttl: 60 }) });
    await expect(aig(gateway, { headers: { "x-emulator-fault": fault } })).rejects.toThrow();
    expect(cached(await aig(gateway))).toBe("MISS");
  });

  test("a reset forgets it", async () => {
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed({ cache_ttl: 60 }) });
    await aig(gateway);
    await gateway.reset();
    expect(cached(await aig(gateway))).toBe("MISS");
  });

  test("answers above 25 MB are not kept", async () => {
    const body = "x".repeat(25 * 1024 * 1024 + 1);
    const top = { faults: [{ fault: { status: 200, body } }] };
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed({ cache_ttl: 60 }, { top }) });
    expect([await aig(gateway), await aig(gateway)].map(cached)).toEqual(["MISS", "MISS"]);
  });
});
