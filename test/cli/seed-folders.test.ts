import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { InvalidSeed, startGatewayEmulator } from "../../src/index.js";
import { runCli, startCli, temporaryFolder } from "../support/cli.js";
import { chat, KEY, SEED } from "./seed.js";

const rule = (content: string) => `completions: [{ match: {}, reply: { content: ${content} } }]`;

/** The rules of a running emulator, by what they say. */
async function contents(url: string): Promise<string[]> {
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers as their users do, without types
  const rules: any = await (await fetch(`${url}/_emulator/completions`)).json();
  return rules.items.map(({ reply }: { reply: { content: string } }) => reply.content);
}

describe("a folder as a seed", () => {
  test("stands for its seed files in the order of their names, and for nothing else in it", async () => {
    await using folder = await temporaryFolder();
    await folder.write("20.yml", rule("second"));
    await folder.write("10.json", SEED);
    await folder.write("15.YAML", rule("first"));
    await folder.write("README.md", "not a seed");
    await using emulator = await startCli(["--state", ":memory:", "--seed", folder.path]);
    expect(await contents(emulator.url)).toEqual(["first", "second"]);
    expect(await chat(emulator.url)).toBe(200);

    await using gateway = await startGatewayEmulator({ seed: folder.path });
    expect(gateway.keys).toEqual({ "acme-prod": KEY });
    expect(await contents(gateway.url)).toEqual(["first", "second"]);
  });

  test("is refused by name when it has none", async () => {
    await using folder = await temporaryFolder();
    await folder.write("notes.txt", "");
    await expect(startGatewayEmulator({ seed: folder.path })).rejects.toThrow(InvalidSeed);
    const { code, stderr } = await runCli(["--port", "0", "--state", ":memory:", "--seed", folder.path]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `${folder.path}: this folder has no seed file: expected one that ends in .yaml, .yml or .json\n` +
        "gateway-emulator: the seed has 1 problem\n",
    );
  });

  test("has its problems told with file and line, those of form and those of substance", async () => {
    await using folder = await temporaryFolder();
    const first = await folder.write("1.yaml", "wrkspaces: []\n");
    const second = await folder.write("2.yaml", "\nfaultz: []\n");
    const inForm = await runCli(["validate", folder.path]);
    expect(inForm.stderr).toContain(`${first}:1: wrkspaces: unknown key; did you mean "workspaces"?\n`);
    expect(inForm.stderr).toContain(`${second}:2: faultz: unknown key; did you mean "faults"?\n`);
    expect(inForm.stderr).toContain("2 problems in 2 files");

    await folder.write("1.yaml", SEED);
    await folder.write("2.yaml", SEED);
    const inSubstance = await runCli(["validate", folder.path]);
    expect(inSubstance.stderr).toContain(`${second}:1: workspaces.0.endpoints.0`);
    expect(inSubstance.stderr).toContain("each file is valid alone, but together they conflict");
    expect(inSubstance.code).toBe(1);
  });

  test("counts as its files when it is valid; a folder in it is no seed file", async () => {
    await using folder = await temporaryFolder();
    await folder.write("1.json", SEED);
    await folder.write("2.yaml", rule("second"));
    expect(await runCli(["validate", folder.path])).toMatchObject({ code: 0, stdout: "2 files valid\n" });
    await mkdir(join(folder.path, "3.yaml"));
    expect((await runCli(["validate", folder.path])).stderr).toContain(
      "3.yaml: cannot be read: Error: EISDIR",
    );
  });

  test("--watch sees changed files, new ones, and changes of the new ones", async () => {
    await using folder = await temporaryFolder();
    await folder.write("1.json", SEED);
    await using emulator = await startCli(["--state", ":memory:", "--seed", folder.path, "--watch"]);
    const seedRead = async (times: number) => {
      await emulator.process.waitFor(new RegExp(`(Seed reloaded[^]*){${times}}`));
      return contents(emulator.url);
    };
    await folder.write("2.yaml", rule("new"));
    expect(await seedRead(1)).toEqual(["new"]);
    await folder.write("2.yaml", rule("changed"));
    expect(await seedRead(2)).toEqual(["changed"]);
    await folder.write("1.json", SEED.replace(KEY, "sky_acmeprod0002.local-secret"));
    await seedRead(3);
    expect(await chat(emulator.url, "sky_acmeprod0002.local-secret")).toBe(200);
  });
});
