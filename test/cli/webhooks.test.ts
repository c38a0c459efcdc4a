import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { chat } from "../support/chat.js";
import { CliProcess, runCli, temporaryFolder } from "../support/cli.js";
import { type Received, Receiver } from "../webhooks/receiver.js";
import { SECRET, webhookSeed } from "../webhooks/support.js";
import { verify } from "../webhooks/verify.js";

const certify = (url: string, ...more: string[]) =>
  runCli(["webhooks", "certify", url, "--secret", SECRET, ...more]);
const right = ({ raw, signature }: Received) => (verify(raw, signature, SECRET) ? 200 : 401);

describe("webhooks certify", () => {
  test("a receiver that does everything right passes every case", async () => {
    await using receiver = await Receiver.start(right);
    const { code, stdout, stderr } = await certify(receiver.url);
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.pop()).toBe("all 14 cases passed");
    expect(lines.map((line) => line.replaceAll(/\d+ ms/g, "… ms"))).toEqual([
      "ok    valid event                    200 in … ms",
      "ok    raw bytes                      200 in … ms",
      "ok    tampered body                  401 in … ms",
      "ok    wrong secret                   401 in … ms",
      "ok    no signature                   401 in … ms",
      "ok    truncated signature            401 in … ms",
      "ok    duplicate event                200 in … ms, 200 in … ms",
      "ok    retried delivery               200 in … ms, 200 in … ms",
      "ok    out of order                   200 in … ms, 200 in … ms",
      "ok    rotated secret, new one first  200 in … ms",
      "ok    rotated secret, old one last   200 in … ms",
      "ok    batch                          200 in … ms",
      "ok    unknown fields                 200 in … ms",
      "ok    acknowledgement time           200 in … ms",
    ]);
  });

  test("sends what it says: ids, keys, order, batch, further fields", async () => {
    await using receiver = await Receiver.start(right);
    await certify(receiver.url);
    const posts = receiver.received;
    const event = (number: number) => posts[number]?.events[0];
    expect(posts).toHaveLength(17);
    expect(event(6)?.idempotencyKey).toBe(event(7)?.idempotencyKey);
    expect(posts[6]?.requestId).not.toBe(posts[7]?.requestId);
    expect(posts[8]?.requestId).toBe(posts[9]?.requestId);
    expect(posts[8]?.raw).toEqual(posts[9]?.raw);
    expect(Date.parse(event(10)?.timestamp ?? "")).toBeGreaterThan(Date.parse(event(11)?.timestamp ?? ""));
    expect(posts[12]?.signature.split(",")).toHaveLength(2);
    expect(posts[14]?.events).toHaveLength(3);
    expect(event(15)).toMatchObject({ externalCustomerId: "certify-customer", region: "EU" });
    expect(posts[16]?.events).toHaveLength(100);
    const keys = posts.flatMap(({ events }) => events.map(({ idempotencyKey }) => idempotencyKey));
    for (const key of keys) expect(key).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  });

  test("a receiver that checks nothing fails, says where, and leaves a JUnit report", async () => {
    await using receiver = await Receiver.start([200]);
    await using folder = await temporaryFolder();
    const { code, stdout, stderr } = await certify(receiver.url, "--junit", `${folder.path}/certify.xml`);
    expect([code, stderr]).toEqual([1, "gateway-emulator: 4 of 14 cases failed\n"]);
    expect(stdout.match(/^FAIL {2}(\S+ \S+)/gm)).toEqual([
      "FAIL  tampered body",
      "FAIL  wrong secret",
      "FAIL  no signature",
      "FAIL  truncated signature",
    ]);
    expect(stdout).toContain("      should: answer 4xx: the body was changed after it was signed\n");
    const xml = await readFile(`${folder.path}/certify.xml`, "utf8");
    expect(xml).toContain('<testsuite name="gateway-emulator webhooks certify" tests="14" failures="4"');
    expect(xml.match(/<testcase /g)).toHaveLength(14);
    expect(xml).toContain('<failure message="receiver: 200 in ');
  });

  test.each<[string, (received: Received) => boolean, string[]]>([
    [
      "takes the first signature only",
      ({ raw, signature }) => verify(raw, signature.split(",")[0] ?? "", SECRET),
      ["rotated secret, new one first"],
    ],
    [
      "parses and writes the body again before it checks",
      ({ raw, signature }) =>
        verify(Buffer.from(JSON.stringify(JSON.parse(raw.toString()))), signature, SECRET),
      ["raw bytes"],
    ],
    [
      "refuses fields that it does not know",
      ({ raw, signature }) => verify(raw, signature, SECRET) && !raw.includes("version"),
      ["unknown fields"],
    ],
    [
      "wants one event per delivery",
      ({ raw, signature, events }) => verify(raw, signature, SECRET) && events.length === 1,
      ["batch", "acknowledgement time"],
    ],
  ])("finds a receiver that %s", async (_, accepts, failing) => {
    await using receiver = await Receiver.start((received) => (accepts(received) ? 200 : 401));
    const { code, stdout } = await certify(receiver.url);
    expect(code).toBe(1);
    const failed = stdout.split("\n").filter((line) => line.startsWith("FAIL"));
    expect(failed.map((line) => line.slice(6, 36).trim())).toEqual(failing);
  });

  test("finds a receiver that refuses what it has seen, and one that fails where it should refuse", async () => {
    const seen = new Set<string>();
    await using receiver = await Receiver.start(({ raw, signature, events }) => {
      if (!verify(raw, signature, SECRET)) return 500;
      const [event] = events;
      const key = event?.idempotencyKey ?? "";
      return seen.has(key) ? 409 : seen.add(key) && 200;
    });
    const { stdout } = await certify(receiver.url);
    const failed = stdout.split("\n").filter((line) => line.startsWith("FAIL"));
    expect(failed.map((line) => line.slice(6, 36).trim())).toEqual([
      "tampered body",
      "wrong secret",
      "no signature",
      "truncated signature",
      "duplicate event",
      "retried delivery",
    ]);
  });

  test("a delivery that fails is tried again with the same id", async () => {
    await using receiver = await Receiver.start((received, number) => (number === 8 ? 500 : right(received)));
    const { code, stdout } = await certify(receiver.url);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok {4}retried delivery +500 in \d+ ms, 200 in \d+ ms, 200 in \d+ ms$/m);
    expect(new Set(receiver.received.slice(8, 11).map(({ requestId }) => requestId)).size).toBe(1);
  });

  test.each([
    [
      ["certify", "nowhere", "--secret", "x"],
      'expected a URL such as http://127.0.0.1:3000/billing, got "nowhere"',
    ],
    [["certify", "http://127.0.0.1:1/", "--secret", ""], "--secret: expected the receiver's signing secret"],
    [["certify", "http://127.0.0.1:1/"], "required option '--secret <secret>' not specified"],
    [
      ["listen", "--respond", "500,ok"],
      '--respond: expected statuses from 200 to 599 such as 500,500,200, got "ok"',
    ],
    [
      ["listen", "--delay", "soon"],
      '--delay: expected milliseconds or a text such as "250ms", "61s", "2m", "1h"',
    ],
    [["listen", "--port", "99999"], '--port: expected a port from 0 to 65535, got "99999"'],
  ])("%j is refused in one line", async (args, message) => {
    const { code, stderr } = await runCli(["webhooks", ...args]);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("   at ");
  });

  test("the help of each has examples", async () => {
    for (const command of ["listen", "certify"]) {
      const { code, stdout } = await runCli(["webhooks", command, "--help"]);
      expect(code).toBe(0);
      expect(stdout).toContain(`Examples:\n  $ gateway-emulator webhooks ${command}`);
    }
  });
});

describe("webhooks listen", () => {
  async function listening(...args: string[]) {
    const process = new CliProcess(["webhooks", "listen", ...args]);
    const [, url = ""] = await process.waitFor(/listening for billing webhooks on (http:\S+)/);
    return { process, url, [Symbol.asyncDispose]: () => process[Symbol.asyncDispose]() };
  }

  test("prints each delivery of an emulator: time, ids, verified, events; a duplicate is seen before", async () => {
    await using listener = await listening("--secret", "whsec_other", "--secret", SECRET);
    const faults = [{ match: {}, fault: { webhook: { duplicate: true } } }];
    await using gateway = await startGatewayEmulator({
      seed: webhookSeed(listener.url, { top: { faults } }),
    });
    await chat(gateway, {}, { headers: { "x-emulator-usage": "100/20" } });
    await gateway.webhooks.idle();
    const [first, second] = await gateway.webhooks.deliveries();
    expect([first?.state, second?.state]).toEqual(["delivered", "delivered"]);
    await listener.process.waitFor(/seen before/);
    const { stdout } = listener.process;
    expect(stdout).toMatch(
      new RegExp(`^\\d{4}-\\S+Z {2}${first?.id} {2}verified {2}1 event {2}answering 200$`, "m"),
    );
    const line = `    ${first?.events[0]?.idempotencyKey}  2026-06-17T12:00:00.000Z  acme/llama  org  sky_acmeprod0001  100 in, 20 out`;
    expect(stdout.split("\n").filter((text) => text.startsWith(line))).toEqual([
      line,
      `${line}  (seen before)`,
    ]);
  });

  test("says why a signature is wrong, and answers 401; what is no billing payload gets 400", async () => {
    await using listener = await listening("--secret", SECRET);
    await using gateway = await startGatewayEmulator({
      seed: webhookSeed(listener.url, {}, ["whsec_other"]),
    });
    await chat(gateway);
    await gateway.webhooks.idle();
    expect((await gateway.webhooks.deadLetters())[0]?.attempts).toMatchObject([{ status: 401 }]);
    await listener.process.waitFor(/NOT VERIFIED: signed with another secret, or changed after signing/);
    const without = await fetch(listener.url, { method: "POST", body: "hello" });
    expect(without.status).toBe(401);
    await listener.process.waitFor(/NOT VERIFIED: no X-Baseten-Signature header {2}not a billing payload/);
    await using unchecked = await listening();
    expect((await fetch(unchecked.url, { method: "POST", body: "hello" })).status).toBe(400);
  });

  test("answers badly on purpose: 500, 500, 200 is delivered at the third attempt", async () => {
    await using listener = await listening("--respond", "500,500,200", "--delay", "1ms");
    await using gateway = await startGatewayEmulator({ seed: webhookSeed(listener.url) });
    await chat(gateway);
    await gateway.clock.advance("3s");
    const [delivery] = await gateway.webhooks.deliveries();
    expect(delivery?.attempts.map(({ status }) => status)).toEqual([500, 500, 200]);
    await listener.process.waitFor(/not checked: no --secret {2}1 event {2}answering 200 after 1 ms/);
  });

  test("Ctrl-C ends it", async () => {
    await using listener = await listening();
    expect(await listener.process.stop()).toEqual({ code: 0, signal: null });
  });
});
