import { delimiter } from "node:path";
import { describe, expect, test } from "vitest";
import { startOptions } from "../../src/cli/start/options.js";

/** As commander gives them when no flag is there. */
const NO_FLAGS = { managementRateLimit: true };

describe("options of start", () => {
  test("the defaults", () => {
    expect(startOptions(NO_FLAGS, {})).toEqual({
      port: 4110,
      host: "127.0.0.1",
      forwardAllow: [],
      state: ".gateway-emulator/state.db",
      durability: "process",
      seeds: [],
      reset: false,
      watch: false,
      acceptBearer: undefined,
      managementRateLimit: undefined,
      exitWithStdin: false,
      stopGraceMs: 3_000,
      log: "pretty",
      workspaceKey: undefined,
      guard: {
        allowedHosts: [],
        allowedOrigins: [],
        cors: [],
        controlToken: undefined,
        openControl: false,
      },
    });
  });

  test("every one from the environment", () => {
    const env = {
      GATEWAY_EMULATOR_PORT: "0",
      GATEWAY_EMULATOR_HOST: "::1",
      GATEWAY_EMULATOR_FORWARD_ALLOW: "host.docker.internal, 10.0.0.0/8",
      GATEWAY_EMULATOR_STATE: ":memory:",
      GATEWAY_EMULATOR_DURABILITY: "power",
      GATEWAY_EMULATOR_SEED: `a.yaml${delimiter}b.json, c.yml`,
      GATEWAY_EMULATOR_RESET: "yes",
      GATEWAY_EMULATOR_WATCH: "true",
      GATEWAY_EMULATOR_ACCEPT_BEARER: "1",
      GATEWAY_EMULATOR_MANAGEMENT_RATE_LIMIT: "0",
      GATEWAY_EMULATOR_EXIT_WITH_STDIN: "1",
      GATEWAY_EMULATOR_STOP_GRACE: "500ms",
      GATEWAY_EMULATOR_LOG: "json",
      GATEWAY_EMULATOR_ALLOWED_HOSTS: "a.test, .b.test",
      GATEWAY_EMULATOR_ALLOWED_ORIGINS: "http://a.test",
      GATEWAY_EMULATOR_CORS: "http://a.test,http://b.test",
      GATEWAY_EMULATOR_CONTROL_TOKEN: "a-token-that-is-long-enough",
      GATEWAY_EMULATOR_OPEN_CONTROL: "1",
      BASETEN_API_KEY: "my.key",
    };
    expect(startOptions(NO_FLAGS, env)).toEqual({
      port: 0,
      host: "::1",
      forwardAllow: ["host.docker.internal", "10.0.0.0/8"],
      state: ":memory:",
      durability: "power",
      seeds: ["a.yaml", "b.json", "c.yml"],
      reset: true,
      watch: true,
      acceptBearer: true,
      managementRateLimit: false,
      exitWithStdin: true,
      stopGraceMs: 500,
      log: "json",
      workspaceKey: "my.key",
      guard: {
        allowedHosts: ["a.test", ".b.test"],
        allowedOrigins: ["http://a.test"],
        cors: ["http://a.test", "http://b.test"],
        controlToken: "a-token-that-is-long-enough",
        openControl: true,
      },
    });
  });

  test("flags win; what is empty is not there", () => {
    const env = { GATEWAY_EMULATOR_PORT: "5000", GATEWAY_EMULATOR_LOG: "", BASETEN_API_KEY: "" };
    const options = startOptions({ port: "6000", managementRateLimit: false, seed: ["x,y.yaml"] }, env);
    expect(options).toMatchObject({
      port: 6000,
      log: "pretty",
      managementRateLimit: false,
      seeds: ["x,y.yaml"],
      workspaceKey: undefined,
    });
  });

  test.each([
    [{ GATEWAY_EMULATOR_PORT: "http" }, "GATEWAY_EMULATOR_PORT: expected a whole number from 0 to 65535"],
    [{ GATEWAY_EMULATOR_LOG: "loud" }, 'GATEWAY_EMULATOR_LOG: expected pretty, json, silent, got "loud"'],
    [{ GATEWAY_EMULATOR_DURABILITY: "disk" }, 'DURABILITY: expected process, power, got "disk"'],
    [{ GATEWAY_EMULATOR_RESET: "maybe" }, 'GATEWAY_EMULATOR_RESET: expected 1 or 0, got "maybe"'],
    [{ GATEWAY_EMULATOR_WATCH: "1" }, "--watch needs a seed file"],
    [{ BASETEN_API_KEY: "with a space" }, "BASETEN_API_KEY: expected printable ASCII without spaces"],
  ])("%j is refused by name", (env, message) => {
    expect(() => startOptions(NO_FLAGS, env)).toThrow(message);
  });

  test("an empty flag is refused rather than taken for every address", () => {
    expect(() => startOptions({ ...NO_FLAGS, host: "" }, {})).toThrow("--host: expected a value");
  });
});
