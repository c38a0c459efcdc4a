import { describe, expect, test } from "vitest";
import { runCli } from "../support/cli.js";

describe("usage", () => {
  test("--version and --help exit 0", async () => {
    const [version, help, ...commands] = await Promise.all([
      runCli(["--version"]),
      runCli(["--help"]),
      runCli(["validate", "--help"]),
      runCli(["env", "--help"]),
    ]);
    expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect(help).toMatchObject({ code: 0, stderr: "" });
    for (const word of [
      "--no-management-rate-limit",
      "validate",
      "env",
      "GATEWAY_EMULATOR_PORT",
      "Examples:",
    ]) {
      expect(help.stdout).toContain(word);
    }
    for (const { code, stdout } of commands) {
      expect(code).toBe(0);
      expect(stdout).toMatch(/Examples?:\n {2}\$ /);
    }
  });

  test.each([
    [["--prot", "1"], /^gateway-emulator: unknown option '--prot'; did you mean --port\?\n$/],
    [["env", "--fromat", "json"], /unknown option '--fromat'; did you mean --format\?\n$/],
    [["strat"], /unknown command "strat"; did you mean "start"\?/],
    [["valdate", "seed.yaml"], /unknown command "valdate"; did you mean "validate"\?/],
    [["start", "more"], /start has no arguments, got more/],
    [["validate"], /missing required argument 'file'/],
    [["--port", "70000"], /--port: expected a whole number from 0 to 65535/],
    [["--watch"], /--watch needs a seed file to watch/],
    [
      ["--port", "0", "--state", ":memory:", "--host", "no-such-host.invalid"],
      /is not an address of this machine/,
    ],
  ])("%j is refused with what to do, exit 1", async (args, message) => {
    const { code, stdout, stderr } = await runCli(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
