import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ulid } from "../../src/domain/ulid.js";
import { chat, FEDERATED_KEY } from "../support/chat.js";
import { call } from "../support/client.js";
import { Receiver } from "./receiver.js";
import { onlyDelivery, startWith } from "./support.js";

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("W-2: the body", () => {
  test("is this, byte for byte", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver);
    const answer = await chat(
      gateway,
      { metadata: { order: "o-1", tags: ["a", 1, null] } },
      { headers: { "x-emulator-usage": "100/20" } },
    );
    await receiver.arrived(1);
    const [event] = receiver.events;
    expect(receiver.received[0]?.raw.toString()).toBe(
      '{"type":"API_BILLING_USAGE","data":{"events":[{' +
        `"idempotencyKey":"${event?.idempotencyKey}","timestamp":"2026-06-17T12:00:00.000Z",` +
        `"requestId":"${event?.requestId}","requestMetadata":{"order":"o-1","tags":["a",1,null]},` +
        '"modelSlug":"acme/llama","externalEntityId":"org","apiKeyPrefix":"sky_acmeprod0001",' +
        '"tokens":{"inputTokens":100,"outputTokens":20,"cachedInputTokens":0}}]}}',
    );
    expect(event?.idempotencyKey).toMatch(ULID);
    expect(event?.requestId).toMatch(UUID);
    expect(event?.requestId.replaceAll("-", "")).toBe(answer.headers.get("x-baseten-request-id"));
  });

  test("without metadata requestMetadata is null; cached tokens are told", async () => {
    await using receiver = await Receiver.start();
    const reply = { content: "hi", usage: { prompt_tokens: 50, completion_tokens: 2, cached_tokens: 30 } };
    await using gateway = await startWith(receiver, { completions: [{ match: {}, reply }] });
    await chat(gateway);
    await receiver.arrived(1);
    expect(receiver.events[0]).toMatchObject({
      requestMetadata: null,
      tokens: { inputTokens: 50, outputTokens: 2, cachedInputTokens: 30 },
    });
  });

  test("the timestamp is the end of the request, not the time of sending", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver);
    await gateway.clock.advance(1_234);
    await gateway.webhooks.pause();
    await chat(gateway);
    await gateway.clock.advance("1h");
    await gateway.webhooks.resume();
    await receiver.arrived(1);
    expect(receiver.events[0]?.timestamp).toBe("2026-06-17T12:00:01.234Z");
  });

  test("one event per delivery, unless webhook_batch allows more", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver, { settings: { webhook_batch: 4 } });
    await gateway.webhooks.pause();
    for (let at = 0; at < 10; at++) await chat(gateway, { metadata: { at } });
    await gateway.webhooks.resume();
    await gateway.webhooks.idle();
    const deliveries = await gateway.webhooks.deliveries();
    expect(deliveries.map(({ events }) => events.map(({ requestMetadata }) => requestMetadata?.at))).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
    expect(receiver.received).toHaveLength(3);
    expect(await gateway.billing.reconcile()).toEqual([]);
  });

  test("the same event keeps its idempotencyKey over retries and in the list of events", async () => {
    await using receiver = await Receiver.start([500, 500, 200]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.clock.advance("10s");
    const [recorded] = await gateway.billing.events();
    expect(new Set(receiver.events.map(({ idempotencyKey }) => idempotencyKey))).toEqual(
      new Set([recorded?.event.idempotencyKey]),
    );
    expect((await onlyDelivery(gateway)).events).toEqual([recorded?.event]);
  });
});

describe("W-3: the older name of the external id", () => {
  test("webhook_fields: both sends it beside the new one", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver, { settings: { webhook_fields: "both" } });
    await chat(gateway);
    await receiver.arrived(1);
    expect(receiver.received[0]?.raw.toString()).toContain(
      '"externalEntityId":"org","externalCustomerId":"org","apiKeyPrefix":"sky_acmeprod0001"',
    );
  });

  test("by default only the new one", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await receiver.arrived(1);
    expect(receiver.received[0]?.raw.toString()).not.toContain("externalCustomerId");
  });
});

describe("both surfaces bill alike", () => {
  test("a message in Anthropic's dialect is one event too", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver);
    const body = {
      model: "acme/llama",
      max_tokens: 100,
      messages: [{ role: "user", content: "Hello, world!" }],
    };
    const answer = await call(gateway, "POST", "/v1/messages", { key: FEDERATED_KEY, body });
    expect(answer.status).toBe(200);
    await receiver.arrived(1);
    expect(receiver.events[0]?.tokens).toEqual({
      inputTokens: answer.body.usage.input_tokens,
      outputTokens: answer.body.usage.output_tokens,
      cachedInputTokens: 0,
    });
  });
});

describe("idempotency keys are ULIDs", () => {
  const instant = fc.integer({ min: 0, max: 2 ** 48 - 1 });
  const bits = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 3, maxLength: 3 });
  const make = (at: number, drawn: readonly number[]): string => {
    const rest = [...drawn];
    return ulid(at, () => rest.shift() ?? 0);
  };

  test("26 characters of Crockford's base 32, whatever the time and chance", () => {
    fc.assert(fc.property(instant, bits, (at, drawn) => ULID.test(make(at, drawn))));
  });

  test("the first ten are the time: they decode to it, and sort as it does", () => {
    const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const decode = (text: string) => [...text].reduce((sum, one) => sum * 32 + alphabet.indexOf(one), 0);
    fc.assert(
      fc.property(instant, instant, bits, bits, (one, other, a, b) => {
        const [first, second] = [make(one, a), make(other, b)];
        expect(decode(first.slice(0, 10))).toBe(one);
        if (one !== other) expect(first < second).toBe(one < other);
      }),
    );
  });

  test("all 80 bits of chance matter", () => {
    fc.assert(
      fc.property(bits, bits, (a, b) => {
        const low = (drawn: readonly number[]) => drawn.map((word) => word % 2 ** 30).join();
        if (low(a.slice(0, 2)) !== low(b.slice(0, 2))) expect(make(0, a)).not.toBe(make(0, b));
      }),
    );
  });
});
