import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { startGatewayEmulator } from "../../src/index.js";
import { DEVELOPMENT_KEY, KEY, SEED } from "../cli/seed.js";
import { type Ended, temporaryFolder } from "../support/cli.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): Promise<string> => readFile(join(ROOT, path), "utf8");

/** The Dockerfile's instructions, each on one line. */
const instructions = (await read("Dockerfile"))
  .replaceAll(/^#.*\n/gm, "")
  .replaceAll(/\\\n\s*/g, "")
  .split("\n")
  .filter((line) => line !== "");

function instruction(name: string): string {
  const found = instructions.filter((line) => line.startsWith(`${name} `)).at(-1);
  if (found === undefined) throw new Error(`the Dockerfile has no ${name}`);
  return found.slice(name.length + 1);
}

/** The words of the list that an instruction ends with. */
function words(name: string): string[] {
  const line = instruction(name);
  return z.array(z.string()).parse(JSON.parse(line.slice(line.indexOf("["))));
}

/** The image's variables, by its ENV. */
const ENV = Object.fromEntries(
  instruction("ENV")
    .split(" ")
    .map((pair): [string, string] => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
);

describe("the image", () => {
  test("is made of files that are there, and that the build context has", async () => {
    const context = (await read(".dockerignore"))
      .split("\n")
      .filter((line) => line.startsWith("!"))
      .map((line) => line.slice(1));
    const copied = instructions
      .filter((line) => line.startsWith("COPY ") && !line.includes("--from="))
      .flatMap((line) => line.split(" ").slice(1, -1));
    expect(copied).toContain("package.json");
    expect(copied.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(copied.filter((path) => !context.includes(path.split("/")[0] ?? ""))).toEqual([]);
  });

  test("listens on every address at 4110, with its state on a volume, and not as root", () => {
    expect(ENV).toMatchObject({
      GATEWAY_EMULATOR_HOST: "0.0.0.0",
      GATEWAY_EMULATOR_PORT: "4110",
      GATEWAY_EMULATOR_OPEN_CONTROL: "1",
      GATEWAY_EMULATOR_STATE: "/data/state.db",
    });
    expect(instruction("EXPOSE")).toBe("4110");
    expect(instruction("VOLUME")).toBe("/data");
    expect(instruction("USER")).toBe("node");
  });

  test("is healthy while an emulator answers, and not otherwise", async () => {
    const [file = "", ...args] = words("HEALTHCHECK");
    const check = async (port: number): Promise<number> => {
      const child = spawn(file, args, {
        env: { PATH: process.env.PATH ?? "", GATEWAY_EMULATOR_PORT: String(port) },
        stdio: "inherit",
      });
      const [code] = await once(child, "exit");
      return code;
    };
    const gateway = await startGatewayEmulator();
    expect(await check(gateway.port)).toBe(0);
    await gateway.stop();
    expect(await check(gateway.port)).toBe(1);
  });
});

describe("the image's entry point", () => {
  test("loads what lies in /seeds, in the order of the names", async () => {
    await using seeds = await temporaryFolder();
    await seeds.write("1.json", SEED);
    await seeds.write("2.yml", "completions: [{ match: {}, reply: { content: second } }]");
    await seeds.write("notes.txt", "not a seed");
    await using container = await startEntryPoint(seeds.path);
    expect(await environmentOf(container.url)).toMatchObject({ OPENAI_API_KEY: KEY });
    expect(await (await fetch(`${container.url}/_emulator/completions`)).text()).toContain("second");
  });

  test("starts without seeds when /seeds is empty", async () => {
    await using seeds = await temporaryFolder();
    await using container = await startEntryPoint(seeds.path);
    expect(await environmentOf(container.url)).not.toHaveProperty("OPENAI_API_KEY");
  });

  test("leaves /seeds alone when a variable or an option names another seed", async () => {
    await using seeds = await temporaryFolder();
    await seeds.write("bad.yaml", "wrkspaces: []");
    await using elsewhere = await temporaryFolder();
    const seed = await elsewhere.write("seed.json", SEED);
    await using byVariable = await startEntryPoint(seeds.path, [], { GATEWAY_EMULATOR_SEED: seed });
    expect(await environmentOf(byVariable.url)).toMatchObject({ OPENAI_API_KEY: KEY });
    await using byOption = await startEntryPoint(seeds.path, ["--seed", seed]);
    expect(await environmentOf(byOption.url)).toMatchObject({ OPENAI_API_KEY: KEY });
  });

  test("is the emulator's own process, which ends in good order when Docker stops it", async () => {
    await using seeds = await temporaryFolder();
    await using container = await startEntryPoint(seeds.path, [], { BASETEN_API_KEY: DEVELOPMENT_KEY });
    expect(await container.stop()).toEqual({ code: 0, signal: null });
  });
});

async function environmentOf(url: string): Promise<unknown> {
  const health = await (await fetch(`${url}/_emulator/health`)).json();
  return z.object({ env: z.unknown() }).parse(health).env;
}

/** The entry point as it stands, but for where its folders are; no port is certain to be free here. */
async function startEntryPoint(
  seeds: string,
  options: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<AsyncDisposable & { readonly url: string; stop(): Promise<Ended> }> {
  const script = (await read("scripts/container-entrypoint.sh"))
    .replaceAll("/seeds", seeds)
    .replaceAll("/app/", ROOT);
  const child = spawn("sh", ["-c", script, "sh", "--log", "json", ...options], {
    env: {
      PATH: process.env.PATH ?? "",
      ...ENV,
      GATEWAY_EMULATOR_HOST: "127.0.0.1",
      GATEWAY_EMULATOR_PORT: "0",
      GATEWAY_EMULATOR_STATE: ":memory:",
      ...env,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const [line] = await once(createInterface(child.stdout), "line");
  const stop = async (): Promise<Ended> => {
    child.kill("SIGTERM");
    const [code, signal] = await ended;
    return { code, signal };
  };
  return {
    url: z.object({ event: z.literal("listening"), url: z.string() }).parse(JSON.parse(line)).url,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}
