import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SeedInput, startGatewayEmulator } from "../../src/index.js";
import { chat, FEDERATED_KEY, seedWith } from "../support/chat.js";
import { management, QUICKSTART } from "../support/client.js";
import { problemsOf } from "./support.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "seed-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes a seed file and answers its path. */
async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const QUICKSTART_YAML = `
# One customer, one model.
clock: 2026-06-17T12:00:00Z
workspaces:
  - name: acme
    endpoints:
      - { slug: acme/llama, targets: [{ provider: BASETEN, model_id: 3kZ9xqd }] }
    groups:
      - external_entity_id: org
        models: [{ slug: acme/llama }]
        keys: [{ name: acme-prod, key: ${FEDERATED_KEY} }]
`;

describe("a seed file", () => {
  test.each([
    ["seed.yaml", QUICKSTART_YAML],
    ["seed.yml", QUICKSTART_YAML],
    ["seed.json", JSON.stringify(QUICKSTART)],
    ["SEED.JSON", JSON.stringify({ $schema: "./seed.schema.json", ...QUICKSTART })],
  ])("%s makes the same world as the object", async (name, text) => {
    const from = async (seed: string | SeedInput) => {
      await using gateway = await startGatewayEmulator({ seed });
      expect(gateway.keys).toEqual({ "acme-prod": FEDERATED_KEY });
      return [(await chat(gateway)).text, (await management(gateway).get("/groups")).text];
    };
    expect(await from(await file(name, text))).toEqual(await from(QUICKSTART));
  });

  test("{} is an empty world with a workspace key", async () => {
    await using gateway = await startGatewayEmulator({
      seed: await file("empty.yaml", "{} # nothing yet\n"),
    });
    expect(gateway.keys).toEqual({});
    expect((await management(gateway).get("/groups")).body.items).toEqual([]);
  });

  test("one that is not there, or ends in something else, says so", async () => {
    const missing = join(folder, "missing.yaml");
    expect(await problemsOf(missing)).toEqual([
      { file: missing, line: null, path: "", message: "no such file" },
    ]);
    const text = await file("seed.toml", "a = 1");
    expect(await problemsOf(text)).toMatchObject([{ file: text, message: expect.stringContaining(".yaml") }]);
  });

  test("broken YAML and broken JSON are reported with their line", async () => {
    const yaml = await file("broken.yaml", "workspaces:\n  - name: acme\n   groups: []\n");
    expect((await problemsOf(yaml))[0]).toMatchObject({ file: yaml, line: 3 });
    const json = await file("broken.json", '{\n  "random_seed": ]\n}\n');
    expect((await problemsOf(json))[0]).toMatchObject({ file: json, line: 2 });
  });

  test("an unknown key is reported with file, line, path and the nearest key", async () => {
    const yaml = await file(
      "misspelt.yaml",
      [
        "random_sead: 1",
        "workspaces:",
        "  - name: acme",
        "    endpints: []",
        "    groups:",
        "      - external_entity_id: org",
        "        models: [{ slug: acme/llama }]",
        "        groups:",
        "          - external_entity_id: child",
        "            model: []",
        "            models:",
        "              - slug: acme/llama",
        "                rate_limits:",
        "                  - { type: TOKEN, unit: MINUTE, treshold: 5, threshold: 5 }",
        "settings:",
        "  zzzzzzzz: true",
        "completions:",
        "  - match: { last_mesage: ping }",
        "    reply: { content: pong }",
      ].join("\n"),
    );
    const problems = await problemsOf(yaml);
    expect(problems.every((problem) => problem.file === yaml)).toBe(true);
    const lines = new Map(problems.map(({ path, line, message }) => [path, `${line}: ${message}`]));
    const group = "workspaces.0.groups.0.groups.0";
    expect(lines.get("random_sead")).toBe('1: unknown key; did you mean "random_seed"?');
    expect(lines.get("workspaces.0.endpints")).toBe('4: unknown key; did you mean "endpoints"?');
    expect(lines.get(`${group}.model`)).toBe('10: unknown key; did you mean "models"?');
    expect(lines.get(`${group}.models.0.rate_limits.0.treshold`)).toBe(
      '14: unknown key; did you mean "threshold"?',
    );
    expect(lines.get("settings.zzzzzzzz")).toMatch(/^16: unknown key; known keys: .*stream_dialect/);
    expect(lines.get("completions.0.match.last_mesage")).toBe(
      '18: unknown key; did you mean "last_message"?',
    );
    expect(problems).toHaveLength(6);
  });

  test("a wrong value and a missing key are reported with their place; the message is one link per line", async () => {
    const yaml = await file(
      "wrong.yaml",
      [
        "settings: { stream_dialect: verbose }",
        "workspaces:",
        "  - name: acme",
        "    groups:",
        "      - models: [{ slug: no-prefix }]",
        "        external_entity_id: 7",
        "  - endpoints: []",
      ].join("\n"),
    );
    const places = (await problemsOf(yaml)).map(({ line, path }) => `${line} ${path}`);
    expect(places.sort()).toEqual([
      "1 settings.stream_dialect",
      "5 workspaces.0.groups.0.models.0.slug",
      "6 workspaces.0.groups.0.external_entity_id",
      "7 workspaces.1.name",
    ]);
    await expect(startGatewayEmulator({ seed: yaml })).rejects.toThrow(
      `${yaml}:1: settings.stream_dialect: expected one of "sparse", "full", "openai"`,
    );
  });

  test("a JSON file with a problem gets its line too", async () => {
    const json = await file("misspelt.json", '{\n  "workspaces": [\n    { "nam": "acme" }\n  ]\n}\n');
    expect(await problemsOf(json)).toContainEqual({
      file: json,
      line: 3,
      path: "workspaces.0.nam",
      message: 'unknown key; did you mean "name"?',
    });
  });

  test("an object has no file and no line, but the path", async () => {
    expect(await problemsOf({ workspces: [] })).toEqual([
      { file: null, line: null, path: "workspces", message: 'unknown key; did you mean "workspaces"?' },
    ]);
  });
});

describe("several seeds", () => {
  const KEY_2 = "sky_secondkey001.local-secret";
  const MORE = `
random_seed: 7
settings: { accept_bearer: true }
workspaces:
  - name: acme
    groups:
      - external_entity_id: second
        models: [{ slug: acme/llama }]
        keys: [{ name: second, key: ${KEY_2} }]
  - name: rival
completions:
  - { match: {}, reply: { content: from the second } }
`;

  test("lists add up, workspaces of one name become one, of single values the last wins", async () => {
    const first = seedWith({
      top: { random_seed: 1 },
      settings: { stream_dialect: "full" },
      completions: [{ match: { last_message: "ping" }, reply: { content: "pong" } }],
    });
    await using gateway = await startGatewayEmulator({ seed: [first, await file("more.yaml", MORE)] });
    expect(gateway.keys).toEqual({ "acme-prod": FEDERATED_KEY, second: KEY_2 });
    const groups = (await management(gateway).get("/groups")).body.items;
    expect(groups).toHaveLength(2);

    const bearer = { key: null, headers: { Authorization: `Bearer ${KEY_2}` } };
    const messages = (content: string) => ({ messages: [{ role: "user", content }] });
    const canned = await chat(gateway, messages("ping"), bearer);
    expect(canned.body.choices[0].message.content).toBe("pong");
    expect((await chat(gateway, {}, bearer)).body.choices[0].message.content).toBe("from the second");
    expect((await chat(gateway, { stream: true }, bearer)).text).toContain('"service_tier":null');
    expect(canned.body.created).toBe(Date.parse("2026-06-17T12:00:00Z") / 1000);
  });

  test("the last random_seed counts", async () => {
    const idOf = async (...seeds: SeedInput[]) => {
      await using gateway = await startGatewayEmulator({ seed: [QUICKSTART, ...seeds] });
      return (await management(gateway).get("/groups")).body.items[0].id;
    };
    expect(await idOf({ random_seed: 3 }, { random_seed: 9 })).toBe(await idOf({ random_seed: 9 }));
    expect(await idOf({ random_seed: 3 })).not.toBe(await idOf({ random_seed: 9 }));
  });

  test("the reset goes back to all of them", async () => {
    await using gateway = await startGatewayEmulator({ seed: [QUICKSTART, await file("more.yaml", MORE)] });
    await gateway.reset();
    expect((await management(gateway).get("/groups")).body.items).toHaveLength(2);
    expect(Object.keys(gateway.keys)).toEqual(["acme-prod", "second"]);
  });
});
