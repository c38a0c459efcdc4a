import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { describe, expect, test } from "vitest";
import { envText } from "../../src/cli/env/text.js";
import { startGatewayEmulator } from "../../src/index.js";
import { runCli } from "../support/cli.js";
import { QUICKSTART } from "../support/client.js";
import { KEY } from "./seed.js";

describe("env", () => {
  test("prints the environment of a running emulator, by --url or GATEWAY_EMULATOR_URL", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const [shell, dotenv, json] = await Promise.all([
      runCli(["env", "--url", `${gateway.url}/`]),
      runCli(["env", "--format", "dotenv"], { env: { GATEWAY_EMULATOR_URL: gateway.url } }),
      runCli(["env", "--format", "json", "--url", gateway.url]),
    ]);
    expect(shell).toEqual({
      code: 0,
      stderr: "",
      stdout: [
        `export GATEWAY_EMULATOR_URL='${gateway.url}'`,
        `export BASETEN_API_KEY='${gateway.workspaceKey}'`,
        `export BASETEN_BASE_URL='${gateway.url}/v1'`,
        `export OPENAI_BASE_URL='${gateway.url}/v1'`,
        `export OPENAI_API_KEY='${KEY}'`,
        "",
      ].join("\n"),
    });
    expect(dotenv.stdout).toContain(`\nBASETEN_BASE_URL=${gateway.url}/v1\n`);
    expect(JSON.parse(json.stdout)).toEqual(gateway.env);
  });

  test("names the address it was asked at, not the one the emulator knows of", async () => {
    await using gateway = await startGatewayEmulator();
    const url = `http://localhost:${gateway.port}`;
    const { stdout } = await runCli(["env", "--url", url, "--format", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({ GATEWAY_EMULATOR_URL: url, OPENAI_BASE_URL: `${url}/v1` });
  });

  test("says in one line when nothing, or something else, answers", async () => {
    const other = createServer((_request, response) => response.end("hello")).listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const address = other.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    const foreign = await runCli(["env", "--url", url]);
    await new Promise((resolve) => other.close(resolve));
    const nothing = await runCli(["env", "--url", url]);
    const noUrl = await runCli(["env", "--url", "localhost"]);

    expect(foreign).toMatchObject({ code: 1, stdout: "" });
    expect(foreign.stderr).toMatch(/^gateway-emulator: the server at \S+ is not a gateway-emulator\. .*\n$/);
    expect(nothing).toMatchObject({ code: 1, stdout: "" });
    expect(nothing.stderr).toMatch(/^gateway-emulator: no emulator answers at \S+\. .*\n$/);
    expect(noUrl.stderr).toMatch(/^gateway-emulator: --url: expected a URL such as .*\n$/);
  });

  test("a shell reads back every value as it was", () => {
    const env = { A: "it's", B: '$HOME `x` "y" \\', C: "two  words" };
    const script = `${envText(env, "shell")}printf '%s\\n' "$A" "$B" "$C"`;
    expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(`${env.A}\n${env.B}\n${env.C}\n`);
  });
});
