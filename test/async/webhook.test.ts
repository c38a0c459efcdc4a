import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { ResultReceiver } from "./receiver.js";
import {
  asyncSeed,
  DEPLOYMENT,
  MODEL,
  NOON,
  SECRET,
  settled,
  start,
  statusOf,
  submitted,
} from "./support.js";

const signed = (raw: string, ...secrets: string[]): string =>
  secrets.map((secret) => `v1=${createHmac("sha256", secret).update(raw).digest("hex")}`).join(",");

const iso = (seconds: number): string => new Date(Date.parse(NOON) + seconds * 1000).toISOString();

describe("I-5: the async webhook", () => {
  test("gets the result when the model is done: body byte for byte, headers and signature", async () => {
    await using receiver = await ResultReceiver.start();
    await using gateway = await start();
    const id = await submitted(gateway, "slow", { webhook_endpoint: receiver.url });
    await gateway.clock.advance("60s");
    const [result, ...others] = receiver.received;
    expect(others).toEqual([]);
    expect(result?.method).toBe("POST");
    expect(result?.raw).toBe(
      `{"request_id":"${id}","model_id":"${MODEL}","deployment_id":"${DEPLOYMENT}","type":"async_request_completed",` +
        `"time":"${iso(60)}","data":{"done":true},"errors":[]}`,
    );
    expect(result?.headers).toMatchObject({
      "content-type": "application/json",
      "x-baseten-request-id": id,
      "x-baseten-signature": signed(result?.raw ?? "", SECRET),
    });
    expect(await settled(gateway, id)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  });

  test("is told at once, though the clock is frozen, when the model takes no time", async () => {
    await using receiver = await ResultReceiver.start();
    await using gateway = await start();
    const id = await submitted(gateway, "echo", { webhook_endpoint: receiver.url });
    // It waits for what is under way, and finds no job that had to wait for it.
    expect(await gateway.clock.advance(0)).toEqual([]);
    expect(await settled(gateway, id)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
    expect(receiver.received).toHaveLength(1);
  });

  test("failing once is told again 2 s later, the same bytes", async () => {
    await using receiver = await ResultReceiver.start([503, 200]);
    await using gateway = await start();
    const id = await submitted(gateway, "echo", { webhook_endpoint: receiver.url });
    expect(await settled(gateway, id)).toEqual(["SUCCEEDED", "PENDING"]);
    expect(await gateway.clock.advance(1_999)).toEqual([]);
    expect(await gateway.clock.advance(1)).toMatchObject([{ job: `async webhook ${id}` }]);
    expect(await settled(gateway, id)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
    const [first, second] = receiver.received;
    expect(second?.raw).toBe(first?.raw);
    expect(second?.headers["x-baseten-signature"]).toBe(first?.headers["x-baseten-signature"]);
  });

  test.each([500, 502, 503, 504])(
    "failing twice with %d is WEBHOOK_FAILED, and no third attempt",
    async (status) => {
      await using receiver = await ResultReceiver.start([status]);
      await using gateway = await start();
      const id = await submitted(gateway, "echo", { webhook_endpoint: receiver.url });
      await gateway.clock.advance("2s");
      expect((await statusOf(gateway, id)).body).toMatchObject({
        status: "WEBHOOK_FAILED",
        webhook_status: "FAILED",
        status_at: iso(2),
        errors: [],
      });
      await gateway.clock.advance("30m");
      expect(receiver.received).toHaveLength(2);
    },
  );

  test.each([400, 404, 410, 429, 301, 501, "reset" as const])(
    "%s is not worth a second attempt (Y-30)",
    async (reaction) => {
      await using receiver = await ResultReceiver.start([reaction]);
      await using gateway = await start();
      const id = await submitted(gateway, "echo", { webhook_endpoint: receiver.url });
      expect(await settled(gateway, id)).toEqual(["WEBHOOK_FAILED", "FAILED"]);
      expect(await gateway.clock.advance("1m")).toEqual([]);
      expect(receiver.received).toHaveLength(1);
    },
  );

  test("no answer within 10 s of the world's clock fails it (Y-30)", async () => {
    await using receiver = await ResultReceiver.start(["hang"]);
    await using gateway = await start();
    const id = await submitted(gateway, "echo", { webhook_endpoint: receiver.url });
    await receiver.arrived(1);
    await gateway.clock.advance(9_999);
    expect((await statusOf(gateway, id)).body.webhook_status).toBe("PENDING");
    await gateway.clock.advance("5s");
    expect(await settled(gateway, id)).toEqual(["WEBHOOK_FAILED", "FAILED"]);
    expect(receiver.received).toHaveLength(1);
  });

  test("a FAILED request stays FAILED when its webhook fails too (Y-30)", async () => {
    await using receiver = await ResultReceiver.start([404]);
    await using gateway = await start();
    const id = await submitted(gateway, "invalid", { webhook_endpoint: receiver.url });
    expect(await settled(gateway, id)).toEqual(["FAILED", "FAILED"]);
  });

  test("one that takes its time does not hold up the queue", async () => {
    await using receiver = await ResultReceiver.start([503]);
    await using gateway = await start();
    await submitted(gateway, "echo", { webhook_endpoint: receiver.url });
    const next = await submitted(gateway, "echo");
    expect((await settled(gateway, next))[0]).toBe("SUCCEEDED");
  });

  test("rotated secrets sign side by side, newest first, for 24 hours; without a secret nothing signs", async () => {
    await using receiver = await ResultReceiver.start();
    await using gateway = await start();
    const rotate = (...secrets: string[]) =>
      gateway.seed({ workspaces: [{ name: "acme", async_webhook_secrets: secrets }] });
    const signature = async (): Promise<[string | undefined, string]> => {
      await submitted(gateway, "echo", { webhook_endpoint: receiver.url });
      await gateway.clock.advance(0);
      const result = receiver.received.at(-1);
      return [result?.headers["x-baseten-signature"]?.toString(), result?.raw ?? ""];
    };
    await rotate("whsec_new", SECRET);
    const [both, first] = await signature();
    expect(both).toBe(signed(first, "whsec_new", SECRET));
    await gateway.clock.advance("24h");
    const [one, second] = await signature();
    expect(one).toBe(signed(second, "whsec_new"));
    await rotate();
    expect((await signature())[0]).toBeUndefined();
  });

  test("while the clock runs by itself nobody has to move it", async () => {
    await using receiver = await ResultReceiver.start();
    const { clock: _frozen, ...seed } = asyncSeed();
    await using gateway = await startGatewayEmulator({ seed });
    const inference_retry_config = { initial_delay_ms: 1 };
    await submitted(gateway, "flaky", { webhook_endpoint: receiver.url, inference_retry_config });
    await receiver.arrived(1);
    expect(receiver.received).toMatchObject([{ body: { data: { third: "time" }, errors: [] } }]);
  });
});
