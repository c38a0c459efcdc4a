import { describe, expect, test } from "vitest";
import { coverageReport, errorsMissing } from "../../src/cli/exec/coverage.js";
import type { CoveredError, ErrorCoverage } from "../../src/domain/error-coverage.js";
import { runCli } from "../support/cli.js";

const SEED = "fixtures/quickstart.yaml";
/** Provokes two errors: a wrong key, and an injected one. */
const PROVOKE = `
import json, os, sys, urllib.error, urllib.request
def ask(key, **headers):
    body = {"model": "acme/llama", "messages": [{"role": "user", "content": "Hello!"}]}
    request = urllib.request.Request(
        os.environ["OPENAI_BASE_URL"] + "/chat/completions",
        data=json.dumps(body).encode(),
        headers={"Authorization": "Api-Key " + key, "Content-Type": "application/json", **headers},
    )
    try:
        urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        return error.code
print(ask("wrong.key"), ask(os.environ["OPENAI_API_KEY"], **{"x-emulator-fault": "payment_required"}))
sys.exit(int(sys.argv[1]))
`;

/** `exec` with these options around {@link PROVOKE}, which ends with that code. */
function provoke(options: readonly string[], code = 0, env: Record<string, string> = {}) {
  return runCli(["exec", "--seed", SEED, ...options, "--", "python3", "-c", PROVOKE, String(code)], { env });
}

describe("exec --min-error-coverage", () => {
  test("reports what was provoked, what is missing and how to provoke it, on stderr", async () => {
    const { code, stdout, stderr } = await provoke(["--min-error-coverage", "0"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "403 402\n" });
    expect(stderr).toMatch(
      /^gateway-emulator: 2 of \d+ errors provoked \(\d+%\)\nNot provoked, and how to provoke each:\n/,
    );
    expect(stderr).toMatch(/^ {2}404 unknown_model +ask for a slug that is not in the group's set$/m);
    expect(stderr).toMatch(/^ {2}503 draining +send the header x-emulator-fault: draining$/m);
    expect(stderr).not.toMatch(/wrong_key|payment_required|required \d/);
  });

  test.each(["80", "80%"])("too few provoked: exit 1, and how many more are needed (%s)", async (percent) => {
    const { code, stderr } = await provoke(["--min-error-coverage", percent]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /\ngateway-emulator: Error coverage is below the required 80%: \d+ more errors needed\n$/,
    );
  });

  test("the command's own code wins", async () => {
    const { code, stderr } = await provoke(["--min-error-coverage", "100"], 3);
    expect(code).toBe(3);
    expect(stderr).toContain("the command ended with 3");
    expect(stderr).toContain("Error coverage is below the required 100%");
  });

  test("from the environment; the command line wins; without either there is no report", async () => {
    const env = { GATEWAY_EMULATOR_MIN_ERROR_COVERAGE: "80" };
    expect((await provoke([], 0, env)).code).toBe(1);
    expect((await provoke(["--min-error-coverage=1%"], 0, env)).code).toBe(0);
    expect(await provoke([])).toMatchObject({ code: 0, stderr: "" });
  });

  test.each(["101", "-1", "0.8", "80 %", "many", "", "%"])("%j is refused in one line", async (value) => {
    expect(await runCli(["exec", `--min-error-coverage=${value}`, "--", "echo", "ran"])).toEqual({
      code: 1,
      stdout: "",
      stderr: `gateway-emulator: --min-error-coverage: expected a whole percentage from 0 to 100, such as 80 or 80%, got ${JSON.stringify(value)}\n`,
    });
  });
});

describe("the report", () => {
  const error = (count: number): CoveredError => ({
    code: "timeout",
    status: 504,
    clause: "I-4.3",
    message: "Gateway Timeout",
    provoke: "wait",
    count,
  });
  const coverage = (provoked: number, known: number): ErrorCoverage => ({
    provoked,
    known,
    items: Array.from({ length: known }, (_, index) => error(index < provoked ? 1 : 0)),
  });

  test.each([
    [18, 23, 78, 0],
    [18, 23, 79, 1],
    [18, 23, 80, 1],
    [0, 23, 100, 23],
    [23, 23, 100, 0],
    [0, 23, 0, 0],
    [0, 23, 1, 1],
  ])("%i of %i provoked, %i percent required: %i more", (provoked, known, percent, more) => {
    expect(errorsMissing(coverage(provoked, known), percent)).toBe(more);
  });

  test("is rounded down, so that what is not reached does not look as if it were", () => {
    expect(coverageReport(coverage(22, 23), 96)).toBe(
      [
        "gateway-emulator: 22 of 23 errors provoked (95%)",
        "Not provoked, and how to provoke each:",
        "  504 timeout  wait",
        "gateway-emulator: Error coverage is below the required 96%: 1 more error needed",
      ].join("\n"),
    );
  });

  test("is one line when nothing is missing", () => {
    expect(coverageReport(coverage(2, 2), 100)).toBe("gateway-emulator: 2 of 2 errors provoked (100%)");
  });
});
