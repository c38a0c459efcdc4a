import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { chat, seedWith } from "../support/chat.js";

const faulty = (fault: object, rest: object = {}) =>
  startGatewayEmulator({ seed: seedWith({ top: { faults: [{ fault, ...rest }] } }) });

describe("a fault that cannot be done to an answer is kept for one that it can be done to", () => {
  test("of a stream: a whole answer passes, and does not use it up", async () => {
    await using gateway = await faulty({ malformed_chunk: 1 }, { times: 1 });
    expect((await chat(gateway)).body.choices[0].message.content).toBe("Hello, world!");
    expect((await chat(gateway, { stream: true })).text).not.toMatch(/^data: {.*}\n\n/);
    expect((await chat(gateway, { stream: true })).text).toMatch(/^data: {.*}\n\n/);
  });

  test("of a whole answer: a stream passes", async () => {
    await using gateway = await faulty({ truncated_json: true }, { times: 1 });
    expect((await chat(gateway, { stream: true })).text).toMatch(/data: \[DONE\]\n\n$/);
    expect((await chat(gateway)).text).not.toMatch(/}$/);
  });

  test("together with one that can, it strikes", async () => {
    await using gateway = await faulty({ status: 503, malformed_chunk: 1 });
    expect((await chat(gateway)).status).toBe(503);
  });
});

describe("what x-emulator-fault refuses", () => {
  test.each([
    ["{", "x-emulator-fault begins with { but is not valid JSON"],
    ['{"stats":503}', 'stats unknown key; did you mean "status"?'],
    ['{"webhook":{"duplicate":true}}', "faults of webhooks are added with POST /_emulator/faults"],
    ["overlaoded", "x-emulator-fault is one of wrong_key"],
  ])("%s", async (fault, hint) => {
    await using gateway = await faulty({ status: 500 }, { after: 100 });
    const answer = await chat(gateway, {}, { headers: { "x-emulator-fault": fault } });
    expect(answer.status).toBe(400);
    expect((await gateway.requests())[0]?.hint).toContain(hint);
  });
});
