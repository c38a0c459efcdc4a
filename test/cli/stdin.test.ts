import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { connectionEnds } from "../support/connection.js";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** Programs in any language can hold an emulator by a pipe: the system closes it however they end. */
test("--exit-with-stdin stops in good order when standard input ends, and not before", async () => {
  const child = spawn(
    process.execPath,
    [CLI, "--port", "0", "--state", ":memory:", "--log", "json", "--exit-with-stdin"],
    { env: { PATH: process.env.PATH ?? "" }, stdio: ["pipe", "pipe", "inherit"] },
  );
  const ended = once(child, "exit");
  const [line] = await once(createInterface(child.stdout), "line");
  const { url } = JSON.parse(line);
  child.stdin.write("what is written does not matter\n");
  expect((await fetch(`${url}/_emulator/health`)).status).toBe(200);

  await connectionEnds(url, () => child.stdin.end());
  expect(await ended).toEqual([0, null]);
});

test("without it, the end of standard input means nothing", async () => {
  const child = spawn(process.execPath, [CLI, "--port", "0", "--state", ":memory:", "--log", "json"], {
    env: { PATH: process.env.PATH ?? "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const [line] = await once(createInterface(child.stdout), "line");
  expect((await fetch(`${JSON.parse(line).url}/_emulator/health`)).status).toBe(200);
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});
