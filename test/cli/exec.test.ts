import { describe, expect, test } from "vitest";
import { CliProcess, runCli, temporaryFolder } from "../support/cli.js";

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
events = [line[len("data: "):] for line in ask(True).splitlines() if line.startswith("data: ")]
print(events.pop(), [c["delta"].get("content") for event in events for c in json.loads(event)["choices"]])
sys.exit(int(sys.argv[1]))
`;

/** Says each signal that it is sent; TERM ends it, with code 7. */
const LISTEN = `
import os, signal, sys
def heard(number, frame):
    os.write(1, signal.Signals(number).name.encode() + b"\\n")
    if number == signal.SIGTERM: sys.exit(7)
for one in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM): signal.signal(one, heard)
os.write(1, b"ready\\n")
while True: signal.pause()
`;

const SEED = "fixtures/quickstart.yaml";

describe("exec", () => {
  test("Python with nothing but its library gets an answer, whole and streamed; nothing else is said", async () => {
    const good = await runCli(["exec", "--seed", SEED, "--", "python3", "-c", ASK, "0"]);
    expect(good).toEqual({
      code: 0,
      stdout: "Hello, Python!\n[DONE] ['Hello', ',', ' Python', '!', None]\n",
      stderr: "",
    });
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

  test("signals go to the command, which decides what they mean", async () => {
    await using exec = new CliProcess(["exec", "--", "python3", "-c", LISTEN]);
    await exec.waitFor(/ready/);
    for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"] as const) {
      exec.signal(signal);
      await exec.waitFor(new RegExp(signal));
    }
    expect(await exec.ended).toEqual({ code: 7, signal: null });
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

    const empty = await runCli(["exec", "--", ""]);
    expect(empty).toMatchObject({ code: 127, stderr: 'gateway-emulator: command not found: ""\n' });

    await using folder = await temporaryFolder();
    const folders = await runCli(["exec", "--", folder.path]);
    expect(folders.code).toBe(126);
    expect(folders.stderr).toMatch(/^gateway-emulator: \S+ cannot be run: .*EACCES\n$/);

    const seed = await folder.write("bad.yaml", "workspacse: []\n");
    const bad = await runCli(["exec", "--seed", seed, "--", "true"]);
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain('did you mean "workspaces"?');

    const none = await runCli(["exec"]);
    expect(none.code).toBe(1);
    expect(none.stderr).toBe(
      "gateway-emulator: missing required argument 'command' (gateway-emulator --help lists commands and options)\n",
    );
  });

  test("an unknown option is refused before anything runs", async () => {
    const { code, stdout, stderr } = await runCli(["exec", "--verbsoe", "--", "echo", "ran"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe("gateway-emulator: unknown option '--verbsoe'; did you mean --verbose?\n");
  });

  test("every option also from the environment; those of start only do not matter", async () => {
    const ended = await runCli(["exec", "--", "python3", "-c", ASK, "0"], {
      env: {
        GATEWAY_EMULATOR_SEED: SEED,
        GATEWAY_EMULATOR_VERBOSE: "1",
        GATEWAY_EMULATOR_PORT: "no port",
        GATEWAY_EMULATOR_HOST: "no-such-host.invalid",
        GATEWAY_EMULATOR_STATE: "/no/such/folder/state.db",
        GATEWAY_EMULATOR_LOG: "loud",
      },
    });
    expect(ended.code).toBe(0);
    expect(ended.stderr.match(/POST \/v1\/chat\/completions 200/g)).toHaveLength(2);
  });
});
