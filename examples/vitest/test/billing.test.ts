import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { useGatewayWorld } from "gateway-emulator/vitest";
import { expect, onTestFinished, test } from "vitest";
import { Assistant } from "../src/assistant.js";

const gateway = useGatewayWorld();
const assistant = () => new Assistant({ baseURL: gateway.inferenceUrl, key: gateway.keys.pro ?? "" });

test("a summary is billed with its tokens", async () => {
  await assistant().ask("a summary, please");
  await expect(gateway).toHaveBilled({
    group: "pro",
    events: 1,
    inputTokens: 900,
    cachedInputTokens: 800,
    outputTokens: 100,
  });
});

test("an event is delivered to the webhook, signed", async () => {
  const bodies: string[] = [];
  const signatures: unknown[] = [];
  const receiver = createServer(async (request, response) => {
    bodies.push(await text(request));
    signatures.push(request.headers["x-baseten-signature"]);
    response.end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void receiver.close());
  const { port } = receiver.address() as AddressInfo;
  await gateway.seed({
    workspaces: [
      { name: "acme", webhook: { url: `http://127.0.0.1:${port}/`, secrets: ["whsec_local_example"] } },
    ],
  });

  await assistant().ask("hello");
  await gateway.webhooks.idle();
  expect(bodies.map((body) => JSON.parse(body).data.events.length)).toEqual([1]);
  expect(signatures).toEqual([expect.stringMatching(/^v1=[0-9a-f]{64}$/)]);
});

test("with nobody there to receive it, it is a dead letter after 15 seconds", async () => {
  await assistant().ask("hello");
  await gateway.clock.advance("15s");
  const [letter] = await gateway.webhooks.deadLetters();
  expect(letter?.attempts.length).toBe(5);
  expect(await gateway.billing.reconcile()).toEqual([]);
});
