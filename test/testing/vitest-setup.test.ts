import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** What Vitest's JSON reporter writes, as far as it is looked at here. */
interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const VITEST = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
const PROJECT = fileURLToPath(new URL("./fixtures/vitest/", import.meta.url));

/** A second Vitest beside the first takes its time on a busy machine. */
const PATIENCE_MS = 100_000;

/** Runs Vitest on a project of its own, until everything that it started is gone. */
async function runVitest(root: string): Promise<{ code: number | null; report: Report }> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST")));
  const child = spawn(process.execPath, [VITEST, "run", "--root", root, "--reporter=json"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
    timeout: PATIENCE_MS,
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  return { code, report: JSON.parse(output.slice(output.indexOf("{"))) };
}

test(
  "one emulator for a run: workers side by side, each in its own world; misuse says what to do",
  async () => {
    const { code, report } = await runVitest(PROJECT);
    const byFile = new Map(report.testResults.map((file) => [file.name.slice(PROJECT.length), file]));
    for (const name of ["with-setup/one.spec.ts", "with-setup/two.spec.ts"]) {
      const results = byFile.get(name)?.assertionResults ?? [];
      expect(results.flatMap(({ failureMessages }) => failureMessages)).toEqual([]);
      expect(results.map(({ status }) => status)).toEqual(Array(8).fill("passed"));
    }
    expect(report.numPassedTests).toBe(16);
    expect(byFile.get("without-setup/no-setup.spec.ts")).toMatchObject({
      status: "failed",
      message: expect.stringContaining(
        'useGatewayWorld() needs globalSetup: "gateway-emulator/vitest/global-setup"',
      ),
    });
    expect(byFile.get("without-setup/too-early.spec.ts")).toMatchObject({
      status: "failed",
      message: expect.stringContaining("useGatewayEmulator() is ready inside tests and hooks only"),
    });
    expect(code).toBe(1);
  },
  PATIENCE_MS,
);
