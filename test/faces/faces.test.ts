import { describe, expect, test } from "vitest";
import { connectGatewayEmulator, type GatewayWorld, startGatewayEmulator } from "../../src/index.js";
import { call, QUICKSTART } from "../support/client.js";

const CHAT = { model: "acme/llama", messages: [{ role: "user", content: "hello" }] };
const KEY = "sky_acmeprod0001.local-secret";

function chat(gateway: { url: string; workspaceKey: string }, key = KEY, body: object = CHAT) {
  return call(gateway, "POST", "/v1/chat/completions", { key, body });
}

/** Where the error says that it was made: the first frame of its stack. */
async function frameOf(work: Promise<unknown>): Promise<string> {
  const failed = await work.then(
    () => null,
    (cause: unknown) => cause,
  );
  expect(failed).toBeInstanceOf(Error);
  return (failed as Error).stack?.split("\n").find((line) => line.trim().startsWith("at ")) ?? "";
}

describe("endpoints, groups and keys, through the management API", () => {
  test("an endpoint, a tree of groups and a key that calls it", async () => {
    await using gateway = await startGatewayEmulator();
    const endpoint = await gateway.createEndpoint("acme/llama");
    expect(endpoint).toMatchObject({ slug: "acme/llama", targets: [{ provider: "BASETEN" }] });
    const org = await gateway.createGroup({
      external_entity_id: "org",
      limit_enforcement: "CASCADING",
      models: ["acme/llama"],
    });
    const team = await gateway.createGroup({
      external_entity_id: "team",
      parent: org,
      models: [{ slug: "acme/llama", rate_limits: [{ type: "REQUEST", unit: "MINUTE", threshold: 1 }] }],
    });
    expect(team.hierarchy).toEqual({ limit_enforcement: "CASCADING", parent_group_id: org.id });
    const { api_key, prefix, name } = await gateway.mintKey(team, "ci");
    expect([prefix, name]).toEqual([api_key.split(".")[0], "ci"]);
    expect((await chat(gateway, api_key)).status).toBe(200);
    expect((await chat(gateway, api_key)).status).toBe(429);
  });

  test("a refusal is the API's own words, at the caller's line", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const again = () => gateway.createGroup({ external_entity_id: "org", models: ["acme/llama"] });
    await expect(again()).rejects.toThrow(/^POST \/v1\/gateway\/groups was refused with 400: .*org/);
    expect(await frameOf(again())).toContain("faces.test.ts");
    expect(await frameOf(gateway.mintKey("nowhere"))).toContain("faces.test.ts");
  });
});

describe("rules and faults", () => {
  test("added to a seed they come first, and a reset takes them away", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await gateway.completions.add([
      { match: { last_message: "hello" }, reply: { content: "hi" } },
      { match: {}, reply: { content: "what?" } },
    ]);
    const [fault] = await gateway.faults.add({ match: {}, times: 1, fault: { preset: "draining" } });
    expect(fault?.id).toMatch(/^fault-/);
    expect((await chat(gateway)).status).toBe(503);
    expect((await chat(gateway)).body.choices[0].message.content).toBe("hi");
    await gateway.reset();
    expect((await chat(gateway)).body.choices[0].message.content).toBe("hello");
  });

  test("a wrong one is refused at the caller's line, with the place", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const wrong = () =>
      gateway.completions.add([
        { match: {}, reply: { content: "x" } },
        { match: {}, reply: { contnet: "x" } } as object,
      ]);
    await expect(wrong()).rejects.toThrow(/1\.reply/);
    expect(await frameOf(wrong())).toContain("faces.test.ts");
    const typo = JSON.parse('{"match":{},"fault":{"staus":503}}');
    await expect(gateway.faults.add(typo)).rejects.toThrow(/staus/);
    const key = JSON.parse('{"match":{"lst_message":"x"},"reply":{"content":"y"}}');
    await expect(gateway.completions.add(key)).rejects.toThrow(
      'match.lst_message: unknown key; did you mean "last_message"?',
    );
  });
});

describe("what was asked", () => {
  test("expectRequest waits for a request that is still to come", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const expected = gateway.expectRequest({ path: "/v1/chat/completions", status: 200 });
    await chat(gateway);
    expect((await expected).map(({ slug }) => slug)).toEqual(["acme/llama"]);
    await chat(gateway);
    expect(await gateway.expectRequest({ slug: "acme/llama" }, { count: 2 })).toHaveLength(2);
    expect(await gateway.expectRequest({ status: 429 }, { count: 0 })).toEqual([]);
  });

  test("it says what there was instead, at the caller's line", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await chat(gateway, "sky_wrongwrong01.secret");
    const missed = () => gateway.expectRequest({ status: 200 }, { within: 1 });
    await expect(missed()).rejects.toThrow(
      /expected a request with \{"status":200\}, found 0.\nAsked:\n {2}POST \/v1\/chat\/completions 403/,
    );
    expect(await frameOf(missed())).toContain("faces.test.ts");
    await expect(gateway.expectRequest({}, { within: "soon" })).rejects.toThrow("within: expected");
    await expect(gateway.expectRequest({}, { count: 2, within: 1 })).rejects.toThrow("expected 2 requests");
  });

  test("expectNoUnmatched names what no rule fitted and what no route took", async () => {
    await using gateway = await startGatewayEmulator({
      seed: { ...QUICKSTART, completions: [{ match: { last_message: "hello" }, reply: { content: "hi" } }] },
    });
    await chat(gateway);
    await gateway.expectNoUnmatched();
    await chat(gateway, KEY, { ...CHAT, messages: [{ role: "user", content: "refund" }] });
    await call(gateway, "GET", "/v1/chat/completion");
    await expect(gateway.expectNoUnmatched()).rejects.toThrow(
      /but 2 were not\.\nAsked:\n.*no rule fits: echoed; .*wanted.*\n.*GET \/v1\/chat\/completion 404/,
    );
  });

  test("without any rule an echo is what was asked for", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await chat(gateway);
    await gateway.expectNoUnmatched();
  });
});

describe("wrong use", () => {
  test("a seed with a typo: path and nearest key, at the caller's line", async () => {
    const start = () => startGatewayEmulator({ seed: { workspaces: [{ nmae: "acme" }] } as object });
    await expect(start()).rejects.toThrow(/workspaces\.0.*nmae.*name/s);
    expect(await frameOf(start())).toContain("faces.test.ts");
  });

  test("a port in use", async () => {
    await using gateway = await startGatewayEmulator();
    const start = () => startGatewayEmulator({ port: gateway.port });
    await expect(start()).rejects.toThrow(
      `Cannot listen on 127.0.0.1:${gateway.port}: the port is in use. Stop the other server, or use port 0`,
    );
    expect(await frameOf(start())).toContain("faces.test.ts");
  });

  test("an unknown option: the nearest one", async () => {
    const misspelt = JSON.parse('{"seeed":"fixtures/quickstart.yaml"}');
    await expect(startGatewayEmulator(misspelt)).rejects.toThrow(
      'startGatewayEmulator: unknown option "seeed"; did you mean "seed"?',
    );
    expect(await frameOf(startGatewayEmulator(misspelt))).toContain("faces.test.ts");
  });

  test("a field that there is not, of a filter, an expectation or a group: the one that was meant", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const remote = await connectGatewayEmulator(gateway.url);
    for (const face of [gateway, remote]) {
      const misspelt: object = { stauts: 429 };
      const wrong: [() => Promise<unknown>, string][] = [
        [() => face.requests(misspelt), 'unknown field "stauts"; did you mean "status"?'],
        [() => face.expectRequest(misspelt), 'unknown field "stauts"; did you mean "status"?'],
        [
          () => face.expectRequest({}, { times: 1 } as object),
          'unknown field "times"; there are count, within.',
        ],
        [() => face.billing.events({ gruop: "org" } as object), 'did you mean "group"?'],
        [() => face.webhooks.deliveries({ sate: "dead" } as object), 'did you mean "state"?'],
        [() => face.snapshot({ fiel: "x" } as object), 'did you mean "file"?'],
        [() => face.world("w", { form: "seed" } as object), 'did you mean "from"?'],
        [
          () => face.createGroup(JSON.parse('{"external_entity_id":"e","modles":[]}')),
          'createGroup: unknown field "modles"; did you mean "models"?',
        ],
      ];
      for (const [use, message] of wrong) {
        await expect(use()).rejects.toThrow(message);
        expect(await frameOf(use())).toContain("faces.test.ts");
      }
    }
  });

  test("a snapshot or a group that was not awaited, and a clock that is not told how far", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const group = gateway.createGroup({ external_entity_id: "team", models: ["acme/llama"] });
    await expect(gateway.mintKey(group as unknown as string)).rejects.toThrow(
      "mintKey: expected what `await createGroup()` answered",
    );
    await group;
    const misspelt = JSON.parse('{"too":"61s"}');
    await expect(gateway.clock.advance(misspelt)).rejects.toThrow("advance: expected milliseconds");
    const restore = () => gateway.restore(gateway.snapshot() as unknown as string);
    await expect(restore()).rejects.toThrow("restore takes what `await snapshot()` answered");
    expect(await frameOf(restore())).toContain("faces.test.ts");
  });

  test("a world that has ended, and an emulator that was stopped", async () => {
    const gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const world = await gateway.world("w1");
    await gateway.removeWorld("w1");
    const ended = /^The world "(w1|default)" has ended: it was removed, or its emulator was stopped/;
    const use = (face: GatewayWorld) => [
      () => face.requests(),
      () => face.reset(),
      () => face.clock.advance("1s"),
      () => face.faults.clear(),
      () => face.webhooks.deliveries(),
      () => face.mintKey("org"),
    ];
    for (const one of use(world)) await expect(one()).rejects.toThrow(ended);
    await gateway.stop();
    for (const one of use(gateway)) {
      await expect(one()).rejects.toThrow(ended);
      expect(await frameOf(one())).toContain("faces.test.ts");
    }
    await expect(gateway.world("w2")).rejects.toThrow("The emulator was stopped");
  });

  test("what is no URL", async () => {
    await expect(connectGatewayEmulator("127.0.0.1:4110")).rejects.toThrow(
      'expected a URL such as http://127.0.0.1:4110, got "127.0.0.1:4110"',
    );
  });

  test("the clock sent back", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const back = () => gateway.clock.set("2020-01-01T00:00:00Z");
    await expect(back()).rejects.toThrow(/cannot go back/);
    expect(await frameOf(back())).toContain("faces.test.ts");
  });
});
