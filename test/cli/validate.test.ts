import { describe, expect, test } from "vitest";
import { type Folder, runCli, temporaryFolder } from "../support/cli.js";
import { SEED } from "./seed.js";

const GROUPS = `workspaces:
  - name: acme
    groups:
      - external_entity_id: parent
        limit_enforcement: CASCADING
        models: [{ slug: acme/llama, rate_limits: [{ type: REQUEST, unit: MINUTE, threshold: 10 }] }]
        groups:
          - external_entity_id: small
            models: [{ slug: acme/llama, rate_limits: [{ type: REQUEST, unit: MINUTE, threshold: 5 }] }]
          - external_entity_id: big
            models: [{ slug: acme/llama, rate_limits: [{ type: REQUEST, unit: MINUTE, threshold: 50 }] }]
          - external_entity_id: bigger
            models: [{ slug: acme/llama, rate_limits: [{ type: REQUEST, unit: MINUTE, threshold: 60 }] }]
`;

describe("validate", () => {
  test("good files, YAML and JSON together", async () => {
    await using folder = await temporaryFolder();
    const json = await folder.write("seed.json", SEED);
    const yaml = await folder.write("more.yaml", "completions:\n  - match: {}\n    reply: { mode: echo }\n");
    expect(await runCli(["validate", json])).toEqual({ code: 0, stdout: "1 file valid\n", stderr: "" });
    expect(await runCli(["validate", json, yaml])).toEqual({
      code: 0,
      stdout: "2 files valid\n",
      stderr: "",
    });
  });

  test("a pattern that cannot be matched in linear time is a warning (Y-66)", async () => {
    await using folder = await temporaryFolder();
    const rules = await folder.write(
      "rules.yaml",
      [
        "completions:",
        "  - match: { last_message: { regex: '(a+)+$' } }",
        "    reply: { mode: echo }",
        "  - match:",
        "      headers: { x-name: { regex: 'a(?=b)' } }",
        "    reply: { mode: echo }",
        "",
      ].join("\n"),
    );
    const { code, stdout, stderr } = await runCli(["validate", rules]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "1 file valid\n" });
    expect(stderr).toMatch(
      /^warning: .*rules\.yaml:5: completions\.1\.match\.headers\.x-name\.regex: \/a\(\?=b\)\/ .*50 ms.*\n$/,
    );
  });

  test("every problem of form in every file, with line and nearest key", async () => {
    await using folder = await temporaryFolder();
    const typo = await folder.write(
      "typo.yaml",
      "workspaces:\n  - name: acme\n    endpoints:\n      - slgu: acme/llama\n        targets: []\n",
    );
    const broken = await folder.write("broken.yaml", "workspaces:\n  - name: [unclosed\n");
    const json = await folder.write("typo.json", '{\n  "clock": "tomorrow"\n}\n');
    const alias = await folder.write("alias.yaml", "workspaces: *nowhere\n");
    const { code, stderr } = await validate(folder, typo, broken, json, alias, "missing.yaml", "seed.toml");
    expect(code).toBe(1);
    expect(stderr).toContain(
      'typo.yaml:4: workspaces.0.endpoints.0.slgu: unknown key; did you mean "slug"?\n',
    );
    expect(stderr).toContain("typo.yaml:4: workspaces.0.endpoints.0.slug: ");
    expect(stderr).toMatch(/^broken\.yaml:\d: /m);
    expect(stderr).toContain("typo.json:2: clock: ");
    expect(stderr).toMatch(/^alias\.yaml: .*nowhere/m);
    expect(stderr).toContain("missing.yaml: no such file\n");
    expect(stderr).toMatch(/problems in 6 files\n$/);
  });

  test("every problem of substance, with its line (G-6)", async () => {
    await using folder = await temporaryFolder();
    const file = await folder.write("groups.yaml", GROUPS);
    const { code, stderr } = await validate(folder, file);
    expect(code).toBe(1);
    expect(stderr.split("\n")).toEqual([
      expect.stringMatching(/^groups\.yaml:10: workspaces\.0\.groups\.0\.groups\.1: .*exceeds parent/),
      expect.stringMatching(/^groups\.yaml:12: workspaces\.0\.groups\.0\.groups\.2: .*exceeds parent/),
      "gateway-emulator: 2 problems in 1 file",
      "",
    ]);
  });

  test("files that do not go together, with the place in the file that has it", async () => {
    await using folder = await temporaryFolder();
    const one = await folder.write("one.json", SEED);
    const other = await folder.write(
      "other.yaml",
      [
        "workspaces:",
        "  - name: unrelated",
        "  - name: acme",
        "    groups:",
        "      - external_entity_id: new",
        "        models: [{ slug: acme/llama }]",
        "        keys:",
        "          - { name: fine, key: sky_another00001.local-secret }",
        "          - { name: taken, key: sky_acmeprod0001.local-secret }",
        "      - external_entity_id: org",
        "        models: [{ slug: acme/llama }]",
      ].join("\n"),
    );
    const { code, stderr } = await validate(folder, one, other);
    expect(code).toBe(1);
    expect(stderr.split("\n")).toEqual([
      expect.stringMatching(/^other\.yaml:9: workspaces\.1\.groups\.0\.keys\.1: /),
      expect.stringMatching(/^other\.yaml:10: workspaces\.1\.groups\.1: .*"org" already exists/),
      "gateway-emulator: 2 problems in 2 files; each file is valid alone, but together they conflict",
      "",
    ]);
  });
});

/** Runs in the folder, so that messages have bare file names. */
function validate(folder: Folder, ...files: string[]) {
  const names = files.map((file) => file.replace(`${folder.path}/`, ""));
  return runCli(["validate", ...names], { cwd: folder.path });
}
