import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { CHAT, FEDERATED_KEY, HELLO } from "../support/chat.js";
import { call, QUICKSTART } from "../support/client.js";
import { findChromium, launch, type PageServer, servePages } from "./browser.js";

const CHROMIUM = findChromium();
const ATTEMPTS = fileURLToPath(new URL("page-attempts.js", import.meta.url));
/** Says in the tests' names why they did not run. */
const MISSING = CHROMIUM ? "" : ", skipped: there is no chromium (apt-get install chromium, or set CHROMIUM)";

/** What a page tries to write, and to read. */
const WRITES = [
  ["/_emulator/reset", ""],
  ["/_emulator/seed", '{"completions":[{"match":{},"reply":{"content":"planted"}}]}'],
  ["/_emulator/completions", '{"match":{},"reply":{"content":"planted"}}'],
  ["/_emulator/faults", '{"match":{},"fault":{"status":500}}'],
  ["/_emulator/clock/advance", '{"by":"1h"}'],
  ["/_emulator/clock", '{"freeze":true}'],
  ["/_emulator/worlds", '{"name":"planted"}'],
  ["/_emulator/snapshots", '{"name":"planted"}'],
  ["/v1/gateway/groups", '{"metadata":{"external_entity_id":"planted"},"models":[]}'],
] as const;
const READS = [
  "/_emulator/health",
  "/_emulator/requests",
  "/_emulator/clock",
  "/v1/gateway/groups",
  CHAT,
] as const;

/** What shows every change that a page could make. */
async function stateOf(gateway: GatewayEmulator): Promise<unknown> {
  const lists = ["completions", "faults", "clock", "worlds", "snapshots", "billing/events"];
  return {
    control: await Promise.all(
      lists.map(async (list) => (await call(gateway, "GET", `/_emulator/${list}`)).body),
    ),
    groups: (await call(gateway, "GET", "/v1/gateway/groups")).body,
  };
}

/** An emulator with something that a reset would take away. */
async function startWithRule(): Promise<GatewayEmulator> {
  const gateway = await startGatewayEmulator({ seed: QUICKSTART });
  await gateway.completions.add({ match: {}, reply: { content: "mine" } });
  return gateway;
}

/** Runs a function of `page-attempts.js` in the page. */
async function run<T>(page: Page, name: string, argument: object): Promise<T> {
  await page.addScriptTag({ path: ATTEMPTS });
  return page.evaluate(`${name}(${JSON.stringify(argument)})`) as Promise<T>;
}

function attempt(
  page: Page,
  name: "tryFetches" | "tryElements",
  url: string,
  key: string,
): Promise<string[]> {
  return run(page, name, { url, key, writes: WRITES, reads: READS });
}

// A browser on a busy machine takes its time.
describe.skipIf(!CHROMIUM)(`a page in chromium${MISSING}`, { timeout: 120_000 }, () => {
  let browser: Browser;
  let pages: PageServer;
  beforeAll(async () => {
    pages = await servePages();
    browser = await launch(CHROMIUM ?? "", ["--host-resolver-rules=MAP *.example 127.0.0.1"]);
  });
  afterAll(async () => {
    await browser?.close();
    await pages?.[Symbol.asyncDispose]();
  });

  /** A page of another origin, on this host or of a foreign domain, which leads to this machine here. */
  async function open(host: string, port = pages.port): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(`http://${host}:${port}/`);
    return page;
  }

  test.each(["127.0.0.1", "localhost", "evil.example"])(
    "of %s on another port changes nothing and reads nothing",
    async (host) => {
      await using gateway = await startWithRule();
      const before = await stateOf(gateway);
      const page = await open(host);
      expect(await attempt(page, "tryFetches", gateway.url, gateway.workspaceKey)).toEqual([]);
      expect(await attempt(page, "tryElements", gateway.url, gateway.workspaceKey)).toEqual([]);
      await page.close();
      expect(await stateOf(gateway)).toEqual(before);
    },
  );

  test("whose domain was rebound to the emulator's address cannot read or change anything", async () => {
    await using gateway = await startWithRule();
    const before = await stateOf(gateway);
    const page = await browser.newPage();
    const own = `http://evil.example:${gateway.port}`;
    const first = await page.goto(`${own}/_emulator/health`);
    expect([first?.status(), await first?.text()]).toEqual([
      403,
      '{"code":"FORBIDDEN","message":"This host may not be used for the emulator."}',
    ]);
    // It is of the same origin now, so that it may read every answer.
    const answers = await attempt(page, "tryFetches", own, gateway.workspaceKey);
    expect(answers.length).toBeGreaterThan(50);
    expect(answers.filter((answer) => !answer.endsWith(" 403"))).toEqual([]);
    await page.close();
    expect(await stateOf(gateway)).toEqual(before);
  });

  test("of an origin that cors names can chat, stream, and read the headers", async () => {
    const origin = `http://localhost:${pages.port}`;
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART, cors: [origin] });
    const page = await open("localhost");
    const read = await run<{ status: number; request: string; text: string }[]>(page, "chat", {
      url: gateway.url + CHAT,
      key: FEDERATED_KEY,
      bodies: [HELLO, { ...HELLO, stream: true }],
    });
    await page.close();
    expect(read.map(({ status }) => status)).toEqual([200, 200]);
    expect(read[1]?.text).toContain("data: [DONE]");
    for (const { request } of read) expect(request).toMatch(/^\d+$/);
  });

  test("of an allowed origin with cors can use the control API, with its token", async () => {
    const origin = `http://localhost:${pages.port}`;
    await using gateway = await startGatewayEmulator({
      cors: [origin],
      allowedOrigins: [origin],
      controlToken: "a-token-that-is-long-enough",
    });
    const page = await open("localhost");
    const token = gateway.env.GATEWAY_EMULATOR_CONTROL_TOKEN;
    const health = await run<{ env: unknown }>(page, "health", { url: gateway.url, token });
    await page.close();
    expect(health.env).toEqual(gateway.env);
  });
});
