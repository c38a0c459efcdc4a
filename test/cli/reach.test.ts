import { describe, expect, test } from "vitest";
import { runCli, startCli } from "../support/cli.js";

const OPEN = ["--state", ":memory:", "--host", "0.0.0.0"];
const WARNING =
  /Other machines can reach this port \(--host 0\.0\.0\.0\); \/_emulator\/ asks for the control token\./;
const GIVEN = "a-token-that-is-long-enough";

/** What `GET /_emulator/clock` answers, which asks for the token. */
async function statusWith(url: string, token: string): Promise<number> {
  return (await fetch(`${url}/_emulator/clock`, { headers: { Authorization: `Bearer ${token}` } })).status;
}

describe("start on a host that other machines can reach (Y-63)", () => {
  test("pretty: a warning, and the token once, in the lines to paste", async () => {
    await using emulator = await startCli(OPEN);
    const { stdout } = emulator.process;
    expect(stdout).toMatch(WARNING);
    const [, token = ""] = await emulator.process.waitFor(/export GATEWAY_EMULATOR_CONTROL_TOKEN='(\S+)'/);
    expect(stdout.split(token)).toHaveLength(2);
    expect(await statusWith(emulator.url, token)).toBe(200);
    expect(await statusWith(emulator.url, "another-token-of-some-length")).toBe(401);
  });

  test("json: the warning is an event, with the token", async () => {
    await using emulator = await startCli([...OPEN, "--log", "json"]);
    await emulator.process.waitFor(/"event":"warning".*\n/);
    const [first, second] = emulator.process.stdout
      .split("\n")
      .map((line) => (line ? JSON.parse(line) : null));
    expect(first).toMatchObject({ event: "listening", url: emulator.url });
    expect(second).toEqual({
      event: "warning",
      message: expect.stringMatching(WARNING),
      control_token: expect.stringMatching(/^[\w-]{32}$/),
    });
    expect(await statusWith(emulator.url, second.control_token)).toBe(200);
  });

  test("silent: on standard error, with the URL; standard output is empty", async () => {
    await using emulator = await startCli([...OPEN, "--log", "silent"]);
    const [, token = ""] = await emulator.process.waitFor(/^GATEWAY_EMULATOR_CONTROL_TOKEN=(\S+)\n/m);
    expect(emulator.process.stdout).toBe("");
    expect(emulator.process.stderr).toMatch(WARNING);
    expect(await statusWith(emulator.url, token)).toBe(200);
  });

  test.each(["pretty", "json", "silent"])("%s: a token that was given is not shown", async (log) => {
    await using emulator = await startCli([...OPEN, "--log", log], {
      env: { GATEWAY_EMULATOR_CONTROL_TOKEN: GIVEN },
    });
    const { process } = emulator;
    await process.waitFor(WARNING);
    expect(await statusWith(emulator.url, GIVEN)).toBe(200);
    await process.stop();
    expect(process.stdout + process.stderr).not.toContain(GIVEN);
    expect(process.stdout).not.toContain("0.0.0.0:");
  });

  test("--open-control asks for none, and the warning says so", async () => {
    await using emulator = await startCli([...OPEN, "--open-control"]);
    expect(emulator.process.stdout).toContain("/_emulator/ asks for no token");
    expect(await statusWith(emulator.url, "none")).toBe(200);
  });

  test("on loopback there is neither warning nor token", async () => {
    await using emulator = await startCli(["--state", ":memory:"]);
    expect(emulator.process.stdout).not.toMatch(/Other machines|CONTROL_TOKEN/);
    expect(await statusWith(emulator.url, "none")).toBe(200);
  });
});

describe("the token for clients", () => {
  test("env asks with it, and prints it", async () => {
    await using emulator = await startCli([...OPEN, "--control-token", GIVEN]);
    const ask = ["env", "--format", "json", "--url", emulator.url];
    const byFlag = await runCli([...ask, "--control-token", GIVEN]);
    const byVariable = await runCli(ask, { env: { GATEWAY_EMULATOR_CONTROL_TOKEN: GIVEN } });
    expect(JSON.parse(byFlag.stdout)).toMatchObject({
      GATEWAY_EMULATOR_URL: emulator.url,
      GATEWAY_EMULATOR_CONTROL_TOKEN: GIVEN,
    });
    expect(byVariable).toEqual(byFlag);
    const without = await runCli(ask);
    expect([without.code, without.stdout]).toEqual([1, ""]);
    expect(without.stderr).toMatch(/asks for its control token.*--control-token.*\n$/);
  });

  test("exec gives it to the command", async () => {
    const script = `
      const { GATEWAY_EMULATOR_URL: url, GATEWAY_EMULATOR_CONTROL_TOKEN: token } = process.env;
      const ask = async (headers) => (await fetch(url + "/_emulator/clock", { headers })).status;
      console.log(token, await ask({}), await ask({ "x-emulator-token": token }));`;
    const command = [process.execPath, "--input-type=module", "-e", script];
    const { stdout } = await runCli(["exec", "--control-token", GIVEN, "--", ...command]);
    expect(stdout).toBe(`${GIVEN} 401 200\n`);
  });
});

describe("options of the guard", () => {
  test.each([
    [
      ["--cors", "localhost:5173"],
      '--cors: expected an origin such as http://localhost:5173, got "localhost:5173"',
    ],
    [["--allowed-hosts", "http://x.test"], "--allowed-hosts: expected a host name"],
    [["--allowed-origins", "null"], "--allowed-origins: expected an origin"],
    [["--control-token", "short"], "--control-token: expected at least 16 characters"],
  ])("%j is refused in one line", async (args, message) => {
    const { code, stderr } = await runCli(["--state", ":memory:", "--port", "0", ...args]);
    expect([code, stderr.split("\n").length]).toEqual([1, 2]);
    expect(stderr).toContain(message);
  });

  test("several values, repeated or with commas", async () => {
    const hosts = ["--allowed-hosts", "a.test,b.test", "--allowed-hosts", ".c.test"];
    const origins = ["--cors", "http://a.test", "--cors", "http://b.test"];
    await using emulator = await startCli(["--state", ":memory:", ...hosts, ...origins]);
    for (const Origin of ["http://a.test", "http://b.test"]) {
      const answer = await fetch(`${emulator.url}/v1/models`, { headers: { Origin } });
      expect(answer.headers.get("access-control-allow-origin")).toBe(Origin);
    }
  });
});
