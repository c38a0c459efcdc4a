import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { AddressGuard, isAllowable } from "../../src/services/outgoing/address-guard.js";
import { ResultReceiver } from "../async/receiver.js";
import { asyncSeed, submitted } from "../async/support.js";
import { chat, seedWith } from "../support/chat.js";
import { Receiver } from "../webhooks/receiver.js";
import { webhookSeed } from "../webhooks/support.js";
import { completionOf, upstream } from "./upstream.js";

const answering = () => upstream((response) => response.end(completionOf(100)));
const forward = (url: string) => ({ reply: { forward: { url: `${url}/v1` } } });

/** One that other machines can reach. */
function start(seed: object, forwardAllow: readonly string[] = []): Promise<GatewayEmulator> {
  return startGatewayEmulator({ seed, host: "0.0.0.0", forwardAllow });
}

describe("an emulator that other machines can reach (Y-77)", () => {
  test.each(["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"])(
    "does not forward to %s when a rule of the control API says so",
    async (host) => {
      await using real = await answering();
      await using gateway = await start(seedWith());
      await gateway.completions.add(forward(real.url.replace("127.0.0.1", host)));
      const answer = await chat(gateway);
      expect(answer.status).toBe(502);
      expect(answer.headers.get("x-emulator-hint")).toMatch(
        /is an internal address, .* start it with --forward-allow /,
      );
      expect(real.asked).toEqual([]);
    },
  );

  test.each(["127.0.0.1", "127.0.0.0/8", "*"])("does when --forward-allow lists %s", async (allowed) => {
    await using real = await answering();
    await using gateway = await start(seedWith(), [allowed]);
    await gateway.completions.add(forward(real.url));
    expect((await chat(gateway)).status).toBe(200);
  });

  test("does when --forward-allow lists its name", async () => {
    await using real = await answering();
    await using gateway = await start(seedWith(), ["localhost"]);
    await gateway.completions.add(forward(real.url.replace("127.0.0.1", "localhost")));
    expect((await chat(gateway)).status).toBe(200);
  });

  test("does when the seed that it was started with says so, and not to another port", async () => {
    await using known = await answering();
    await using other = await answering();
    await using gateway = await start(seedWith({ completions: [forward(known.url)] }));
    expect((await chat(gateway)).status).toBe(200);
    await gateway.completions.add(forward(other.url));
    expect((await chat(gateway)).status).toBe(502);
  });

  test("sends no billing event to an internal receiver that another seed names, in any world", async () => {
    await using known = await Receiver.start();
    await using other = await Receiver.start();
    await using gateway = await start(webhookSeed(known.url));
    const fork = await gateway.world("fork");
    await fork.reseed(webhookSeed(other.url));
    for (const world of [gateway, fork]) {
      const key = world.keys["acme-prod"] ?? null;
      await fetch(`${world.url}/v1/chat/completions`, {
        method: "POST",
        headers: { Authorization: `Api-Key ${key}`, "Content-Type": "application/json" },
        body: JSON.stringify({ model: "acme/llama", messages: [{ role: "user", content: "Hello" }] }),
      });
      await world.webhooks.idle();
    }
    expect(known.received).toHaveLength(1);
    expect(other.received).toEqual([]);
    const [delivery] = await fork.webhooks.deliveries();
    expect(delivery?.attempts[0]?.error).toContain("is an internal address");
  });

  test("sends no result of an async request there", async () => {
    await using receiver = await ResultReceiver.start();
    await using gateway = await start(asyncSeed());
    await submitted(gateway, "echo", { webhook_endpoint: receiver.url });
    await gateway.clock.advance("60s");
    expect(receiver.received).toEqual([]);
  });
});

describe("which addresses are internal", () => {
  const guard = new AddressGuard(["10.1.0.0/16", "fd00::1"], []);
  const refuses = (host: string): boolean => {
    try {
      guard.resolverFor(`http://${host}:80/`);
      return false;
    } catch {
      return true;
    }
  };

  test.each([
    "0.0.0.0",
    "10.0.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "172.31.0.1",
    "192.168.1.1",
    "[::]",
    "[::1]",
    "[fe80::1]",
    "[fd00::2]",
    "[::ffff:10.0.0.1]",
    "0x7f.1",
  ])("%s", (host) => {
    expect(refuses(host)).toBe(true);
  });

  test.each(["8.8.8.8", "172.32.0.1", "[2606:4700::1111]", "10.1.2.3", "[fd00::1]"])(
    "not %s, which is public or listed",
    (host) => {
      expect(refuses(host)).toBe(false);
    },
  );
});

describe("what --forward-allow lists", () => {
  test.each(["*", "host.docker.internal", "10.0.0.0/8", "::1", "fd00::/8"])("%s", (entry) => {
    expect(isAllowable(entry)).toBe(true);
  });

  test.each(["", "http://127.0.0.1", "10.0.0.0/33", "a/8", "*.internal"])("not %j", async (entry) => {
    expect(isAllowable(entry)).toBe(false);
    await expect(start({}, [entry])).rejects.toThrow("forwardAllow: expected host names");
  });
});
