import { expect, test } from "vitest";
import { InvalidSeed, startGatewayEmulator } from "../../src/index.js";
import { startCli, temporaryFolder } from "../support/cli.js";
import { management, QUICKSTART } from "../support/client.js";
import { chat, KEY, SEED } from "./seed.js";

test("--watch starts over from a changed seed, and stays with the old one while it is broken", async () => {
  await using folder = await temporaryFolder();
  const seed = await folder.write("seed.json", SEED);
  await using emulator = await startCli(["--state", ":memory:", "--seed", seed, "--watch"]);
  expect(await chat(emulator.url)).toBe(200);

  const newKey = "sky_acmeprod0002.local-secret";
  await folder.write("seed.json", SEED.replace(KEY, newKey));
  await emulator.process.waitFor(/Seed reloaded, state reset: 1 key/);
  expect(await chat(emulator.url)).toBe(403);
  expect(await chat(emulator.url, newKey)).toBe(200);

  await folder.write("seed.json", '{ "workspace": [] }');
  await emulator.process.waitFor(/did you mean "workspaces"\?\n.*the state is unchanged/);
  expect(await chat(emulator.url, newKey)).toBe(200);
  await fetch(`${emulator.url}/_emulator/reset`, { method: "POST" });
  expect(await chat(emulator.url, newKey), "the target of reset stays too").toBe(200);
});

test("a reseed that cannot be applied leaves everything as it was, the target of reset included", async () => {
  await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
  const { items } = (await management(gateway).get("/groups")).body;
  const twice = gateway.reseed([QUICKSTART, QUICKSTART]);
  await expect(twice).rejects.toThrow(InvalidSeed);
  await expect(twice).rejects.toThrow(/already exists/);
  expect((await management(gateway).get("/groups")).body.items).toEqual(items);
  await gateway.reset();
  expect(gateway.keys).toEqual({ "acme-prod": KEY });
  expect(await chat(gateway.url)).toBe(200);
});
