import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { seedWith } from "../support/chat.js";
import { startCli, temporaryFolder } from "../support/cli.js";

const SCRIPT = fileURLToPath(new URL("bad-clients.mjs", import.meta.url));

/** A token every 100 ms of a clock that stands still, for `paced` alone. */
const SEED = seedWith({
  completions: [
    {
      match: { last_message: "paced" },
      reply: { content: "one two three", stream: { tokens_per_second: 10 } },
    },
  ],
});

/** The script in a process of its own, and all that is printed there. */
function run(against: { url: string } | { seed: object }): {
  child: ChildProcess;
  printed: () => string;
  ended: Promise<number | null>;
} {
  const child = fork(SCRIPT, [JSON.stringify(against)], { execArgv: [], silent: true });
  let text = "";
  for (const output of [child.stdout, child.stderr]) {
    output?.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
  }
  const ended = once(child, "close").then(([code]) => code);
  return { child, printed: () => text, ended };
}

test("in a process of somebody else: globals stay, and nothing is printed", async () => {
  const { child, printed, ended } = run({ seed: SEED });
  const said = once(child, "message");
  const code = await ended;
  expect(printed()).toBe("");
  expect(code).toBe(0);
  expect((await said)[0]).toEqual({
    health: 200,
    globals: {
      started: "untouched",
      "HTTP/1.1": "untouched",
      "HTTP/2": "untouched",
      stopped: "untouched",
    },
  });
});

test("the command line prints nothing on stderr about faults, clients that leave, and its stop", async () => {
  await using folder = await temporaryFolder();
  const seed = await folder.write("seed.json", JSON.stringify(SEED));
  await using cli = await startCli(["--state", ":memory:", "--seed", seed]);
  const { child, printed, ended } = run({ url: cli.url });
  const said = once(child, "message");
  await Promise.race([said, ended]);
  expect(await cli.process.stop()).toEqual({ code: 0, signal: null });
  expect([await ended, printed()]).toEqual([0, ""]);
  expect((await said)[0]).toEqual({ health: 200 });
  expect(cli.process.stderr).toBe("");
  expect(cli.process.stdout).toContain("POST /v1/chat/completions");
});
