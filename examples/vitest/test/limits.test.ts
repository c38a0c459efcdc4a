import { useGatewayWorld } from "gateway-emulator/vitest";
import { RateLimitError } from "openai";
import { describe, expect, test } from "vitest";
import { Assistant } from "../src/assistant.js";

const gateway = useGatewayWorld();
const assistant = () => new Assistant({ baseURL: gateway.inferenceUrl, key: gateway.keys.free ?? "" });

describe("a free customer", () => {
  test("has two questions a minute, and two more when the minute is over", async () => {
    await assistant().ask("one");
    await assistant().ask("two");
    await expect(assistant().ask("three")).rejects.toThrow(RateLimitError);
    await expect(gateway).toHaveRefused({ limit: "REQUEST/MINUTE", limitOf: "free", times: 1 });

    await gateway.clock.advance("61s");
    expect(await assistant().ask("three")).toBe("three");
  });

  test("has 1000 tokens a day, which a summary spends at once", async () => {
    await assistant().ask("a summary, please");
    await gateway.clock.advance("61s");
    await expect(assistant().ask("and now?")).rejects.toThrow(RateLimitError);
    await expect(gateway).toHaveRefused({ limit: "TOKEN/DAY", limitOf: "free" });

    await gateway.clock.advance({ to: "next_midnight" });
    expect(await assistant().ask("and now?")).toBe("and now?");
  });

  test("starts every test with nothing spent", async () => {
    expect(await assistant().ask("one")).toBe("one");
    await expect(gateway).toHaveServed({ path: "/v1/chat/completions", times: 1 });
  });
});
