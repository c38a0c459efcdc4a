import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { CHECKOUT, manifest, Project } from "./support.js";

const EXAMPLE = join(CHECKOUT, "examples", "vitest");
const WORKERS = 4;
/** For what takes as long as starting vitest and its workers does, milliseconds. */
const PATIENCE_MS = 20_000;
const DRIVEN = { timeout: PATIENCE_MS };
/** For a test that waits for that more than once. */
const LONG = { timeout: 3 * PATIENCE_MS };

/**
 * What the example's workers have to prove besides: each waits until all are there at once, each in a file of its
 * own, and then spends the same customer's limit.
 */
const AT_ONCE = `
  import { readdirSync, writeFileSync } from "node:fs";
  import { useGatewayWorld } from "gateway-emulator/vitest";
  import { expect, test, vi } from "vitest";
  import { Assistant } from "../src/assistant.js";

  const gateway = useGatewayWorld();
  test("alone in its world", async () => {
    writeFileSync("arrived/" + process.pid, gateway.url);
    await vi.waitUntil(() => readdirSync("arrived").length === ${WORKERS}, { timeout: ${PATIENCE_MS} });
    const statuses = [];
    for (let asked = 0; asked < 3; asked++) {
      const assistant = new Assistant({ baseURL: gateway.inferenceUrl, key: gateway.keys.free ?? "" });
      statuses.push(await assistant.ask("hello").catch(({ status }) => status));
    }
    expect(statuses).toEqual(["hello", "hello", 429]);
    expect(await gateway.requests({ path: "/v1/chat/completions" })).toHaveLength(3);
    expect(await gateway.billing.events()).toHaveLength(2);
  }, ${PATIENCE_MS});
`;

/** Never ends by itself. @param use what brings its emulator about */
const hanging = (use: string) => `
  import { writeFileSync } from "node:fs";
  import { useGatewayEmulator, useGatewayWorld } from "gateway-emulator/vitest";
  import { test } from "vitest";

  const gateway = ${use};
  test("hangs", async () => {
    await fetch(gateway.url + "/_emulator/health");
    writeFileSync("arrived/" + process.pid, gateway.url);
    await new Promise(() => {});
  }, 1_000_000);
`;
/** One in vitest's own process, one in the worker's. */
const HANGING = ["useGatewayWorld()", "useGatewayEmulator()"];

let project: Project;
beforeAll(async () => {
  project = await Project.create(["vitest", "openai"]);
  await cp(EXAMPLE, project.folder, {
    recursive: true,
    filter: (path) => !/[\\/](node_modules|package-lock\.json)$/.test(path.slice(EXAMPLE.length)),
  });
  await mkdir(join(project.folder, "tmp"));
  for (let worker = 1; worker <= WORKERS; worker++) {
    await project.write(`test/at-once-${worker}.test.ts`, AT_ONCE);
  }
  for (const [index, use] of HANGING.entries()) {
    await project.write(`test/hanging-${index}.test.ts`, hanging(use));
  }
});
afterAll(() => project[Symbol.asyncDispose]());

/** Where the workers of one run report. */
const arrivals = () => join(project.folder, "arrived");
beforeEach(async () => {
  await rm(arrivals(), { recursive: true, force: true });
  await mkdir(arrivals());
});

/** Runs vitest in the project, as a process group of its own, with its temporary files in a folder of ours. */
function vitest(...args: readonly string[]): ChildProcess & { readonly stdout: NodeJS.ReadableStream } {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|GATEWAY_EMULATOR_|TINYPOOL)/.test(name),
  );
  return spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...args], {
    cwd: project.folder,
    env: { ...Object.fromEntries(own), TMPDIR: join(project.folder, "tmp"), CI: "1", NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
}

/** Where each worker that has come so far found its world. */
async function arrived(): Promise<URL[]> {
  const names = await readdir(arrivals());
  const urls = await Promise.all(names.map((name) => readFile(join(arrivals(), name), "utf8")));
  return urls.filter((url) => url !== "").map((url) => new URL(url));
}

function listens(port: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(port), "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** Whether any process is left of the group that this one began. */
function anyOf(child: ChildProcess): boolean {
  try {
    process.kill(-(child.pid ?? 0), 0);
    return true;
  } catch {
    return false;
  }
}

test("examples/vitest depends on the tarball of this version", async () => {
  const { devDependencies } = JSON.parse(await readFile(join(EXAMPLE, "package.json"), "utf8"));
  const { version } = await manifest();
  expect(devDependencies["gateway-emulator"]).toBe(`file:../../gateway-emulator-${version}.tgz`);
});

test("examples/vitest has no type errors", async () => {
  expect(await project.tsc("tsconfig.json")).toEqual({ code: 0, output: "" });
});

describe.skipIf(process.platform === "win32")("examples/vitest", () => {
  test("four workers share one emulator without meeting, and nothing is left over", LONG, async () => {
    const before = await readdir(project.folder);
    const run = vitest("--exclude", "test/hanging-*.test.ts");
    const [output] = await Promise.all([text(run.stdout), once(run, "exit")]);
    expect(output).toMatch(/Test Files +8 passed/);
    expect(run.exitCode).toBe(0);

    const worlds = await arrived();
    expect(new Set(worlds.map(({ pathname }) => pathname)).size).toBe(WORKERS);
    expect(new Set(worlds.map(({ port }) => port)).size).toBe(1);
    expect(await listens(worlds[0]?.port ?? "")).toBe(false);
    expect(anyOf(run)).toBe(false);
    expect(await readdir(project.folder)).toEqual(before);
    expect(await readdir(join(project.folder, "tmp"))).toEqual([]);
  });

  test("killed in the middle, it leaves nothing that listens", LONG, async () => {
    const run = vitest("test/hanging-");
    try {
      await vi.waitUntil(async () => (await arrived()).length === HANGING.length, DRIVEN);
      const ports = (await arrived()).map(({ port }) => port);
      const listening = async () => (await Promise.all(ports.map(listens))).filter(Boolean).length;
      expect(await listening()).toBe(HANGING.length);
      run.kill("SIGKILL");
      await once(run, "exit");
      await vi.waitUntil(async () => (await listening()) === 0 && !anyOf(run), DRIVEN);
    } finally {
      if (anyOf(run)) process.kill(-(run.pid ?? 0), "SIGKILL");
    }
  });
});
