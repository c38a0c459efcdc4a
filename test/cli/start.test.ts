import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { runCli, startCli, temporaryFolder } from "../support/cli.js";
import { chat, DEVELOPMENT_KEY, KEY, SEED } from "./seed.js";

describe("start", () => {
  test("prints where it listens, the workspace key and lines to paste, then one line per request", async () => {
    await using folder = await temporaryFolder();
    const seed = await folder.write("seed.json", SEED);
    await using emulator = await startCli(["start", "--seed", seed], { cwd: folder.path });
    const { process, url } = emulator;

    await process.waitFor(/curl .*\n.*\n.*acme\/llama/);
    expect(process.stdout).toContain(`listens on ${url}\n`);
    expect(process.stdout).toContain(DEVELOPMENT_KEY);
    expect(process.stdout).toContain(`${folder.path}/.gateway-emulator/state.db (new)`);
    expect(process.stdout).toContain(`${seed}: 1 federated key`);
    expect(process.stdout).toContain(`export OPENAI_BASE_URL='${url}/v1'\n`);
    expect(process.stdout).toContain(`export OPENAI_API_KEY='${KEY}'\n`);

    expect(await chat(url)).toBe(200);
    expect(await chat(url, "sky_nobodyknows1.secret")).toBe(403);
    const line = await process.waitFor(/^[\d:.]{12} POST \/v1\/chat\/completions 200 .*$/m);
    expect(line[0]).toMatch(/ 200 sky_acmeprod0001 acme\/llama \d+\+\d+ tokens \d+ ms$/);
    await process.waitFor(/403 \d+ ms wrong_key: Unknown federated key/);
    expect(process.stdout, "no colours outside a terminal").not.toContain("\x1b");
    expect(process.stderr).toBe("");
  });

  test("the printed curl works as it is", async () => {
    await using folder = await temporaryFolder();
    const seed = await folder.write("seed.json", SEED);
    await using emulator = await startCli(["--seed", seed, "--state", ":memory:"]);
    const [, headers, body] =
      (await emulator.process.waitFor(/curl \S+ \\\n\s+-H '([^']+)'.*\n\s+-d '([^']+)'/)) ?? [];
    const [name, value] = (headers ?? "").split(": ");
    const answer = await fetch(`${emulator.url}/v1/chat/completions`, {
      method: "POST",
      headers: { [name ?? ""]: value ?? "", "Content-Type": "application/json" },
      body: body ?? "",
    });
    expect(answer.status).toBe(200);
  });

  test("BASETEN_API_KEY is the workspace key, and is not printed", async () => {
    const key = "own.real-workspace-key";
    await using emulator = await startCli(["--state", ":memory:"], { env: { BASETEN_API_KEY: key } });
    const answer = await fetch(`${emulator.url}/v1/gateway/groups`, {
      headers: { Authorization: `Api-Key ${key}` },
    });
    expect(answer.status).toBe(200);
    await emulator.process.waitFor(/GET \/v1\/gateway\/groups 200/);
    expect(emulator.process.stdout).not.toContain(key);
  });

  test("every option is also a variable", async () => {
    await using folder = await temporaryFolder();
    const seed = await folder.write("seed.json", SEED);
    await using emulator = await startCli(["--port", "0"], {
      env: {
        GATEWAY_EMULATOR_SEED: seed,
        GATEWAY_EMULATOR_STATE: ":memory:",
        GATEWAY_EMULATOR_LOG: "silent",
        GATEWAY_EMULATOR_ACCEPT_BEARER: "1",
      },
    });
    const answer = await fetch(`${emulator.url}/v1/models`, { headers: { Authorization: `Bearer ${KEY}` } });
    expect(answer.status).toBe(200);
    expect(emulator.process.stdout).toBe("");
  });

  test("a port in use is one line with a way out, exit 1", async () => {
    await using emulator = await startCli(["--state", ":memory:"]);
    const { port } = new URL(emulator.url);
    const { code, stderr, stdout } = await runCli(["--port", port, "--state", ":memory:"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(
      `gateway-emulator: port ${port} on 127.0.0.1 is in use. Stop the other server, or choose another port: --port 0 picks a free one.\n`,
    );
  });

  test("a seed that cannot be used is told with file, line and path, exit 1", async () => {
    await using folder = await temporaryFolder();
    const seed = await folder.write("seed.yaml", "workspaces:\n  - name: acme\n    grups: []\n");
    const { code, stderr } = await runCli(["--port", "0", "--state", ":memory:", "--seed", seed]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `${seed}:3: workspaces.0.grups: unknown key; did you mean "groups"?\ngateway-emulator: the seed has 1 problem\n`,
    );
  });
});

describe("standard output", () => {
  test("--log silent writes nothing there; where it listens is on standard error", async () => {
    await using emulator = await startCli(["--state", ":memory:", "--log", "silent"]);
    await fetch(`${emulator.url}/v1/models`);
    const { code } = await emulator.process.stop();
    expect([code, emulator.process.stdout]).toEqual([0, ""]);
    expect(emulator.process.stderr).toBe(`gateway-emulator listens on ${emulator.url}\n`);
  });

  test("without a reader it stops with a message and 141, as a shell reports SIGPIPE", async () => {
    await using emulator = await startCli(["--state", ":memory:"]);
    emulator.process.closeStdout();
    // Its log finds out with the next lines.
    await fetch(`${emulator.url}/v1/models`).catch(() => null);
    expect(await emulator.process.ended).toEqual({ code: 141, signal: null });
    expect(emulator.process.stderr).toMatch(
      /^gateway-emulator: nobody reads standard output .*--log silent.*\n$/,
    );
  });

  test("without a reader that was to read nothing it runs on", async () => {
    await using emulator = await startCli(["--state", ":memory:", "--log", "silent"]);
    emulator.process.closeStdout();
    expect((await fetch(`${emulator.url}/v1/models`)).status).toBe(401);
    expect(await emulator.process.stop()).toEqual({ code: 0, signal: null });
  });
});

describe("stop", () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`${signal} lets a stream under way end, then exits 0`, async () => {
      await using folder = await temporaryFolder();
      const seed = await folder.write("seed.json", SLOW_SEED);
      await using emulator = await startCli(["--seed", seed, "--state", ":memory:", "--log", "json"]);
      const slow = await slowChat(emulator.url);

      emulator.process.signal(signal);
      await refusesConnections(emulator.url);
      expect(await slow.finish()).toMatch(/\[DONE\]\n\n$/);

      expect(await emulator.process.ended).toEqual({ code: 0, signal: null });
      expect(emulator.process.stdout).toContain('"path":"/v1/chat/completions","status":200');
    });
  }

  test("connections that are idle, or have not sent anything yet, do not hold it up", async () => {
    await using emulator = await startCli(["--state", ":memory:"]);
    const silent = connect(Number(new URL(emulator.url).port), "127.0.0.1").on("error", () => {});
    await new Promise((resolve) => silent.once("connect", resolve));
    await (await fetch(`${emulator.url}/_emulator/health`)).text();
    expect(await emulator.process.stop()).toEqual({ code: 0, signal: null });
    silent.destroy();
  });

  test("a second signal exits at once, as a shell would report the signal", async () => {
    await using folder = await temporaryFolder();
    const seed = await folder.write("seed.json", SLOW_SEED);
    const codes = { SIGINT: 130, SIGTERM: 143 } as const;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      await using emulator = await startCli(["--seed", seed, "--state", ":memory:"]);
      const slow = await slowChat(emulator.url);
      expect(await emulator.process.insist(signal)).toEqual({ code: codes[signal], signal: null });
      slow.abandon();
    }
  });
});

/** Half a second of answer. */
const SLOW_SEED = JSON.stringify({
  ...JSON.parse(SEED),
  completions: [{ reply: { content: "one two three four five six", stream: { tokens_per_second: 10 } } }],
});

/** A stream that has begun. Its client would keep the connection for a minute and more. */
async function slowChat(url: string) {
  const outgoing = request(`${url}/v1/chat/completions`, {
    method: "POST",
    agent: new Agent({ keepAlive: true }),
    headers: { Authorization: `Api-Key ${KEY}`, "Content-Type": "application/json" },
  });
  outgoing.end(
    JSON.stringify({ model: "acme/llama", stream: true, messages: [{ role: "user", content: "Hello" }] }),
  );
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  let text = "";
  incoming.setEncoding("utf8").on("error", () => {});
  incoming.on("data", (chunk: string) => {
    text += chunk;
  });
  const ended = new Promise((resolve) => incoming.once("close", resolve));
  await once(incoming, "data");
  return {
    /** @returns the whole stream */
    async finish(): Promise<string> {
      await ended;
      return text;
    },
    abandon: () => outgoing.destroy(),
  };
}

/** Comes back when nobody listens there any more. */
async function refusesConnections(url: string): Promise<void> {
  for (;;) {
    try {
      await (await fetch(`${url}/_emulator/health`, { headers: { Connection: "close" } })).text();
    } catch {
      return;
    }
  }
}
