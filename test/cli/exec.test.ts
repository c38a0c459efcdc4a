import { describe, expect, test } from "vitest";
import { runCli, temporaryFolder } from "../support/cli.js";

/** Asks for a chat completion with what the environment says, as any language could. */
const ASK = `
import json, os, sys, urllib.request
def ask(stream):
    body = {"model": "acme/llama", "messages": [{"role": "user", "content": "Hello, Python!"}], "stream": stream}
    request = urllib.request.Request(
        os.environ["OPENAI_BASE_URL"] + "/chat/completions",
        data=json.dumps(body).encode(),
        headers={"Authorization": "Api-Key " + os.environ["OPENAI_API_KEY"], "Content-Type": "application/json"},
    )
    return urllib.request.urlopen(request).read().decode()
print(json.loads(ask(False))["choices"][0]["message"]["content"])
print(ask(True).count("data: "), "events")
sys.exit(int(sys.argv[1]))
`;

const SEED = "fixtures/quickstart.yaml";

describe("exec", () => {
  test("the command finds the emulator by its environment; its exit code is ours", async () => {
    const good = await runCli(["exec", "--seed", SEED, "--", "python3", "-c", ASK, "0"]);
    expect(good.code).toBe(0);
    expect(good.stdout).toContain("Hello, Python!");
    expect(good.stdout).toMatch(/\d+ events/);
    expect(good.stderr).toBe("");
  });

  test("when it fails, what it asked is printed, without secrets", async () => {
    const bad = await runCli(["exec", "--seed", SEED, "--", "python3", "-c", ASK, "3"]);
    expect(bad.code).toBe(3);
    expect(bad.stderr).toContain("the command ended with 3");
    expect(bad.stderr.match(/POST \/v1\/chat\/completions 200/g)).toHaveLength(2);
    expect(bad.stderr).not.toContain("local-secret");
  });

  test("--verbose prints as it comes; options of the command are the command's", async () => {
    const ended = await runCli(["exec", "--verbose", "--seed", SEED, "python3", "-c", ASK, "0", "--seed"]);
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain("POST /v1/chat/completions 200");
  });

  test("BASETEN_API_KEY of the user is the workspace key", async () => {
    const ended = await runCli(
      ["exec", "--", "sh", "-c", "echo $BASETEN_API_KEY; env | grep -c OPENAI_API_KEY"],
      {
        env: { BASETEN_API_KEY: "my-own-workspace-key" },
      },
    );
    expect(ended.stdout).toBe("my-own-workspace-key\n0\n");
  });

  test("a signal ends as a shell tells it; nothing listens afterwards", async () => {
    const ended = await runCli(["exec", "--", "sh", "-c", "echo $GATEWAY_EMULATOR_URL; kill -TERM $$"]);
    expect(ended.code).toBe(128 + 15);
    await expect(fetch(`${ended.stdout.trim()}/_emulator/health`)).rejects.toThrow();
  });

  test("one line for a command that is not there, for a bad seed, and for no command", async () => {
    const missing = await runCli(["exec", "--", "no-such-command"]);
    expect(missing).toMatchObject({
      code: 127,
      stderr: "gateway-emulator: command not found: no-such-command\n",
    });

    await using folder = await temporaryFolder();
    const seed = await folder.write("bad.yaml", "workspacse: []\n");
    const bad = await runCli(["exec", "--seed", seed, "--", "true"]);
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain('did you mean "workspaces"?');

    expect((await runCli(["exec"])).code).toBe(1);
  });
});
