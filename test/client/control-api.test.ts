import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { call, QUICKSTART } from "../support/client.js";
import { Receiver } from "../webhooks/receiver.js";
import { webhookSeed } from "../webhooks/support.js";
import { chat } from "./transports.js";

describe("the parts of the control API that the client needs", () => {
  test("within waits for requests, and count says for how many", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const waiting = call(gateway, "GET", "/_emulator/requests?status=200&count=2&within=10s");
    await chat(gateway);
    await chat(gateway);
    expect((await waiting).body.total).toBe(2);
    const none = await call(gateway, "GET", "/_emulator/requests?status=429&within=1ms");
    expect(none.body.items).toEqual([]);
    expect((await call(gateway, "GET", "/_emulator/requests?count=2")).body.message).toBe(
      "count: needs within, such as within=2s",
    );
    expect((await call(gateway, "GET", "/_emulator/requests?within=soon")).status).toBe(400);
  });

  test("webhooks/idle answers when nothing is being sent", async () => {
    await using receiver = await Receiver.start();
    await using gateway = await startGatewayEmulator({ seed: webhookSeed(receiver.url) });
    await chat(gateway);
    expect((await call(gateway, "POST", "/_emulator/webhooks/idle")).body).toEqual({ ok: true });
    expect(receiver.received).toHaveLength(1);
  });

  test("a snapshot's image goes out with GET and comes in with PUT", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await chat(gateway);
    await gateway.snapshot({ name: "one" });
    const url = (name: string) => `${gateway.url}/_emulator/snapshots/${name}/image`;
    const sent = await fetch(url("one"));
    expect([sent.status, sent.headers.get("content-type")]).toEqual([200, "application/octet-stream"]);
    const image = new Uint8Array(await sent.arrayBuffer());
    expect(Number(sent.headers.get("content-length"))).toBe(image.byteLength);

    await using other = await startGatewayEmulator();
    const target = url("two%2F2").replace(gateway.url, other.url);
    const put = async (body: string | Uint8Array<ArrayBuffer>) => {
      const response = await fetch(target, { method: "PUT", body });
      return [response.status, await response.json()];
    };
    expect(await put(image)).toEqual([
      200,
      { name: "two/2", at: expect.any(String), bytes: image.byteLength },
    ]);
    await other.restore("two/2");
    expect(await other.requests()).toHaveLength(1);

    expect(await put("not a database")).toEqual([
      400,
      { code: "VALIDATION_ERROR", message: expect.stringContaining("two/2 is not a SQLite file") },
    ]);
    expect((await fetch(url("none"))).status).toBe(404);
  });
});
