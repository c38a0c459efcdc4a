import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { startGatewayEmulator } from "../src/index.js";

/** What holds for every file of fixtures/, whatever it is about. */

const FOLDER = fileURLToPath(new URL("../fixtures/", import.meta.url));
const TESTS = fileURLToPath(new URL(".", import.meta.url));
const FILES = readdirSync(FOLDER);
/** Where the commands of a comment expect the emulator. */
const ORIGIN = "http://127.0.0.1:4110";
/** Answers to a command that was written wrongly. */
const MISUNDERSTOOD = [400, 401, 403, 404, 405, 415, 422];
/** Those of commands that show a refusal, as the comment says. */
const ON_PURPOSE: Readonly<Record<string, readonly number[]>> = {
  "cloudflare.yaml": [401],
  "dedicated.yaml": [404],
};

describe("the gallery", () => {
  const titles = readdirSync(TESTS, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.ts"))
    .flatMap((path) => readFileSync(TESTS + path, "utf8").match(/\b(?:describe|test|it)\("[^"]+"/g) ?? [])
    .join("\n");
  const readme = readFileSync(`${TESTS}../README.md`, "utf8");

  it.each(FILES)("%s has a test that names it, and a line in the README", (file) => {
    expect(titles.includes(`fixtures/${file}`), "a describe or test whose title has its path").toBe(true);
    expect(readme.includes(file), "the table of fixtures in README.md").toBe(true);
  });
});

describe("the commands in the comment", () => {
  it.each(FILES)("of fixtures/%s are understood when they are pasted one after the other", async (file) => {
    const commands = curlsIn(commentOf(file)).filter(({ url }) => !/[<>]/.test(url));
    expect(commands).not.toEqual([]);
    await using gateway = await startGatewayEmulator({ seed: FOLDER + file });
    const refused: { status: number; why: string }[] = [];
    for (const { url, options } of commands) {
      const answer = await fetch(url.replace(ORIGIN, gateway.url), options);
      const why = `${options.method} ${url} ${options.body ?? ""}: ${await answer.text()}`;
      if (MISUNDERSTOOD.includes(answer.status)) refused.push({ status: answer.status, why });
    }
    const told = refused.map(({ why }) => why).join("\n");
    expect(
      refused.map(({ status }) => status),
      told,
    ).toEqual(ON_PURPOSE[file] ?? []);
  });

  it("are read as a shell reads them", () => {
    const comment =
      "  A=http://a\n  curl -i \\\n    $A/b -H 'One: 1' \\\n    --json '{\"x\":\n  [1]}'\ntext\n  curl -X PUT 'http://c?d'";
    expect(curlsIn(comment)).toEqual([
      {
        url: "http://a/b",
        options: {
          method: "POST",
          headers: { "Content-Type": "application/json", One: "1" },
          body: '{"x":\n  [1]}',
        },
      },
      { url: "http://c?d", options: { method: "PUT", headers: {} } },
    ]);
  });
});

function commentOf(file: string): string {
  const lines = readFileSync(FOLDER + file, "utf8").split("\n");
  const end = lines.findIndex((line) => !line.startsWith("#"));
  return lines
    .slice(0, end)
    .map((line) => line.slice(1))
    .join("\n");
}

interface Curl {
  readonly url: string;
  readonly options: { method: string; headers: Record<string, string>; body?: string };
}

/**
 * Each command begins a line with `curl` and goes on after a backslash, or within quotes. `NAME=value` in a line of
 * its own stands for `$NAME`.
 */
function curlsIn(comment: string): Curl[] {
  const variables = new Map(
    [...comment.matchAll(/^ *([A-Z]+)=(\S+)$/gm)].map(([, name, value]) => [name, value]),
  );
  const plain = comment.replace(/\$([A-Z]+)/g, (all, name: string) => variables.get(name) ?? all);
  const commands = plain.match(/^ *curl (?:'[^']*'|\\\n|[^'\n])*$/gm) ?? [];
  return commands.map((command) => {
    const words = (command.match(/(?:'[^']*'|[^\s'\\])+/g) ?? []).map((word) => word.replaceAll("'", ""));
    return curl(words.slice(1));
  });
}

function curl(words: readonly string[]): Curl {
  const headers: Record<string, string> = {};
  let url = "";
  let method: string | null = null;
  let body: string | null = null;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (!word.startsWith("-")) {
      url = word;
      continue;
    }
    if (/^-[isN]+$/.test(word)) continue;
    const value = words[++at] ?? "";
    switch (word) {
      case "-X":
        method = value;
        break;
      case "-H": {
        const [name = "", ...rest] = value.split(": ");
        headers[name] = rest.join(": ");
        break;
      }
      case "-d":
      case "--data":
      case "--json":
        body = value;
        break;
      default:
        throw new Error(`${word} is an option of curl that this test does not know`);
    }
  }
  if (body !== null) headers["Content-Type"] ??= "application/json";
  const options = { method: method ?? (body === null ? "GET" : "POST"), headers };
  return { url, options: body === null ? options : { ...options, body } };
}
