import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import * as z from "zod";
import { FEDERATED_KEY, HELLO, seedWith } from "../support/chat.js";

const SCRIPT = fileURLToPath(new URL("../support/serve-state.mjs", import.meta.url));

/** Loaded before the emulator: SIGUSR2 sets the clock of its machine back by 30 seconds. */
const STEP_BACK = `data:text/javascript,${encodeURIComponent(`
  const now = Date.now;
  let offset = 0;
  Date.now = () => now() + offset;
  process.on("SIGUSR2", () => { offset -= 30_000; });
`)}`;

const SEED = seedWith({
  top: { clock: undefined },
  completions: [
    {
      reply: {
        content: "one two three four five six seven eight nine ten",
        stream: { tokens_per_second: 20 },
      },
    },
  ],
});

test("the machine's clock steps back by 30 s in the middle of a paced stream: the stream goes on (Y-85)", async () => {
  const child = spawn(process.execPath, ["--import", STEP_BACK, SCRIPT, JSON.stringify({ seed: SEED })], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  try {
    const [{ url, workspaceKey }] = await once(child, "message");
    const clock = async (): Promise<number> => {
      const answer = await fetch(`${url}/_emulator/clock`, {
        headers: { Authorization: `Api-Key ${workspaceKey}` },
      });
      return Date.parse(z.object({ now: z.string() }).parse(await answer.json()).now);
    };
    const before = await clock();
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { Authorization: `Api-Key ${FEDERATED_KEY}`, "Content-Type": "application/json" },
      body: JSON.stringify({ ...HELLO, stream: true }),
      // Standing still takes the stream 30 s; its own pace, half a second.
      signal: AbortSignal.timeout(10_000),
    });
    let text = "";
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      if (text === "") child.kill("SIGUSR2");
      text += chunk;
    }
    expect(text).toContain("[DONE]");
    expect(await clock()).toBeGreaterThan(before);
  } finally {
    child.kill("SIGKILL");
  }
});
