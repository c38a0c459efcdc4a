import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { loadDriver } from "../../src/store/driver.js";
import { CHAT, chat, FEDERATED_KEY, HELLO, say, seedWith } from "../support/chat.js";
import { startCli, temporaryFolder } from "../support/cli.js";
import { call } from "../support/client.js";

const FAULTS = "/_emulator/faults";
const FRAMING = "the emulator sets this header itself";
const TEXT =
  "expected a valid HTTP header value: no line breaks or other control characters, nothing above U+00FF";
const NAME = "expected an HTTP header name: letters, digits and !#$%&'*+-.^_`|~";

/** Headers that no answer can have, with the place and the words of the refusal. */
const REFUSED: [headers: object, place: string, words: string][] = [
  [{ "x-note": "line1\nline2" }, "x-note", TEXT],
  [{ "x-note": "nul\0" }, "x-note", TEXT],
  [{ "x-note": "price: 5 €" }, "x-note", TEXT],
  [{ "x note": "a" }, "x note", NAME],
  [{ "": "a" }, "", NAME],
  [{ "Content-Length": "3" }, "Content-Length", FRAMING],
  [{ "transfer-encoding": "chunked" }, "transfer-encoding", FRAMING],
  [{ connection: "close" }, "connection", FRAMING],
  [{ "keep-alive": "timeout=1" }, "keep-alive", FRAMING],
  [{ trailer: "x-sum" }, "trailer", FRAMING],
  [JSON.parse('{"__proto__":"a"}'), "__proto__", "not usable as a name"],
];

const fault = (headers: object) => ({ match: {}, fault: { status: 503, headers } });

describe("headers of an answer that cannot be sent are refused where they are asked for", () => {
  test.each(REFUSED)("a fault with %j", async (headers, place, words) => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const refused = await call(gateway, "POST", FAULTS, { key: null, body: fault(headers) });
    expect(refused.status).toBe(400);
    expect(refused.body.message).toContain(`fault.headers.${place}: `);
    expect(refused.body.message).toContain(words);
    expect((await say(gateway, "hi")).status).toBe(200);
  });

  test.each(REFUSED)("a seed with %j", async (headers, place, words) => {
    const faults = startGatewayEmulator({ seed: seedWith({ top: { faults: [fault(headers)] } }) });
    await expect(faults).rejects.toThrow(words);
    await expect(faults).rejects.toThrow(`faults.0.fault.headers.${place}`);
    const rate_limited = { headers };
    const settings = startGatewayEmulator({ seed: seedWith({ settings: { errors: { rate_limited } } }) });
    await expect(settings).rejects.toThrow(words);
    await expect(settings).rejects.toThrow(`settings.errors.rate_limited.headers.${place}`);
  });

  test.each(REFUSED)("x-emulator-fault with %j", async (headers, _place, words) => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    const wish = JSON.stringify({ status: 503, headers }).replace("€", "\\u20ac");
    const refused = await chat(gateway, {}, { headers: { "x-emulator-fault": wish } });
    expect(refused.status).toBe(400);
    expect(refused.headers.get("x-emulator-hint")).toContain(words);
  });

  test.each(["plain", "früh"])("all others are sent as they stand, before a body %j", async (body) => {
    await using gateway = await startGatewayEmulator({ seed: seedWith() });
    await expectAsTheyStand(gateway, body);
  });

  test.each(["plain", "früh"])("and by the command line, before a body %j", async (body) => {
    await using folder = await temporaryFolder();
    const seed = await folder.write("seed.json", JSON.stringify(seedWith()));
    await using emulator = await startCli(["--seed", seed, "--state", ":memory:"]);
    await expectAsTheyStand(emulator, body);
  });
});

async function expectAsTheyStand({ url }: { readonly url: string }, body: string): Promise<void> {
  const gateway = { url, workspaceKey: "" };
  const headers = { "x-note": "a\tb é", x_trace: "", "Retry-After": "7" };
  await call(gateway, "POST", FAULTS, {
    key: null,
    body: { match: {}, fault: { status: 503, headers, body } },
  });
  const answer = await call(gateway, "POST", CHAT, { key: FEDERATED_KEY, body: HELLO });
  expect([answer.status, answer.text]).toEqual([503, body]);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "x-note": "a\tb é",
    x_trace: "",
    "retry-after": "7",
  });
}

test("an answer that cannot be written, from an older state file, is one entry and no fault of the file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gateway-emulator-"));
  const state = join(folder, "state.db");
  try {
    {
      await using gateway = await startGatewayEmulator({ state, seed: seedWith() });
      await gateway.faults.add({ match: {}, times: 1, fault: { status: 503, headers: { "x-note": "old" } } });
    }
    const db = new (loadDriver())(state);
    db.prepare("UPDATE faults SET rule = replace(rule, '\"old\"', '\"line1\\nline2\"')").run();
    db.close();
    const logged: number[] = [];
    await using gateway = await startGatewayEmulator({
      state,
      onRequest: ({ status }) => logged.push(status),
    });
    const answer = await say(gateway, "hi");
    expect(answer.status).toBe(500);
    expect(answer.headers.get("x-emulator-hint")).toContain("Invalid character in header content");
    expect(answer.headers.get("x-emulator-request")).toBe("1");
    expect(await gateway.requests()).toHaveLength(1);
    expect(logged).toHaveLength(1);
    expect((await say(gateway, "hi")).status).toBe(200);
  } finally {
    await rm(folder, { recursive: true });
  }
});
