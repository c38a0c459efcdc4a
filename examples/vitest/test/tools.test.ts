import { useGatewayWorld } from "gateway-emulator/vitest";
import { expect, test } from "vitest";
import { Assistant } from "../src/assistant.js";

const gateway = useGatewayWorld();
const assistant = () => new Assistant({ baseURL: gateway.inferenceUrl, key: gateway.keys.pro ?? "" });

test("an order is looked up when the model asks for it", async () => {
  const asked: number[] = [];
  const answer = await assistant().ask("Where is my order?", (id) => {
    asked.push(id);
    return "shipped";
  });
  expect(asked).toEqual([42]);
  expect(answer).toBe("Order 42 is on its way.");
  await expect(gateway).toHaveServed({ path: "/v1/chat/completions", status: 200, times: 2 });
});

test("a rule of one test alone", async () => {
  await gateway.completions.add({
    match: { last_message: { contains: "refund" } },
    reply: { tool_calls: [{ name: "lookup_order", arguments: { id: 7 } }] },
  });
  await gateway.completions.add({
    match: { has_tool_result: true },
    reply: { content: "Refunded." },
  });
  const asked: number[] = [];
  expect(await assistant().ask("I want a refund", (id) => `order ${asked.push(id)}`)).toBe("Refunded.");
  expect(asked).toEqual([7]);
});
