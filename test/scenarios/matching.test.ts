import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { basetenHeaders, chat, MODEL_SERVER_HEADERS, say, seedWith } from "../support/chat.js";
import { call } from "../support/client.js";
import { COUNTED, contentOf, usedToday } from "./support.js";

const RULES = "/_emulator/completions";
const rules = (gateway: GatewayEmulator) => call(gateway, "GET", RULES, { key: null });
const addRules = (gateway: GatewayEmulator, body: unknown) =>
  call(gateway, "POST", RULES, { key: null, body });

const user = (content: unknown) => ({ role: "user", content });
const system = (content: string) => ({ role: "system", content });
const calling = (name: string) => ({
  role: "assistant",
  tool_calls: [{ id: "call-1", type: "function", function: { name, arguments: "{}" } }],
});
const toolResult = { role: "tool", tool_call_id: "call-1", content: "42" };
const schema = { type: "json_schema", json_schema: { name: "any", schema: { type: "object" } } };

/** Fields of the body, or headers, that fit a match and that do not. */
interface Example {
  readonly match: object;
  readonly fits: object;
  readonly misses: object;
  readonly headers?: { fits: Record<string, string>; misses: Record<string, string> };
}

const EXAMPLES: [name: string, example: Example][] = [
  ["model", { match: { model: "acme/llama" }, fits: {}, misses: { model: "acme/glm" } }],
  [
    "last_message, equal",
    {
      match: { last_message: "one" },
      fits: { messages: [user("zero"), user("one")] },
      misses: { messages: [user("one"), user("one more")] },
    },
  ],
  [
    "last_message, contains",
    {
      match: { last_message: { contains: "fun" } },
      fits: { messages: [user("a refund")] },
      misses: { messages: [user("a Fund")] },
    },
  ],
  [
    "last_message, regex",
    {
      match: { last_message: { regex: "(?i)^refund\\b" } },
      fits: { messages: [user("Refund, please"), { role: "assistant", content: "no" }] },
      misses: { messages: [user("my refund")] },
    },
  ],
  [
    "last_message of text parts",
    {
      match: { last_message: "look here" },
      fits: {
        messages: [
          user([
            { type: "text", text: "look " },
            { type: "image_url", image_url: { url: "data:," } },
            { type: "text", text: "here" },
          ]),
        ],
      },
      misses: { messages: [user("look")] },
    },
  ],
  [
    "system",
    {
      match: { system: "be brief\nbe kind" },
      fits: { messages: [system("be brief"), user("hi"), system("be kind")] },
      misses: { messages: [system("be brief"), user("hi")] },
    },
  ],
  [
    "turn",
    {
      match: { turn: 2 },
      fits: { messages: [user("hi"), { role: "assistant", content: "hi" }, user("there")] },
      misses: { messages: [user("hi")] },
    },
  ],
  [
    "has_tool_result",
    {
      match: { has_tool_result: true },
      fits: { messages: [user("add"), calling("add"), toolResult] },
      misses: { messages: [user("add"), calling("add"), toolResult, user("again")] },
    },
  ],
  [
    "has_tool_result: false",
    {
      match: { has_tool_result: false },
      fits: { messages: [user("add")] },
      misses: { messages: [user("add"), calling("add"), toolResult] },
    },
  ],
  [
    "tool_called",
    {
      match: { tool_called: { regex: "^get_" } },
      fits: { messages: [user("add"), calling("get_sum"), toolResult] },
      misses: { messages: [user("add"), calling("add"), toolResult] },
    },
  ],
  [
    "response_format",
    { match: { response_format: "json_schema" }, fits: { response_format: schema }, misses: {} },
  ],
  [
    "response_format, none",
    { match: { response_format: "text" }, fits: {}, misses: { response_format: schema } },
  ],
  ["stream", { match: { stream: false }, fits: {}, misses: { stream: true } }],
  [
    "metadata",
    {
      match: { metadata: { tenant: { contains: "acme" }, tier: "2", trial: "true" } },
      fits: { metadata: { tenant: "acme-eu", tier: 2, trial: true, more: {} } },
      misses: { metadata: { tenant: "acme-eu", tier: 2 } },
    },
  ],
  [
    "headers",
    {
      match: { headers: { "X-Tenant": "acme" } },
      fits: {},
      misses: {},
      headers: { fits: { "x-tenant": "acme" }, misses: { "x-tenant": "other" } },
    },
  ],
  [
    "several keys, all of which must match",
    {
      match: { last_message: "hi", turn: 1 },
      fits: { messages: [user("hi")] },
      misses: { messages: [user("ho"), user("hi")] },
    },
  ],
];

const glm = { slug: "acme/glm", targets: [{ provider: "BASETEN", model_id: "3kZ9xqd" }] };

describe("match keys", () => {
  test.each(EXAMPLES)("%s", async (_name, { match, fits, misses, headers }) => {
    const seed = seedWith({
      completions: [{ match, reply: { content: "fits" } }, { reply: { content: "misses" } }],
      workspace: {
        endpoints: [{ ...glm, slug: "acme/llama" }, glm],
      },
      group: { models: [{ slug: "acme/llama" }, { slug: "acme/glm" }] },
    });
    await using gateway = await startGatewayEmulator({ seed });
    const said = async (fields: object, sent: Record<string, string> = {}) => {
      const { text } = await chat(gateway, fields, { headers: sent });
      return ["fits", "misses"].filter((content) => text.includes(`"content":"${content}"`));
    };
    expect(await said(fits, headers?.fits)).toEqual(["fits"]);
    expect(await said(misses, headers?.misses)).toEqual(["misses"]);
  });

  test.each([
    ["group, by external entity id", () => ({ group: "org" })],
    ["group, by id", (groupId: string) => ({ group: groupId })],
    ["key, by name", () => ({ key: "acme-prod" })],
    ["key, by prefix", () => ({ key: "sky_acmeprod0001" })],
  ])("%s", async (_name, match) => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const { body } = await call(gateway, "GET", "/v1/gateway/groups");
    await addRules(gateway, { match: match(body.items[0].id), reply: { content: "fits" } });
    expect(contentOf(await chat(gateway))).toBe("fits");
    expect(contentOf(await chat(gateway, {}, { key: gateway.workspaceKey }))).toBe("Hello, world!");
  });

  test.each([
    [{ match: { last_mesage: "hi" }, reply: {} }, "last_mesage"],
    [{ match: { last_message: { regex: "(" } }, reply: {} }, "match.last_message"],
    [{ match: { last_message: { starts: "a" } }, reply: {} }, "match.last_message"],
    [{ match: {} }, "expected either reply or sequence"],
    [{ reply: {}, sequence: [{}] }, "expected either reply or sequence"],
    [{ times: 0, reply: {} }, "times"],
  ])("%j is refused, naming %j (B-1)", async (rule, named) => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const answer = await addRules(gateway, rule);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(named);
    expect((await rules(gateway)).body.items).toEqual([]);
  });
});

const once = (content: string, times?: number) => ({
  match: { last_message: { contains: "hi" } },
  ...(times === undefined ? {} : { times }),
  reply: { content },
});
const SEQUENCE = { match: {}, sequence: [{ content: "one" }, { content: "two" }, { content: "three" }] };

async function says(gateway: GatewayEmulator, times: number): Promise<string[]> {
  const said: string[] = [];
  for (let time = 0; time < times; time++) said.push(contentOf(await say(gateway, "hi")));
  return said;
}

describe("which rule answers", () => {
  test("the first that fits, in the order given", async () => {
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ completions: [once("first"), once("second")] }),
    });
    expect(await says(gateway, 2)).toEqual(["first", "first"]);
  });

  test("times: so often, then the next", async () => {
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ completions: [once("first", 2), once("second", 1)] }),
    });
    expect(await says(gateway, 4)).toEqual(["first", "first", "second", "hi"]);
  });

  test("sequence: one after the other, and the last one stays", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith({ completions: [SEQUENCE] }) });
    expect(await says(gateway, 5)).toEqual(["one", "two", "three", "three", "three"]);
  });

  test("sequence and times: so many uses in all", async () => {
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ completions: [{ ...SEQUENCE, times: 2 }] }),
    });
    expect(await says(gateway, 3)).toEqual(["one", "two", "hi"]);
  });

  test("a request that is refused uses nothing up", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith({ completions: [SEQUENCE] }) });
    expect((await say(gateway, "hi", { temperature: 3 })).status).toBe(400);
    expect((await say(gateway, "hi", { model: "acme/nothing" })).status).toBe(404);
    expect((await chat(gateway, {}, { headers: { "x-emulator-fault": "overloaded" } })).status).toBe(529);
    expect(await says(gateway, 1)).toEqual(["one"]);
  });

  test("the journal says which", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith({ completions: [once("first")] }) });
    await say(gateway, "hi");
    const [{ id }] = (await rules(gateway)).body.items;
    expect((await gateway.requests())[0]?.notes).toEqual([`answered by ${id}`]);
  });
});

describe("POST /_emulator/completions", () => {
  test("what is added comes first, and the list shows uses", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith({ completions: [once("seed")] }) });
    expect(await says(gateway, 1)).toEqual(["seed"]);
    const added = await addRules(gateway, once("added", 1));
    expect([added.status, added.body]).toEqual([200, { id: added.body.id, ...once("added", 1) }]);
    expect(await says(gateway, 2)).toEqual(["added", "seed"]);
    const { body } = await rules(gateway);
    expect(body.pagination).toEqual({ has_more: false, cursor: null });
    expect(body.items.map(({ reply, used }: { reply: object; used: number }) => [reply, used])).toEqual([
      [{ content: "added" }, 1],
      [{ content: "seed" }, 2],
    ]);
  });

  test("a list keeps its order", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith({ completions: [once("seed")] }) });
    const added = await addRules(gateway, [once("first", 1), once("second", 1)]);
    expect(added.body.items.map(({ reply }: { reply: { content: string } }) => reply.content)).toEqual([
      "first",
      "second",
    ]);
    expect(await says(gateway, 3)).toEqual(["first", "second", "seed"]);
  });

  test("DELETE forgets them all; reset brings the seed's back, unused", async () => {
    await using gateway = await startGatewayEmulator({ seed: seedWith({ completions: [SEQUENCE] }) });
    await addRules(gateway, once("added"));
    expect(await says(gateway, 1)).toEqual(["added"]);
    expect((await call(gateway, "DELETE", RULES, { key: null })).body).toEqual({ ok: true });
    expect(await says(gateway, 1)).toEqual(["hi"]);
    await gateway.reset();
    expect(await says(gateway, 2)).toEqual(["one", "two"]);
    await gateway.reset();
    expect(await says(gateway, 1)).toEqual(["one"]);
  });
});

describe("the state file", () => {
  test("keeps rules, their order and what is used up (L-15)", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gateway-emulator-"));
    const options = { state: join(folder, "state.db"), seed: seedWith({ completions: [SEQUENCE] }) };
    try {
      {
        await using gateway = await startGatewayEmulator(options);
        await addRules(gateway, once("added", 2));
        expect(await says(gateway, 1)).toEqual(["added"]);
      }
      {
        await using gateway = await startGatewayEmulator(options);
        expect(await says(gateway, 2)).toEqual(["added", "one"]);
      }
      await using gateway = await startGatewayEmulator(options);
      expect(await says(gateway, 3)).toEqual(["two", "three", "three"]);
      await gateway.reset();
      expect(await says(gateway, 1)).toEqual(["one"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("unmatched: error", () => {
  const seed = seedWith({
    settings: { unmatched: "error" },
    model: COUNTED,
    completions: [
      { match: { last_message: { contains: "refund" }, turn: 2, stream: true }, reply: { content: "far" } },
      { match: { last_message: { regex: "^re" } }, reply: { content: "near" } },
      { match: { last_message: "hi" }, times: 1, reply: { content: "hi" } },
    ],
  });

  test("400 in the model server's shape, from behind the gateway (I-4.2)", async () => {
    await using gateway = await startGatewayEmulator({ seed });
    expect(contentOf(await say(gateway, "refund"))).toBe("near");
    const answer = await say(gateway, "a refund");
    expect(answer.status).toBe(400);
    expect(answer.text).toBe(
      '{\n\t"error": {\n\t\t"code": 400,\n\t\t"message": "No completion rule matches this request",\n\t\t"type": "Bad Request"\n\t}\n}\n',
    );
    expect(basetenHeaders(answer)).toEqual(MODEL_SERVER_HEADERS);
  });

  test("the journal and the hint say which rules came closest, and why not", async () => {
    await using gateway = await startGatewayEmulator({ seed });
    await say(gateway, "hi");
    const answer = await say(gateway, "hi");
    const ids = (await rules(gateway)).body.items.map(({ id }: { id: string }) => id);
    const [entry] = await gateway.requests({ status: 400 });
    expect(entry?.error).toBe("unmatched");
    expect(entry?.notes).toEqual([
      `${ids[2]}: all 1 uses are spent`,
      `${ids[1]}: wanted last_message matching /^re/`,
      `${ids[0]}: wanted last_message containing "refund"; turn 2; stream true`,
    ]);
    expect(answer.headers.get("x-emulator-hint")).toBe(
      `No rule matches. Closest: ${ids[2]}: all 1 uses are spent.`,
    );
  });

  test("it counts nowhere (L-4)", async () => {
    await using gateway = await startGatewayEmulator({ seed });
    expect((await say(gateway, "what?")).status).toBe(400);
    expect(await usedToday(gateway)).toEqual({ REQUEST: null, TOKEN: null });
    await say(gateway, "hi");
    expect(await usedToday(gateway)).toMatchObject({ REQUEST: 1 });
  });

  test("without any rule the hint says so", async () => {
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ settings: { unmatched: "error" } }),
    });
    const answer = await say(gateway, "hi");
    expect(answer.headers.get("x-emulator-hint")).toBe("There are no completion rules.");
  });
});
