import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { VERSION } from "../../src/index.js";
import { GatewayEmulatorContainer } from "../../src/testing/container/index.js";
import { chat, DEVELOPMENT_KEY, KEY } from "../cli/seed.js";
import { temporaryFolder } from "../support/cli.js";
import { QUICKSTART } from "../support/client.js";
import { connectionEnds } from "../support/connection.js";

const WITH_RULE = { completions: [{ match: {}, reply: { content: "from the second seed" } }] };

// biome-ignore lint/suspicious/noExplicitAny: tests read answers as their users do, without types
async function groups(url: string, key = DEVELOPMENT_KEY): Promise<{ status: number; body: any }> {
  const answer = await fetch(`${url}/v1/gateway/groups`, { headers: { Authorization: `Api-Key ${key}` } });
  return { status: answer.status, body: await answer.json() };
}

/** What the rules say, in their order. */
async function contents(url: string): Promise<string[]> {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const rules: any = await (await fetch(`${url}/_emulator/completions`)).json();
  return rules.items.map(({ reply }: { reply: { content: string } }) => reply.content);
}

describe("a container without Docker", () => {
  test("is an emulator on a free port, with the keys of its seed", async () => {
    await using gateway = await new GatewayEmulatorContainer()
      .withSeed(QUICKSTART)
      .withExposedPorts(4110)
      .start();

    expect(gateway.getHost()).toBe("127.0.0.1");
    expect(gateway.getMappedPort(4110)).not.toBe(4110);
    expect(gateway.getFirstMappedPort()).toBe(gateway.getMappedPort(4110));
    expect(gateway.getUrl()).toBe(`http://127.0.0.1:${gateway.getMappedPort(4110)}`);
    expect(gateway.getInferenceUrl()).toBe(`${gateway.getUrl()}/v1`);
    expect(gateway.getWorkspaceKey()).toBe(DEVELOPMENT_KEY);
    expect(gateway.getKeys()).toEqual({ "acme-prod": KEY });
    expect(gateway.getEnvironment()).toMatchObject({
      GATEWAY_EMULATOR_URL: gateway.getUrl(),
      BASETEN_API_KEY: DEVELOPMENT_KEY,
      BASETEN_BASE_URL: gateway.getInferenceUrl(),
      OPENAI_BASE_URL: gateway.getInferenceUrl(),
      OPENAI_API_KEY: KEY,
    });

    expect(await chat(gateway.getUrl(), gateway.getKeys()["acme-prod"])).toBe(200);
    expect(await chat(gateway.getUrl(), "sky_nobodyknows1.secret")).toBe(403);
    expect((await groups(gateway.getUrl())).body.items).toEqual([
      expect.objectContaining({ metadata: { external_entity_id: "org", name: null } }),
    ]);
  });

  test("runs in another process, and nothing listens once it is stopped", async () => {
    const gateway = await new GatewayEmulatorContainer().start();
    await connectionEnds(gateway.getUrl(), () => gateway.stop());
    await gateway.stop();
    await expect(fetch(gateway.getUrl())).rejects.toThrow("fetch failed");
    expect(await text(await gateway.logs()), "its log can still be read").toContain('"event":"listening"');
  });

  test("two at once share nothing", async () => {
    await using one = await new GatewayEmulatorContainer().withSeed(QUICKSTART).start();
    await using other = await new GatewayEmulatorContainer().start();
    expect(await chat(one.getUrl())).toBe(200);
    expect(await chat(other.getUrl())).toBe(403);
    expect(other.getKeys()).toEqual({});
    expect(other.getEnvironment()).not.toHaveProperty("OPENAI_API_KEY");
  });

  test("what is in flight is ended when it takes longer than stop() is willing to wait", async () => {
    await using gateway = await new GatewayEmulatorContainer()
      .withSeed([{ workspaces: QUICKSTART.workspaces }, { faults: [{ match: {}, fault: { delay: "1h" } }] }])
      .start();
    const waiting = chat(gateway.getUrl());
    const refused = expect(waiting).rejects.toThrow();
    await (await gateway.logs()).destroy();
    await gateway.stop({ timeout: 1 });
    await refused;
  });
});

describe("seeds", () => {
  test("files, folders and objects add up in their order, and are what a reset goes back to", async () => {
    await using folder = await temporaryFolder();
    const file = await folder.write("base.json", JSON.stringify(QUICKSTART));
    await using more = await temporaryFolder();
    await more.write("rules.yaml", "completions: [{ match: {}, reply: { content: from the folder } }]");
    await using gateway = await new GatewayEmulatorContainer()
      .withSeed(file)
      .withSeed([more.path, WITH_RULE])
      .start();
    expect(await contents(gateway.getUrl())).toEqual(["from the folder", "from the second seed"]);
    await fetch(`${gateway.getUrl()}/_emulator/completions`, { method: "DELETE" });
    await fetch(`${gateway.getUrl()}/_emulator/reset`, { method: "POST" });
    expect(await contents(gateway.getUrl()), "after a reset").toEqual([
      "from the folder",
      "from the second seed",
    ]);
    expect(gateway.getKeys()).toEqual({ "acme-prod": KEY });
  });

  test("objects leave no file behind, since they hold keys", async () => {
    const seedFolders = async () =>
      (await readdir(tmpdir())).filter((name) => name.startsWith("gateway-emulator-seeds-"));
    const before = await seedFolders();
    await using gateway = await new GatewayEmulatorContainer().withSeed(QUICKSTART).start();
    expect(gateway.getKeys()).toHaveProperty("acme-prod");
    expect(await seedFolders()).toEqual(before);
  });
});

describe("environment", () => {
  test("any option of the command line has a variable, and BASETEN_API_KEY is the workspace key", async () => {
    await using gateway = await new GatewayEmulatorContainer()
      .withSeed(QUICKSTART)
      .withEnvironment({ GATEWAY_EMULATOR_ACCEPT_BEARER: "1" })
      .withEnvironment({ BASETEN_API_KEY: "own.workspace-key" })
      .start();
    expect(gateway.getWorkspaceKey()).toBe("own.workspace-key");
    expect((await groups(gateway.getUrl(), "own.workspace-key")).status).toBe(200);
    expect((await groups(gateway.getUrl())).status, "the development key").toBe(403);
    const models = await fetch(`${gateway.getInferenceUrl()}/models`, {
      headers: { Authorization: `Bearer ${KEY}` },
    });
    expect(models.status).toBe(200);
  });

  test("its state is kept when it is given a file", async () => {
    await using folder = await temporaryFolder();
    const state = { GATEWAY_EMULATOR_STATE: `${folder.path}/state.db` };
    const first = await new GatewayEmulatorContainer().withSeed(QUICKSTART).withEnvironment(state).start();
    await first.stop();
    await using second = await new GatewayEmulatorContainer().withEnvironment(state).start();
    expect(second.getKeys()).toEqual({ "acme-prod": KEY });
  });

  test.each([
    "GATEWAY_EMULATOR_PORT",
    "GATEWAY_EMULATOR_HOST",
    "GATEWAY_EMULATOR_SEED",
    "GATEWAY_EMULATOR_LOG",
  ])("%s is set by a method, which is named", (name) => {
    const container = new GatewayEmulatorContainer();
    expect(() => container.withEnvironment({ [name]: "1" })).toThrow(
      new RegExp(`^${name} is not for withEnvironment: use (with|get)\\w+\\(`),
    );
  });
});

describe("ports", () => {
  test("a certain port outside", async () => {
    const port = await freePort();
    await using gateway = await new GatewayEmulatorContainer()
      .withExposedPorts({ container: 4110, host: port })
      .start();
    expect(gateway.getMappedPort(4110)).toBe(port);
  });

  test("there is none but 4110", async () => {
    expect(() => new GatewayEmulatorContainer().withExposedPorts(8080)).toThrow(
      "port 8080 cannot be exposed: the emulator has one port, 4110",
    );
    await using gateway = await new GatewayEmulatorContainer().start();
    expect(() => gateway.getMappedPort(8080)).toThrow(
      "port 8080 is not exposed: the emulator has one port, 4110",
    );
  });
});

describe("logs", () => {
  test("a consumer is given a line of JSON for the start and for each request, until the end", async () => {
    const lines: string[] = [];
    const streams: Readable[] = [];
    const gateway = await new GatewayEmulatorContainer()
      .withSeed(QUICKSTART)
      .withLogConsumer((stream) => {
        streams.push(stream.on("data", (line: string) => lines.push(line)));
      })
      .start();
    await chat(gateway.getUrl());
    const ended = streams.map((stream) => once(stream, "end"));
    await gateway.stop();
    expect(await Promise.all(ended)).toHaveLength(1);
    const entries = lines.map((line) => JSON.parse(line));
    expect(entries[0]).toMatchObject({ event: "listening", version: VERSION, url: gateway.getUrl() });
    expect(entries).toContainEqual(
      expect.objectContaining({ event: "request", path: "/v1/chat/completions", status: 200 }),
    );
    expect(lines.join("")).not.toContain(KEY);
    expect(await text(await gateway.logs()), "logs() has the same").toBe(lines.join(""));
  });
});

describe("what goes wrong", () => {
  test("a seed with problems is refused with the command line's message, and every problem with its place", async () => {
    await using folder = await temporaryFolder();
    const file = await folder.write("bad.yaml", "workspaces: []\nwrkspaces: []\n");
    const start = new GatewayEmulatorContainer().withSeed([file, JSON.parse('{ "faultz": [] }')]).start();
    await expect(start).rejects.toThrow(/^gateway-emulator did not start: the seed has 2 problems\n/);
    await expect(start).rejects.toThrow(`${file}:2: wrkspaces: unknown key; did you mean "workspaces"?`);
    await expect(start).rejects.toThrow(/withSeed-2\.json:1: faultz: unknown key; did you mean "faults"\?/);
  });

  test("a port in use is named", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const port = portOf(server);
    const start = new GatewayEmulatorContainer().withExposedPorts({ container: 4110, host: port }).start();
    await expect(start).rejects.toThrow(
      `gateway-emulator did not start: port ${port} on 127.0.0.1 is in use.`,
    );
    const failed = await start.catch((cause: Error) => cause);
    expect(String((failed as Error).stack?.split("\n")[1])).toContain("container.test.ts");
    server.close();
  });

  test("a variable that the command line refuses", async () => {
    const start = new GatewayEmulatorContainer()
      .withEnvironment({ GATEWAY_EMULATOR_ACCEPT_BEARER: "maybe" })
      .start();
    await expect(start).rejects.toThrow(
      /^gateway-emulator did not start: GATEWAY_EMULATOR_ACCEPT_BEARER: expected 1 or 0, got "maybe"$/,
    );
  });

  test("one that takes too long is ended, and its last lines shown", async () => {
    const start = new GatewayEmulatorContainer().withStartupTimeout(1).start();
    await expect(start).rejects.toThrow("gateway-emulator did not listen within 1 ms. It wrote nothing.");
  });

  test("it starts once", async () => {
    const container = new GatewayEmulatorContainer();
    await using gateway = await container.start();
    await expect(container.start()).rejects.toThrow("start() was called before");
    expect((await fetch(`${gateway.getUrl()}/_emulator/health`)).status, "the first runs on").toBe(200);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  server.close();
  await once(server, "close");
  return port;
}

function portOf(server: ReturnType<typeof createServer>): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
