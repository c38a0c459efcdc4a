import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { startGatewayEmulator } from "../src/index.js";
import { chat, openai, perMinute, setLimits, status, usageOf } from "./limits/support.js";
import { call, management } from "./support/client.js";

const FOLDER = fileURLToPath(new URL("../fixtures/", import.meta.url));
const FILES = readdirSync(FOLDER);
const start = (file: string) => startGatewayEmulator({ seed: FOLDER + file });
const say = (content: string) => ({ body: { messages: [{ role: "user", content }] } });
const lower = perMinute("TOKEN", 60);
/** Keys whose limit the seed has used up; every other key of a fixture is good for its first request. */
const SPENT = ["minute-full", "day-full"];

describe.each(FILES)("fixtures/%s", (file) => {
  it("starts as it is, and each of its keys is good for a request, unless its limit is spent", async () => {
    await using gateway = await start(file);
    const names = Object.keys(gateway.keys);
    expect(names).not.toEqual([]);
    const answers: [name: string, status: number][] = [];
    for (const name of names) answers.push([name, await status(gateway, name)]);
    expect(answers).toEqual(names.map((name) => [name, SPENT.includes(name) ? 429 : 200]));
  });

  it("names in its comment only keys, slugs and entities that it declares", () => {
    const text = readFileSync(FOLDER + file, "utf8");
    const lines = text.split("\n");
    const end = lines.findIndex((line) => !line.startsWith("#"));
    expect(end).toBeGreaterThan(1);
    const comment = lines.slice(0, end).join("\n");
    const declared = lines.slice(end).join("\n");
    expect(comment).toContain(`--seed fixtures/${file}`);
    for (const name of comment.match(/sky_[\w.-]+\w|emulator\.[\w-]+|acme\/\w+|(?<=entity_id=)[\w-]+/g) ?? [])
      expect(declared).toContain(name);
  });
});

describe("fixtures/quickstart.yaml", () => {
  it("answers with its canned replies, and echoes the rest", async () => {
    await using gateway = await start("quickstart.yaml");
    const refund = await chat(gateway, "customer-1", say("Where is my REFUND?"));
    expect(refund.body.choices[0].message.content).toBe("Refunds take three to five working days.");
    expect(refund.body.usage).toMatchObject({ prompt_tokens: 12, completion_tokens: 9 });
    const weather = await chat(gateway, "customer-1", say("How is the weather?"));
    expect(weather.body.choices[0].message.tool_calls[0].function).toEqual({
      name: "get_weather",
      arguments: '{"city":"Paris"}',
    });
    const echo = await chat(gateway, "customer-1", { ...say("hello there"), usage: "100/20" });
    expect(echo.body.choices[0].message.content).toBe("hello there");
    expect(echo.body.usage).toMatchObject({ prompt_tokens: 100, completion_tokens: 20 });
  });

  it("streams to the OpenAI SDK, and its key manages", async () => {
    await using gateway = await start("quickstart.yaml");
    const stream = await openai(gateway, "customer-1").chat.completions.create({
      model: "acme/llama",
      messages: [{ role: "user", content: "one two three" }],
      stream: true,
    });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toBe("one two three");
    expect(gateway.workspaceKey).toBe("emulator.manage-acme");
    const groups = await management(gateway).get("/groups");
    expect(groups.body.items).toMatchObject([{ metadata: { external_entity_id: "customer-1" } }]);
  });
});

describe("fixtures/two-tier-independent.yaml", () => {
  it("1: john's 100 tokens are his alone; 2: raising free-tier reaches him; 3: a minute frees all", async () => {
    await using gateway = await start("two-tier-independent.yaml");
    const spend = (name: string, usage: string) => status(gateway, name, { usage });
    expect([await spend("john", "60/40"), await spend("john", "1/0")]).toEqual([200, 429]);
    expect([await spend("sally", "60/60"), await spend("sally", "1/0")]).toEqual([200, 429]);
    expect(await spend("free-tier", "1/0")).toBe(200);

    expect((await setLimits(gateway, "free-tier", perMinute("TOKEN", 150))).status).toBe(200);
    expect([await spend("john", "50/0"), await spend("john", "1/0")]).toEqual([200, 429]);
    expect(await spend("sally", "1/0")).toBe(429);

    await call(gateway, "POST", "/_emulator/clock/advance", { key: null, body: { by: "60s" } });
    expect([await spend("john", "1/0"), await spend("sally", "1/0")]).toEqual([200, 200]);
  });
});

describe("fixtures/cascading-org.yaml", () => {
  it("1, 2: engineering has 30 left once finance spent 70; 3: the decision says why", async () => {
    await using gateway = await start("cascading-org.yaml");
    expect(await status(gateway, "finance", { usage: "40/30" })).toBe(200);
    expect(await status(gateway, "engineering", { usage: "20/10" })).toBe(200);
    const refused = await chat(gateway, "engineering", { usage: "20/10" });
    expect(refused.status).toBe(429);
    expect(refused.headers.get("x-emulator-hint")).toMatch(
      /^TOKEN\/MINUTE of group org .*100 of 100 used; room returns at 2026-06-17T12:01:00/,
    );
    expect(await status(gateway, "org", { usage: "20/10" })).toBe(429);
    const id = refused.headers.get("x-emulator-decision");
    const decision = await call(gateway, "GET", `/_emulator/decisions/${id}`, { key: null });
    expect(decision.body).toMatchObject({
      admitted: false,
      limits: [{ used: 30 }, { used: 100, bound: true }],
    });
  });

  it("4: org goes below 70 only after its children", async () => {
    await using gateway = await start("cascading-org.yaml");
    const early = await setLimits(gateway, "org", lower);
    expect(early.status).toBe(400);
    expect(early.body.message).toBe("Child group exceeds parent group limit.");
    expect((await setLimits(gateway, "finance", lower)).status).toBe(200);
    expect((await setLimits(gateway, "org", lower)).status).toBe(400);
    expect((await setLimits(gateway, "engineering", lower)).status).toBe(200);
    expect((await setLimits(gateway, "org", lower)).status).toBe(200);
  });

  it("4: after 60 seconds everything is free again", async () => {
    await using gateway = await start("cascading-org.yaml");
    for (const name of ["finance", "engineering"]) await status(gateway, name, { usage: "40/30" });
    const each = async () => [await status(gateway, "finance"), await status(gateway, "engineering")];
    expect(await each()).toEqual([429, 429]);
    await gateway.clock.advance("60s");
    expect(await each()).toEqual([200, 200]);
  });
});

describe("fixtures/on-the-boundary.yaml", () => {
  it.each([
    ["minute-full", 429, 429, "59s"],
    ["minute-last", 200, 429, "59s"],
    ["day-full", 429, 429, "60s"],
    ["day-last", 200, 429, "60s"],
  ])("%s: %d, then %d, and room after %s and not before", async (name, first, second, wait) => {
    await using gateway = await start("on-the-boundary.yaml");
    const send = () => status(gateway, name, { usage: "6/4" });
    expect([await send(), await send()]).toEqual([first, second]);
    await gateway.clock.advance(Number.parseInt(wait, 10) * 1000 - 1);
    expect(await send()).toBe(429);
    await gateway.clock.advance(1);
    expect(await send()).toBe(200);
  });

  it("day-last: 9 tokens leave room, 10 do not", async () => {
    await using gateway = await start("on-the-boundary.yaml");
    const send = (usage: string) => status(gateway, "day-last", { usage });
    expect([await send("5/4"), await send("1/0"), await send("1/0")]).toEqual([200, 200, 429]);
  });

  it("the usage report starts where the seed says, and midnight starts at zero", async () => {
    await using gateway = await start("on-the-boundary.yaml");
    expect(await usageOf(gateway, "day-last")).toMatchObject([{ threshold: 100_000, current_usage: 99_990 }]);
    await gateway.clock.advance({ to: "next_midnight" });
    expect(await usageOf(gateway, "day-last")).toMatchObject([{ current_usage: 0 }]);
  });

  it("the OpenAI SDK sees a refusal as its RateLimitError", async () => {
    await using gateway = await start("on-the-boundary.yaml");
    const asked = openai(gateway, "day-full").chat.completions.create({
      model: "acme/llama",
      messages: [{ role: "user", content: "hi" }],
    });
    await expect(asked).rejects.toThrow(OpenAI.RateLimitError);
  });
});
