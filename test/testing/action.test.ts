import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { chat, DEVELOPMENT_KEY, KEY, SEED } from "../cli/seed.js";
import { type Folder, temporaryFolder } from "../support/cli.js";
import { connectionEnds } from "../support/connection.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What is read of `action.yml`, in the terms of GitHub's metadata syntax. */
const actionSchema = z.object({
  inputs: z.record(z.string(), z.object({ description: z.string(), default: z.string() })),
  outputs: z.record(z.string(), z.object({ description: z.string(), value: z.string() })),
  runs: z.object({
    using: z.literal("composite"),
    steps: z.array(
      z.object({
        id: z.string(),
        shell: z.literal("bash"),
        "working-directory": z.string(),
        env: z.record(z.string(), z.string()).default({}),
        run: z.string(),
      }),
    ),
  }),
});
const action = actionSchema.parse(parse(await readFile(join(ROOT, "action.yml"), "utf8")));

/** How the steps of the action ended. */
interface Ran {
  readonly code: number | null;
  readonly output: string;
  /** What later steps of the job have in their environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs the steps as a runner does, until one fails: each in a bash, with files to write variables and outputs to. */
async function run(folder: Folder, inputs: Record<string, string>): Promise<Ran> {
  const given = new Map(
    Object.entries(action.inputs).map(([name, input]) => [`inputs.${name}`, input.default]),
  );
  for (const [name, value] of Object.entries(inputs)) {
    if (!(name in action.inputs)) throw new Error(`the action has no input ${name}`);
    given.set(`inputs.${name}`, value);
  }
  const filled = (value: string): string =>
    value.replaceAll(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) => given.get(name) ?? "");
  const environment = await folder.write("github-env", "");
  let ran: Ran = { code: 0, output: "", env: {}, outputs: {} };
  for (const step of action.runs.steps) {
    const file = await folder.write(`github-output-${step.id}`, "");
    const bash = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run], {
      cwd: join(folder.path, filled(step["working-directory"])),
      env: {
        PATH: process.env.PATH ?? "",
        GITHUB_ACTION_PATH: ROOT,
        GITHUB_ENV: environment,
        GITHUB_OUTPUT: file,
        RUNNER_TEMP: folder.path,
        ...Object.fromEntries(Object.entries(step.env).map(([name, value]) => [name, filled(value)])),
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [output, [code]] = await Promise.all([text(bash.stdout), once(bash, "exit")]);
    for (const [name, value] of assignments(await readFile(file, "utf8"))) {
      given.set(`steps.${step.id}.outputs.${name}`, value);
    }
    ran = { ...ran, code, output: ran.output + output };
    if (code !== 0) break;
  }
  return {
    ...ran,
    env: Object.fromEntries(assignments(await readFile(environment, "utf8"))),
    outputs: Object.fromEntries(
      Object.entries(action.outputs).map(([name, { value }]) => [name, filled(value)]),
    ),
  };
}

function assignments(lines: string): [name: string, value: string][] {
  return lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
}

/** Ends what an action has left running, and waits for that. */
async function end({ outputs }: Ran): Promise<void> {
  await connectionEnds(outputs.url ?? "", () => process.kill(Number(outputs.pid)));
}

describe("the action", () => {
  test("starts an emulator that outlives its step, and exports what the job's tests need", async () => {
    await using folder = await temporaryFolder();
    await folder.write("base.json", SEED);
    await folder.write("and rules.yaml", "completions: [{ match: {}, reply: { content: from the rules } }]");
    const ran = await run(folder, { seed: "  base.json\nand rules.yaml\n", port: "0" });
    try {
      expect(ran.code, ran.output).toBe(0);
      const url = ran.outputs.url ?? "";
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(ran.outputs["inference-url"]).toBe(`${url}/v1`);
      expect(ran.env).toMatchObject({
        GATEWAY_EMULATOR_URL: url,
        BASETEN_API_KEY: DEVELOPMENT_KEY,
        BASETEN_BASE_URL: `${url}/v1`,
        OPENAI_BASE_URL: `${url}/v1`,
        OPENAI_API_KEY: KEY,
      });
      expect(await chat(url, ran.env.OPENAI_API_KEY)).toBe(200);
      expect(await (await fetch(`${url}/_emulator/completions`)).text()).toContain("from the rules");
      expect(ran.output).toBe(`gateway-emulator listens on ${url}\n`);
    } finally {
      await end(ran);
    }
    expect(await readFile(ran.outputs.log ?? "", "utf8")).toMatch(
      /"path":"\/v1\/chat\/completions","status":200/,
    );
  });

  test("takes OpenAI's own way of sending keys when it is asked to", async () => {
    await using folder = await temporaryFolder();
    await folder.write("seed.json", SEED);
    const ran = await run(folder, { seed: "seed.json", port: "0", "accept-bearer": "true" });
    try {
      const headers = { Authorization: `Bearer ${ran.env.OPENAI_API_KEY}` };
      expect((await fetch(`${ran.env.OPENAI_BASE_URL}/models`, { headers })).status).toBe(200);
    } finally {
      await end(ran);
    }
  });

  test("fails its step with the emulator's message, and leaves nothing in the environment", async () => {
    await using folder = await temporaryFolder();
    await folder.write("bad.yaml", "wrkspaces: []\n");
    const ran = await run(folder, { seed: "bad.yaml", port: "0" });
    expect(ran.code).toBe(1);
    expect(ran.output).toContain(
      "::error title=gateway-emulator did not start::gateway-emulator: the seed has 1 problem\n",
    );
    expect(ran.output).toContain('bad.yaml:1: wrkspaces: unknown key; did you mean "workspaces"?');
    expect(ran.env).toEqual({});
  });

  test("gives up after its timeout", async () => {
    await using folder = await temporaryFolder();
    const ran = await run(folder, { port: "0", timeout: "0" });
    expect(ran.code).toBe(1);
    expect(ran.output).toContain("it does not listen after 0 seconds");
  });

  test("no input becomes part of a script, where it could be more than a value", () => {
    for (const { run } of action.runs.steps) expect(run).not.toContain("${{");
  });
});
