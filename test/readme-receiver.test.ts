import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { runCli, temporaryFolder } from "./support/cli.js";

/** The first TypeScript block of a section of the README. */
function example(heading: string): string {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const code = readme.split(`## ${heading}\n`)[1]?.split("```ts\n")[1]?.split("```")[0];
  if (code === undefined) throw new Error(`the README has no example under ${heading}`);
  return code;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

test("the README's receiver, as written, passes every case of webhooks certify", async () => {
  await using folder = await temporaryFolder();
  // It has no syntax of TypeScript's own, so that Node runs it as it is.
  const says = "\nconsole.log('listening');\n";
  const file = await folder.write("receiver.mjs", example("Testing your billing receiver") + says);
  const port = await freePort();
  const env = { PATH: process.env.PATH ?? "", PORT: String(port), WEBHOOK_SECRET: "whsec_readme" };
  const receiver = spawn(process.execPath, [file], { env, stdio: ["ignore", "pipe", "inherit"] });
  try {
    await once(receiver.stdout, "data");
    const url = `http://127.0.0.1:${port}/`;
    const { code, stdout } = await runCli(["webhooks", "certify", url, "--secret", "whsec_readme"]);
    expect([code, stdout.match(/^FAIL.*/gm)]).toEqual([0, null]);
  } finally {
    receiver.kill();
  }
});
