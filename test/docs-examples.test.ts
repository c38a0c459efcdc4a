import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../src/index.js";
import { runCli, temporaryFolder } from "./support/cli.js";

/** The examples in README.md and docs/ run as printed, and the links lead somewhere. */

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const DOCS = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" });
const PAGES = ["README.md", ...DOCS.filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];
const run = promisify(execFile);

const page = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** A page from a heading to the next one of the same level or above. */
function section(path: string, heading: string): string {
  const [level] = heading.split(" ");
  const after = page(path).split(`\n${heading}\n`)[1];
  if (after === undefined) throw new Error(`${path} has no heading ${heading}`);
  return after.split(new RegExp(`^#{1,${level?.length}} `, "m"))[0] ?? "";
}

/** The code blocks of one language, or those without any. */
function blocks(markdown: string, language: string): string[] {
  const fences = markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms);
  return [...fences].filter(([, name]) => name === language).map(([, , code]) => code ?? "");
}

/** Printed output as a pattern: `…` and a line of it stand for anything. */
function pattern(printed: string): RegExp {
  const parts = printed.trim().split(/\n?…\n?/);
  return new RegExp(parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[\\s\\S]*"));
}

describe("README.md", () => {
  test("the first session prints what the page shows", async () => {
    const session = section("README.md", "## A first session");
    await using gateway = await startGatewayEmulator({ workspaceKey: "emulator.local-development-key" });
    const script = blocks(session, "sh").join("\n").replaceAll("http://127.0.0.1:4110", gateway.url);
    const { stdout } = await run("bash", ["-euc", script]);
    const output = stdout.replaceAll("\r", "");
    const printed = [...blocks(session, "json"), ...blocks(session, "")];
    expect(printed).toHaveLength(3);
    for (const shown of printed) expect(output).toMatch(pattern(shown));
    expect(output).toContain("data: [DONE]");
    expect(output).toMatch(/\{"now":"[^"]+","fired":\[\]\}$/);
  });

  test("exec runs the Python example", async () => {
    const [, command] = blocks(section("README.md", "## In a test suite"), "sh")[0]?.split(" -- ") ?? [];
    const code = /^python3 -c '(.*)'\n$/s.exec(command ?? "")?.[1] ?? "";
    const words = ["exec", "--seed", "fixtures/quickstart.yaml", "--", "python3", "-c", code];
    expect(await runCli(words, { cwd: ROOT })).toMatchObject({ code: 0, stdout: "Hello, Python!\n" });
  });
});

test("the report of --min-error-coverage in docs/testing.md has the words of a real one", async () => {
  const [, printed = ""] = section("docs/testing.md", "## Which errors your tests have seen").split(
    "```\n\n```\n",
  );
  const words = ["exec", "--seed", "fixtures/quickstart.yaml", "--min-error-coverage", "80%", "--", "true"];
  const { stderr } = await runCli(words, { cwd: ROOT });
  const linesOf = (text: string) => text.replace(/\d+/g, "0").replace(/ +/g, " ").split("\n");
  const lines = linesOf(printed.split("\n```")[0] ?? "").filter((line) => line.trim() !== "…");
  expect(lines.length).toBeGreaterThan(4);
  expect(linesOf(stderr)).toEqual(expect.arrayContaining(lines));
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

test("the receiver in docs/billing.md passes every case of webhooks certify", async () => {
  await using folder = await temporaryFolder();
  // It has no syntax of TypeScript's own, so that Node runs it as it is.
  const [receiver] = blocks(section("docs/billing.md", "## A receiver"), "ts");
  const file = await folder.write("receiver.mjs", `${receiver}\nconsole.log("listening");\n`);
  const port = await freePort();
  const env = { PATH: process.env.PATH ?? "", PORT: String(port), WEBHOOK_SECRET: "whsec_docs" };
  const running = spawn(process.execPath, [file], { env, stdio: ["ignore", "pipe", "inherit"] });
  try {
    await once(running.stdout, "data");
    const url = `http://127.0.0.1:${port}/`;
    const { code, stdout } = await runCli(["webhooks", "certify", url, "--secret", "whsec_docs"]);
    expect([code, stdout.match(/^FAIL.*/gm)]).toEqual([0, null]);
  } finally {
    running.kill();
  }
});

describe("seeds on the pages", () => {
  /** First keys of YAML that is no seed: an action's steps, LiteLLM's configuration. */
  const OTHER = ["steps", "model_list"];
  const seeds = PAGES.flatMap((path) =>
    blocks(page(path), "yaml")
      .filter((yaml) => !OTHER.some((key) => yaml.startsWith(`${key}:`)))
      .map((yaml, index) => [path, index + 1, yaml] as const),
  );

  test.each(seeds)("%s, number %i, starts an emulator", async (_path, _number, yaml) => {
    await using folder = await temporaryFolder();
    await using gateway = await startGatewayEmulator({ seed: await folder.write("seed.yaml", yaml) });
    expect(gateway.resumed).toBe(false);
  });
});

describe("links", () => {
  /** The anchor that GitHub gives to a heading. */
  const anchor = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-");

  test.each(PAGES)("of %s lead to files and headings that exist", (path) => {
    const links = [...page(path).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)];
    for (const [, file = "", heading] of links) {
      const target = file === "" ? path : join(dirname(path), file);
      expect(existsSync(join(ROOT, target)), `${path}: ${target}`).toBe(true);
      if (heading === undefined) continue;
      const headings = [...page(target).matchAll(/^#+ (.*)$/gm)].map(([, text]) => anchor(text ?? ""));
      expect(headings, `${path}: ${target}#${heading}`).toContain(heading);
    }
  });
});
