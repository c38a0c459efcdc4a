import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { chat, say } from "../support/chat.js";
import { Receiver } from "./receiver.js";
import { onlyDelivery, SECRET, startWith, webhookSeed } from "./support.js";
import { verify } from "./verify.js";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("W-4: the signature", () => {
  test("is v1= and the HMAC-SHA256 of the raw body in lower-case hex, beside a UUID", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await receiver.arrived(1);
    const [received] = receiver.received;
    const hex = createHmac("sha256", SECRET)
      .update(received?.raw ?? "")
      .digest("hex");
    expect(received?.signature).toBe(`v1=${hex}`);
    expect(received?.requestId).toMatch(UUID);
    expect(received?.method).toBe("POST");
    expect(received?.headers["content-type"]).toBe("application/json");
    expect(received?.headers["content-length"]).toBe(String(received?.raw.length));
  });

  test("a check written from the documents accepts every delivery and none that was tampered with", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver, { settings: { webhook_batch: 3 } });
    for (const metadata of [{ customer: "ü 漢字 🦆" }, { quote: 'a"b\\c' }, {}, { newline: "a\nb" }]) {
      await chat(gateway, { metadata });
    }
    await gateway.webhooks.idle();
    expect(receiver.events).toHaveLength(4);
    for (const { raw, signature } of receiver.received) {
      expect(verify(raw, signature, SECRET)).toBe(true);
      for (let at = 0; at < raw.length; at++) {
        const tampered = Buffer.from(raw);
        tampered[at] = (tampered[at] ?? 0) ^ 1;
        expect(verify(tampered, signature, SECRET)).toBe(false);
      }
      for (const [body, header, secret] of [
        [raw, signature, `${SECRET} `],
        [Buffer.concat([raw, Buffer.from("\n")]), signature, SECRET],
        [raw.subarray(1), signature, SECRET],
        [raw, signature.replace("v1=", "v2="), SECRET],
        [raw, signature.slice(0, -2), SECRET],
        [raw, "v1=", SECRET],
        [raw, "", SECRET],
      ] as const) {
        expect(verify(body, header, secret)).toBe(false);
      }
    }
  });
});

describe("W-4: rotation", () => {
  test("both secrets sign for 24 hours, newest first; then only the new one", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver);
    await gateway.webhooks.rotate("whsec_new");
    await say(gateway, "during");
    await gateway.clock.advance("24h");
    await say(gateway, "after");
    await gateway.webhooks.idle();
    const [during, after] = receiver.received;
    const signed = (secret: string, raw: Buffer = Buffer.alloc(0)) =>
      `v1=${createHmac("sha256", secret).update(raw).digest("hex")}`;
    expect(during?.signature).toBe(`${signed("whsec_new", during?.raw)},${signed(SECRET, during?.raw)}`);
    expect(after?.signature).toBe(signed("whsec_new", after?.raw));
  });

  test("the old one signs up to the last millisecond of the 24 hours", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startWith(receiver);
    await gateway.webhooks.rotate("whsec_new");
    await gateway.clock.advance(24 * 3_600_000 - 1);
    await chat(gateway);
    await receiver.arrived(1);
    expect(receiver.received[0]?.signature.split(",")).toHaveLength(2);
  });

  test("a receiver that knows either secret accepts; a retry is signed as of its own time", async () => {
    await using receiver = await Receiver.start([500, 200]);
    await using gateway = await startWith(receiver);
    await chat(gateway);
    await gateway.webhooks.idle();
    await gateway.webhooks.rotate("whsec_new");
    await gateway.clock.advance("1s");
    const [before, retried] = receiver.received;
    expect(before?.signature.split(",")).toHaveLength(1);
    for (const secret of [SECRET, "whsec_new"]) {
      expect(verify(retried?.raw ?? Buffer.alloc(0), retried?.signature ?? "", secret)).toBe(true);
    }
    expect(retried?.requestId).toBe(before?.requestId);
    expect((await onlyDelivery(gateway)).state).toBe("delivered");
  });

  test("a seed with several secrets is in the middle of a rotation", async () => {
    await using receiver = await Receiver.start();
    const seed = webhookSeed(receiver.url, {}, ["whsec_c", "whsec_b", "whsec_a"]);
    await using gateway = await startGatewayEmulator({ seed });
    await chat(gateway);
    await receiver.arrived(1);
    const [received] = receiver.received;
    const secrets = ["whsec_c", "whsec_b", "whsec_a"];
    expect(received?.signature.split(",")).toHaveLength(3);
    expect(
      secrets.map((secret) => verify(received?.raw ?? Buffer.alloc(0), received?.signature ?? "", secret)),
    ).toEqual([true, true, true]);
  });

  test("without a webhook there is no secret to rotate", async () => {
    await using gateway = await startGatewayEmulator();
    await expect(gateway.webhooks.rotate("whsec_new")).rejects.toThrow("no such workspace has a webhook");
  });
});
