import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { connectionEnds } from "../support/connection.js";

/** The built module, as users import it: what is tried here needs a process that can be killed. */
const CONTAINER = fileURLToPath(new URL("../../dist/container.js", import.meta.url));

/** Starts an emulator and says where it listens. */
const START = `
  import { once } from "node:events";
  import { GatewayEmulatorContainer } from ${JSON.stringify(CONTAINER)};
  const gateway = await new GatewayEmulatorContainer().start();
  process.stdout.write(gateway.getHost() + ":" + gateway.getMappedPort(4110) + "\\n");
`;
const AND_STAY = `${START}; setInterval(() => {}, 1000);`;

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** Runs a module in a process of its own. @returns it, and where the emulator listens that it says it started */
async function parentOf(script: string) {
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
    env: { PATH: process.env.PATH ?? "" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(parent);
  const [line] = await once(createInterface(parent.stdout), "line");
  return { parent, address: `http://${line}` };
}

test.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)(
  "after %s of the process that started it nothing listens",
  async (signal) => {
    const { parent, address } = await parentOf(AND_STAY);
    expect((await fetch(`${address}/_emulator/health`)).status).toBe(200);
    await connectionEnds(address, () => parent.kill(signal));
    await expect(fetch(address)).rejects.toThrow("fetch failed");
  },
);

test("who forgets to stop it ends all the same, and it with him", async () => {
  const { parent, address } = await parentOf(
    `${START}; await once(process.stdin, "data"); process.stdin.destroy();`,
  );
  const ended = once(parent, "exit");
  await connectionEnds(address, () => parent.stdin.end("go on"));
  expect(await ended).toEqual([0, null]);
  await expect(fetch(address)).rejects.toThrow("fetch failed");
});

test("stop() can be waited for by a program that has nothing else to do", async () => {
  const { parent, address } = await parentOf(`${START}; await gateway.stop(); process.exit(7);`);
  expect(await once(parent, "exit")).toEqual([7, null]);
  await expect(fetch(address)).rejects.toThrow("fetch failed");
});

test("variables of the process that starts it do not configure it, as with a container", async () => {
  const own = {
    BASETEN_API_KEY: "real.production-key",
    GATEWAY_EMULATOR_ACCEPT_BEARER: "neither yes nor no",
    NODE_OPTIONS: "--require=/there/is/no/such/file.cjs",
  };
  const { address } = await parentOf(`Object.assign(process.env, ${JSON.stringify(own)}); ${AND_STAY}`);
  const health = await (await fetch(`${address}/_emulator/health`)).json();
  expect(health).toMatchObject({ env: { BASETEN_API_KEY: "emulator.local-development-key" } });
});
