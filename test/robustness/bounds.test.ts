import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { call, management, QUICKSTART } from "../support/client.js";
import { temporaryFolder } from "./emulator-process.js";
import { goodChat } from "./subject.js";

const start = (settings: object = {}, more: object = {}): Promise<GatewayEmulator> =>
  startGatewayEmulator({
    seed: { ...QUICKSTART, settings: { management_rate_limit: false, ...settings } },
    ...more,
  });

const control = (gateway: GatewayEmulator, method: string, path: string, body?: unknown) =>
  call(gateway, method, `/_emulator/${path}`, body === undefined ? {} : { body });

describe("worlds have a bound", () => {
  test("one too many is 400 and says how to go on", async () => {
    await using gateway = await start({ max_worlds: 3 });
    await gateway.world("one");
    await gateway.world("two");
    const refused = await control(gateway, "POST", "worlds", { name: "three" });
    expect(refused.status).toBe(400);
    expect(refused.body).toEqual({
      code: "VALIDATION_ERROR",
      message: expect.stringMatching(/^There are 3 worlds already.*max_worlds.*DELETE \/_emulator\/worlds/),
    });
    await gateway.removeWorld("one");
    expect((await control(gateway, "POST", "worlds", { name: "three" })).status).toBe(200);
  });

  test("it is 256 unless the seed says otherwise", async () => {
    await using gateway = await start();
    const names = Array.from({ length: 255 }, (_, index) => `w${index}`);
    for (const name of names) expect((await control(gateway, "POST", "worlds", { name })).status).toBe(200);
    expect((await control(gateway, "POST", "worlds", {})).status).toBe(400);
  });
});

describe("snapshots have bounds", () => {
  test("32 without a name; those with a name do not count", async () => {
    await using gateway = await start();
    for (let each = 0; each < 32; each++) await gateway.snapshot();
    const refused = await control(gateway, "POST", "snapshots", {});
    expect(refused.status).toBe(400);
    expect(refused.body.message).toMatch(/32 snapshots without a name.*max_unnamed_snapshots.*Give this one/);
    expect((await control(gateway, "POST", "snapshots", { name: "mine" })).status).toBe(200);
    await control(gateway, "DELETE", "snapshots/snapshot-1");
    expect((await control(gateway, "POST", "snapshots", {})).status).toBe(200);
  });

  test("all together have a size, over all worlds; replacing one frees its own", async () => {
    await using measured = await start();
    const { bytes } = await measured.snapshot();
    await using gateway = await start({ max_snapshot_bytes: 2.5 * bytes });
    const world = await gateway.world("other");
    await gateway.snapshot({ name: "a" });
    await world.snapshot({ name: "b" });
    const refused = await control(gateway, "POST", "snapshots", { name: "c" });
    expect(refused.status).toBe(400);
    expect(refused.body.message).toMatch(/^A snapshot of \d+ bytes is too large: .*max_snapshot_bytes/);
    expect((await control(gateway, "POST", "snapshots", { name: "a" })).status).toBe(200);
    await gateway.removeWorld("other");
    expect((await control(gateway, "POST", "snapshots", { name: "c" })).status).toBe(200);
  });

  test("an upload above it is refused before it is read", async () => {
    await using gateway = await start({ max_snapshot_bytes: 1000 });
    const refused = await fetch(`${gateway.url}/_emulator/snapshots/big/image`, {
      method: "PUT",
      body: new Uint8Array(2000),
    });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      message: expect.stringMatching(/of 2000 bytes is too large/),
    });
  });
});

describe("the journal has a bound", () => {
  test("the newest requests stay, the ledger keeps all, and books still agree", async () => {
    await using folder = await temporaryFolder();
    const state = folder.file("state.db");
    await using gateway = await start({ journal_keep: 100 }, { state });
    expect(await goodChat(gateway)).toBe(200);
    for (let batch = 0; batch < 21; batch++) {
      await Promise.all(Array.from({ length: 50 }, () => management(gateway).get("/endpoints")));
    }
    const { total } = (await control(gateway, "GET", "requests?limit=1")).body;
    expect(total).toBeGreaterThanOrEqual(100);
    expect(total).toBeLessThan(200);
    expect((await control(gateway, "GET", "requests?path=/v1/chat/completions")).body.items).toEqual([]);
    expect((await control(gateway, "GET", "billing/events")).body.items).toHaveLength(1);
    const reconciled = (await control(gateway, "GET", "billing/reconcile")).body;
    expect(JSON.stringify(reconciled)).not.toMatch(/"left":\{"requests":[1-9]/);
  });
});

describe("durations have bounds", () => {
  test.each(["25h", "597h", "600000h", "99999999999d"])(
    "within=%s is 400, and does not wait",
    async (within) => {
      await using gateway = await start();
      const { status, body } = await control(gateway, "GET", `requests?within=${within}&status=599`);
      expect(status).toBe(400);
      expect(body.message).toMatch(/^within: expected /);
    },
  );

  test("within=24h waits", async () => {
    await using gateway = await start();
    const waiting = control(gateway, "GET", "requests?within=24h&slug=acme/llama");
    expect(await goodChat(gateway)).toBe(200);
    expect((await waiting).body.total).toBe(1);
  });

  test("what would leave the range of dates is refused, on the clock and in rules", async () => {
    await using gateway = await start();
    const advance = await control(gateway, "POST", "clock/advance", { by: "99999999999d" });
    expect(advance.status).toBe(400);
    const fault = await control(gateway, "POST", "faults", { fault: { delay: "99999999999d" } });
    expect(fault.status).toBe(400);
    expect(fault.body.message).toMatch(/at most 36500d/);
    expect(await goodChat(gateway)).toBe(200);
  });
});

test.each([
  ["64 KiB", {}, 70_000],
  ["max_header_bytes", { max_header_bytes: 2_000 }, 3_000],
])("a header block above %s is 431", async (_, settings, bytes) => {
  await using gateway = await start(settings);
  const socket = connect(gateway.port, "127.0.0.1");
  socket.write(`GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-Large: ${"x".repeat(bytes)}\r\n\r\n`);
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
});
