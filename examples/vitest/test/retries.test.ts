import { useGatewayWorld } from "gateway-emulator/vitest";
import { describe, expect, test } from "vitest";
import { Assistant } from "../src/assistant.js";

const gateway = useGatewayWorld();
const assistant = (maxRetries: number) =>
  new Assistant({ baseURL: gateway.inferenceUrl, key: gateway.keys.pro ?? "", maxRetries });
const statuses = async () =>
  (await gateway.requests({ path: "/v1/chat/completions" })).map(({ status }) => status);

describe("a gateway that is busy", () => {
  test("twice is hidden by two retries", async () => {
    await gateway.faults.add({
      match: {},
      times: 2,
      fault: { preset: "overloaded", headers: { "retry-after-ms": "1" } },
    });
    expect(await assistant(2).ask("hello")).toBe("hello");
    expect(await statuses()).toEqual([529, 529, 200]);
  });

  test("for longer is not", async () => {
    await gateway.faults.add({
      match: {},
      fault: { preset: "overloaded", headers: { "retry-after-ms": "1" } },
    });
    await expect(assistant(1).ask("hello")).rejects.toThrow("529");
    expect(await statuses()).toEqual([529, 529]);
  });
});

test("a stream that breaks off gives what came before, then fails", async () => {
  await gateway.faults.add({ match: { stream: true }, fault: { cut: { after_chunks: 3 } } });
  const pieces: string[] = [];
  const reading = async () => {
    for await (const piece of assistant(0).stream("one two three four five")) pieces.push(piece);
  };
  await expect(reading()).rejects.toThrow();
  expect(pieces.join("")).toBe("one two three");
});
