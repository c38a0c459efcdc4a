import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { seedWith } from "../support/chat.js";
import { call } from "../support/client.js";

const typo = { match: { modle: "x" }, reply: {} };
const MODEL = 'match.modle: unknown key; did you mean "model"?';

describe("a wrong key in a body of the control plane", () => {
  test.each([
    [
      "completions",
      { match: { last_mesage: "x" }, reply: {} },
      'match.last_mesage: unknown key; did you mean "last_message"?',
    ],
    ["completions", [{ reply: {} }, typo], `1.${MODEL}`],
    ["completions", { reply: { usage: { prompt_token: 1 } } }, 'did you mean "prompt_tokens"?'],
    ["faults", { fault: { staus: 503 } }, 'fault.staus: unknown key; did you mean "status"?'],
    [
      "faults",
      { fault: { webhook: { dup: true } } },
      "fault.webhook.dup: unknown key; known keys: duplicate, ",
    ],
    [
      "predictions",
      { match: { enviroment: "x" }, reply: {} },
      'match.enviroment: unknown key; did you mean "environment"?',
    ],
    ["snapshots", { nmae: "x" }, 'nmae: unknown key; did you mean "name"?'],
    ["worlds", { form: "seed" }, 'form: unknown key; did you mean "from"?'],
    ["webhooks/rotate", { secret: "s", wrkspace: "x" }, 'wrkspace: unknown key; did you mean "workspace"?'],
  ])("%s %j is refused with the key that was meant", async (path, body, message) => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const refused = await call(gateway, "POST", `/_emulator/${path}`, { key: null, body });
    expect(refused.status).toBe(400);
    expect(refused.body.message).toContain(message);
  });

  test.each([
    ["one", typo, MODEL],
    ["a list of one", [typo], `0.${MODEL}`],
    ["a list", [{ reply: {} }, typo], `1.${MODEL}`],
  ])("%s is refused in the same words in process and over HTTP", async (_name, rules, message) => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const refused = await call(gateway, "POST", "/_emulator/completions", { key: null, body: rules });
    expect(refused.body.message).toBe(message);
    const add = gateway.completions.add(JSON.parse(JSON.stringify(rules)));
    await expect(add).rejects.toThrow(expect.objectContaining({ message }));
  });
});
