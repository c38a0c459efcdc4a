import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { FEDERATED_KEY } from "../support/chat.js";
import { type Folder, runCli, temporaryFolder } from "../support/cli.js";
import { problemsOf } from "./support.js";

let folder: Folder;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

/** What is wrong with a file, as `line: message`. */
async function linesOf(name: string, content: string | Uint8Array): Promise<string[]> {
  const problems = await problemsOf(await folder.write(name, content));
  return problems.map(({ line, message }) => `${line}: ${message}`);
}

describe("a key that stands twice", () => {
  test.each([
    ["twice.json", '{\n  "random_seed": 1,\n  "random_seed": 2\n}', '3: the key "random_seed" stands here'],
    ["deep.json", '{ "workspaces": [{ "name": "a",\n "name": "b" }] }', '2: the key "name" stands here'],
    ["escaped.json", '{ "clock": null,\n "cl\\u006fck": null }', '2: the key "cl\\u006fck" stands here'],
    ["twice.yaml", "random_seed: 1\nrandom_seed: 2\n", "2: the key random_seed stands here"],
    ["twice-quoted.yaml", 'random_seed: 1\n"random_seed": 2\n', '2: the key "random_seed" stands here'],
  ])("in %s is an error with its line", async (name, text, problem) => {
    expect(await linesOf(name, text)).toEqual([expect.stringContaining(problem)]);
  });

  test("texts that look like keys are none", async () => {
    const text = JSON.stringify(
      { $schema: 'a "name": "name": \\":', workspaces: [{ name: "\":'" }] },
      null,
      1,
    );
    expect(await linesOf("texts.json", text)).toEqual([]);
  });
});

describe("anchors", () => {
  const MERGED = `
x-base: &base
  models: [{ slug: acme/llama }]
x-keys:
  - &key { name: acme-prod, key: ${FEDERATED_KEY} }
workspaces:
  - name: acme
    groups:
      - <<: *base
        external_entity_id: org
        keys: [*key]
`;

  test("stand in x- keys, which are ignored, and merge keys use them", async () => {
    await using gateway = await startGatewayEmulator({ seed: await folder.write("merge.yaml", MERGED) });
    expect(gateway.keys).toEqual({ "acme-prod": FEDERATED_KEY });
  });

  test("x- keys are ignored in JSON and in objects too, but only at the top", async () => {
    expect(await linesOf("x.json", '{ "x-note": 1, "random_seed": 1 }')).toEqual([]);
    expect(await problemsOf({ "x-note": 1 })).toEqual([]);
    expect(await linesOf("deep-x.yaml", "settings: { x-note: 1 }")).toEqual([
      expect.stringContaining("1: unknown key"),
    ]);
  });

  test("a problem in what is merged has the line where it stands", async () => {
    const wrong = MERGED.replace("slug: acme/llama", "slgu: acme/llama");
    expect(await linesOf("merge-wrong.yaml", wrong)).toContain('3: unknown key; did you mean "slug"?');
  });

  test.each([
    ["groups: &groups [{ external_entity_id: a, groups: *groups }]", "inside its own anchor"],
    ["random_seed: *nothing", "nothing"],
    ["<<: 3", "Merge sources must be maps"],
  ])("%s: says what is wrong", async (text, problem) => {
    expect(await linesOf("alias.yaml", text)).toEqual([expect.stringContaining(problem)]);
  });
});

describe("encodings", () => {
  const TEXT = "# für später\nrandom_seed: 1\n";
  const swapped = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();

  test.each<[string, Buffer, string]>([
    ["UTF-16 with a mark", Buffer.from(`\ufeff${TEXT}`, "utf16le"), "null: the encoding is UTF-16"],
    ["UTF-16 without a mark", Buffer.from(TEXT, "utf16le"), "null: the encoding is UTF-16"],
    ["UTF-16 the other way round", swapped(`\ufeff${TEXT}`), "null: the encoding is UTF-16"],
    ["UTF-16 the other way round, no mark", swapped(TEXT), "null: the encoding is UTF-16"],
    ["UTF-32", Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), "null: the encoding is UTF-32"],
    ["Latin-1", Buffer.from(`random_seed: 1\n${TEXT}`, "latin1"), "2: this line is not UTF-8"],
  ])("%s is named", async (_, bytes, problem) => {
    for (const name of ["encoded.yaml", "encoded.json"]) {
      const [found, ...more] = await linesOf(name, bytes);
      expect([found, more]).toEqual([expect.stringContaining(problem), []]);
      expect(found).toContain("save the file as UTF-8");
    }
  });

  test("a byte order mark of UTF-8 is fine", async () => {
    expect(await linesOf("mark.yaml", `\ufeff${TEXT}`)).toEqual([]);
    expect(await linesOf("mark.json", '\ufeff{ "random_seed": 1 }')).toEqual([]);
  });
});

describe("a file without contents", () => {
  test.each([
    ["empty.json", ""],
    ["empty.yaml", ""],
    ["comment.yaml", "# nothing yet\n"],
    ["null.json", "null"],
  ])("%s: says that it is empty", async (name, text) => {
    expect(await linesOf(name, text)).toEqual([expect.stringContaining("this file is empty")]);
  });

  test("several documents in one: says where the second begins", async () => {
    expect(await linesOf("two.yaml", "random_seed: 1\n---\nrandom_seed: 2\n")).toEqual([
      expect.stringMatching(/^2: a second document begins here/),
    ]);
  });
});

test("validate reports all of these, and the line of a refusal through an anchor", async () => {
  const conflict = await folder.write(
    "conflict.yaml",
    [
      "x-group: &group { external_entity_id: org, models: [{ slug: acme/llama }] }",
      "workspaces:",
      "  - name: acme",
      "    groups:",
      "      - *group",
      "      - *group",
    ].join("\n"),
  );
  const empty = await folder.write("nothing.yaml", "");
  const { code, stderr } = await runCli(["validate", empty]);
  expect([code, stderr]).toEqual([1, expect.stringContaining(`${empty}: this file is empty`)]);
  expect((await runCli(["validate", conflict])).stderr).toContain(`${conflict}:6: workspaces.0.groups.1`);
});
