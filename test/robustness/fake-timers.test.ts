import { connect } from "node:http2";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type GatewayEmulator, type SeedInput, startGatewayEmulator } from "../../src/index.js";
import { chat, FEDERATED_KEY, HELLO, seedWith } from "../support/chat.js";
import { management } from "../support/client.js";
import { Receiver } from "../webhooks/receiver.js";

/** Longer than any test here: whatever waits for a fake timer never ends. */
const LATER = "2031-01-01T00:00:00Z";

/** Time in the test's process stands still, as in a suite that tests its own retries. */
function standStill(): void {
  vi.useFakeTimers({ now: Date.parse(LATER) });
}

afterEach(() => void vi.useRealTimers());

const REAL_TIME = { clock: undefined };

const PACED: SeedInput = seedWith({
  top: REAL_TIME,
  completions: [{ reply: { content: "one two three", stream: { tokens_per_second: 200 } } }],
});

/** Every way in which an answer waits for something. */
async function everyWait(gateway: GatewayEmulator): Promise<void> {
  expect((await chat(gateway)).status).toBe(200);
  expect((await chat(gateway, { stream: true })).text).toContain("[DONE]");
  expect((await management(gateway).get("/groups")).status).toBe(200);
  await gateway.faults.add({ fault: { delay: "20ms" }, times: 1 });
  expect((await chat(gateway)).status).toBe(200);
  await gateway.clock.advance("1s");
  expect(await gateway.requests()).toHaveLength(4);
  await gateway.webhooks.idle();
}

describe("with fake timers", () => {
  test.each([
    ["before the start", standStill, () => {}],
    ["after the start", () => {}, standStill],
  ])("every request is answered: %s", async (_, before, after) => {
    before();
    await using gateway = await startGatewayEmulator({ seed: PACED });
    after();
    await everyWait(gateway);
    await gateway.stop();
  });

  test("without a port too", async () => {
    await using gateway = await startGatewayEmulator({ seed: PACED, listen: false });
    standStill();
    const answer = await gateway.fetch(`${gateway.inferenceUrl}/chat/completions`, {
      method: "POST",
      headers: { Authorization: `Api-Key ${FEDERATED_KEY}`, "Content-Type": "application/json" },
      body: JSON.stringify({ ...HELLO, stream: true }),
    });
    expect(await answer.text()).toContain("[DONE]");
    await gateway.stop();
  });

  test("webhooks arrive, and a failed one is sent again", async () => {
    await using receiver = await Receiver.start([500, 200]);
    const workspace = { webhook: { url: receiver.url, secrets: ["whsec"] } };
    await using gateway = await startGatewayEmulator({ seed: seedWith({ top: REAL_TIME, workspace }) });
    standStill();
    await chat(gateway);
    await gateway.webhooks.idle();
    await gateway.clock.advance("1m");
    await gateway.webhooks.idle();
    expect(receiver.received).toHaveLength(2);
  });

  test("an emulator shows the machine's time, not the fake one; its clock moves it", async () => {
    standStill();
    await using gateway = await startGatewayEmulator({ seed: PACED });
    const now = async () => Date.parse((await gateway.clock.read()).now);
    expect(await now()).toBeLessThan(Date.now());
    expect(new Date(Date.now()).toISOString()).toContain("2031-01-01");
    await gateway.clock.set("2032-01-01T00:00:00Z");
    expect(await now()).toBeGreaterThan(Date.now());
  });

  test("the package's bundle holds on to its timers too, those of its dependencies included (HTTP/2)", async () => {
    const built: typeof import("../../src/index.js") = await import(
      new URL("../../dist/index.js", import.meta.url).href
    );
    await using gateway = await built.startGatewayEmulator({ seed: PACED });
    standStill();
    await everyWait(gateway);
    const session = connect(gateway.url);
    const stream = session.request({
      ":method": "POST",
      ":path": "/v1/chat/completions",
      authorization: `Api-Key ${FEDERATED_KEY}`,
      "content-type": "application/json",
    });
    stream.end(JSON.stringify({ ...HELLO, stream: true }));
    let text = "";
    for await (const chunk of stream.setEncoding("utf8")) text += chunk;
    expect(text).toContain("[DONE]");
    session.close();
  });
});
