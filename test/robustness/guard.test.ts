import { connect } from "node:http2";
import { describe, expect, test } from "vitest";
import { connectGatewayEmulator, type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { CHAT, FEDERATED_KEY, HELLO } from "../support/chat.js";
import { call, QUICKSTART } from "../support/client.js";
import { send, type WireAnswer } from "./wire.js";

const HEALTH = "/_emulator/health";
const RESET = "/_emulator/reset";
const JSON_BODY = { "Content-Type": "application/json" };
const EVIL = "https://evil.example";

function health(gateway: GatewayEmulator, host: string): Promise<WireAnswer> {
  return send(gateway, { method: "GET", target: HEALTH, host });
}

/** One request over HTTP/2, which has `:authority` in place of `Host`. */
async function overHttp2(gateway: GatewayEmulator, headers: Record<string, string>): Promise<number> {
  const session = connect(gateway.url);
  try {
    return await new Promise((resolve, reject) => {
      const stream = session.request(headers);
      session.on("error", reject);
      stream.on("error", reject);
      stream.on("response", (answer) => resolve(answer[":status"] ?? 0));
      stream.resume();
    });
  } finally {
    session.close();
  }
}

describe("the Host header (Y-60)", () => {
  test.each([
    [
      "loopback",
      [
        "localhost",
        "LOCALHOST:4110",
        "localhost.",
        "api.localhost",
        "127.0.0.1",
        "127.9.9.9:1",
        "[::1]",
        "[::1]:4110",
      ],
    ],
    ["an address", ["192.168.0.7:4110", "10.0.0.1", "[fe80::1%25eth0]:4110", "[2001:db8::1]"]],
    ["a name without a dot", ["gateway", "gateway:4110", "GATEWAY"]],
    ["the machine outside a container", ["host.docker.internal:4110", "host.containers.internal"]],
    [
      "a host that it stands for",
      [
        "api.baseten.co",
        "Inference.Baseten.CO.",
        "model-3kz9xqd.api.baseten.co",
        "chain-x.api.baseten.co",
        "gateway.ai.cloudflare.com",
        "gateway.ai.localhost",
      ],
    ],
    ["a host that is allowed", ["llm.acme.example", "LLM.acme.example.:80", "a.b.wild.example"]],
  ])("%s is accepted", async (_, hosts) => {
    await using gateway = await startGatewayEmulator({
      allowedHosts: ["LLM.acme.example:4110", ".wild.example"],
    });
    for (const host of hosts) expect([host, (await health(gateway, host)).status]).toEqual([host, 200]);
  });

  test.each([
    "evil.example",
    "evil.example:4110",
    "EVIL.example.",
    "127.0.0.1.evil.example",
    "1.evil.example",
    "localhost.evil.example",
    "evillocalhost.example",
    "api.evil.example",
    "inference.evil.example",
    "model-x.api.evil.example",
    "gateway.ai.evil.example",
    "evilbaseten.co",
    "wild.example",
    "evilwild.example",
    "com.",
    "[::1].evil.example",
    "user@evil.example",
  ])("%s is refused", async (host) => {
    await using gateway = await startGatewayEmulator({ allowedHosts: [".wild.example"] });
    const { status, headers, body } = await health(gateway, host);
    expect([status, JSON.parse(body).code]).toEqual([403, "FORBIDDEN"]);
    expect(headers["x-emulator-hint"]).toContain("--allowed-hosts");
  });

  test("every surface refuses in its own shape, whatever the path says of hosts and worlds", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await gateway.world("two");
    const refused = async (target: string) =>
      (await send(gateway, { method: "GET", target, host: "evil.example" })).body;
    const message = "This host may not be used for the emulator.";
    const management = JSON.stringify({ code: "FORBIDDEN", message });
    expect(await refused("/v1/gateway/groups")).toBe(management);
    expect(await refused("/_worlds/two/_emulator/health")).toBe(management);
    expect(await refused("/_worlds/nowhere/_emulator/health")).toBe(management);
    expect(await refused(`/_host/localhost${HEALTH}`)).toBe(management);
    expect(JSON.parse(await refused("/v1/models"))).toEqual({ error: message });
    const predict = "/_host/model-3kz9xqd.api.baseten.co/production/predict";
    expect(JSON.parse(await refused(predict))).toEqual({ error: message, error_code: "client_error" });
    const cloudflare = JSON.parse(await refused("/_host/gateway.ai.cloudflare.com/v1/a/g/compat/x"));
    expect(cloudflare).toMatchObject({ success: false, httpCode: 403, message });
  });

  test("a refused request changes nothing, and its hint is in the journal", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const body = JSON.stringify(HELLO);
    const headers = Object.entries({ ...JSON_BODY, Authorization: `Api-Key ${FEDERATED_KEY}` });
    const answer = await send(gateway, { method: "POST", target: CHAT, host: "evil.example", headers, body });
    expect(answer.status).toBe(403);
    expect(await gateway.billing.events()).toEqual([]);
    const [entry] = await gateway.requests({ status: 403 });
    expect(entry).toMatchObject({ error: "host_refused", hint: expect.stringContaining("evil.example") });
  });

  test("HTTP/2: :authority is the Host", async () => {
    await using gateway = await startGatewayEmulator();
    const ask = (authority: string) => overHttp2(gateway, { ":path": HEALTH, ":authority": authority });
    expect(await ask("evil.example")).toBe(403);
    expect(await ask("evil.example:4110")).toBe(403);
    expect(await ask(`127.0.0.1:${gateway.port}`)).toBe(200);
    expect(await ask("api.baseten.co")).toBe(200);
  });

  test("a call without a socket has any host", async () => {
    await using gateway = await startGatewayEmulator({ listen: false });
    expect((await gateway.fetch(`http://evil.example${HEALTH}`)).status).toBe(200);
  });
});

describe("pages of other origins (Y-61)", () => {
  const GROUPS = "/v1/gateway/groups";

  test.each([EVIL, "null", "http://localhost:5173", "http://127.0.0.1", "https://127.0.0.1:1", "file://"])(
    "Origin: %s may call neither the control API nor the management API",
    async (origin) => {
      await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
      const headers = { Origin: origin };
      for (const [method, path] of [
        ["POST", RESET],
        ["GET", HEALTH],
        ["GET", "/_worlds/default/_emulator/clock"],
        ["GET", GROUPS],
        ["OPTIONS", GROUPS],
      ] as const) {
        const answer = await call(gateway, method, path, { headers });
        expect([path, answer.status, answer.body.code]).toEqual([path, 403, "FORBIDDEN"]);
        expect(answer.headers.get("x-emulator-hint")).toContain("--allowed-origins");
      }
    },
  );

  test("the emulator's own origin may, and so may an allowed one", async () => {
    await using gateway = await startGatewayEmulator({
      seed: QUICKSTART,
      allowedOrigins: ["http://localhost:5173/", "https://APP.example"],
    });
    for (const origin of [gateway.url, "http://localhost:5173", "https://app.example"]) {
      const headers = { Origin: origin, "Sec-Fetch-Site": "cross-site" };
      expect((await call(gateway, "POST", RESET, { headers })).status).toBe(200);
      expect((await call(gateway, "GET", GROUPS, { headers })).status).toBe(200);
    }
  });

  test.each([
    ["cross-site", 403],
    ["same-site", 403],
    ["same-origin", 200],
    ["none", 200],
  ])("Sec-Fetch-Site: %s without an Origin is %i", async (site, status) => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const headers = { "Sec-Fetch-Site": site };
    expect(
      (await send(gateway, { method: "GET", target: HEALTH, headers: Object.entries(headers) })).status,
    ).toBe(status);
    const key = `Api-Key ${gateway.workspaceKey}`;
    const groups = {
      method: "GET",
      target: GROUPS,
      headers: Object.entries({ ...headers, Authorization: key }),
    };
    expect((await send(gateway, groups)).status).toBe(status);
  });

  test("HTTP/2 is no way around", async () => {
    await using gateway = await startGatewayEmulator();
    const reset = { ":method": "POST", ":path": RESET };
    expect(await overHttp2(gateway, { ...reset, origin: EVIL })).toBe(403);
    expect(await overHttp2(gateway, { ...reset, "sec-fetch-site": "cross-site" })).toBe(403);
    expect(await overHttp2(gateway, reset)).toBe(200);
  });

  test("the inference API answers them as the real one does, and lets no page read it", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await call(gateway, "POST", CHAT, {
      key: FEDERATED_KEY,
      body: HELLO,
      headers: { Origin: EVIL },
    });
    expect([answer.status, answer.headers.get("vary")]).toEqual([200, "Origin"]);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    expect((await call(gateway, "OPTIONS", CHAT, { headers: { Origin: EVIL } })).status).toBe(405);
  });
});

describe("a front end under development, by cors (Y-61)", () => {
  const PAGE = "http://localhost:5173";
  const asked = {
    Origin: PAGE,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
  };

  test("a preflight allows method, headers and the private network", async () => {
    await using gateway = await startGatewayEmulator({ cors: [PAGE] });
    const headers = { ...asked, "Access-Control-Request-Private-Network": "true" };
    const answer = await call(gateway, "OPTIONS", CHAT, { key: null, headers });
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "access-control-allow-origin": PAGE,
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "authorization,content-type",
      "access-control-allow-private-network": "true",
    });
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
    expect(await gateway.requests()).toEqual([]);
  });

  test("every answer can be read with its headers: whole, streamed, refused", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART, cors: [PAGE] });
    const ask = (body: object, key: string) =>
      call(gateway, "POST", CHAT, { key, body, headers: { Origin: PAGE } });
    const answers = [
      await ask(HELLO, FEDERATED_KEY),
      await ask({ ...HELLO, stream: true }, FEDERATED_KEY),
      await ask(HELLO, "wrong.key"),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 403]);
    for (const { headers } of answers) {
      expect(headers.get("access-control-allow-origin")).toBe(PAGE);
      expect(headers.get("access-control-expose-headers")).toBe("*");
      expect(headers.get("vary")).toMatch(/\borigin\b/i);
    }
  });

  test("is for that origin alone", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART, cors: [PAGE] });
    const other = await call(gateway, "OPTIONS", CHAT, { key: null, headers: { ...asked, Origin: EVIL } });
    expect([other.status, other.headers.get("access-control-allow-origin")]).toEqual([405, null]);
  });

  test("the control API also wants it among the allowed origins, and says so readably", async () => {
    await using one = await startGatewayEmulator({ cors: [PAGE] });
    const refused = await call(one, "POST", RESET, { headers: { Origin: PAGE } });
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([403, PAGE]);
    await using both = await startGatewayEmulator({ cors: [PAGE], allowedOrigins: [PAGE] });
    const done = await call(both, "POST", RESET, { headers: { Origin: PAGE } });
    expect([done.status, done.headers.get("access-control-allow-origin")]).toEqual([200, PAGE]);
  });
});

describe("bodies of the control API (Y-62)", () => {
  const BODIES = [
    ["POST", "/_emulator/seed", "{}"],
    ["PUT", "/_emulator/seed", "{}"],
    ["POST", "/_emulator/completions", '{"match":{},"reply":{"content":"x"}}'],
    ["POST", "/_emulator/faults", '{"match":{},"fault":{"status":500}}'],
    ["POST", "/_emulator/worlds", '{"name":"x"}'],
    ["POST", "/_emulator/clock", '{"freeze":true}'],
    ["POST", "/_emulator/clock/advance", '{"by":"1s"}'],
    ["POST", "/_emulator/webhooks/rotate", '{"secret":"whsec_dGVzdA=="}'],
  ] as const;

  test.each(BODIES)("%s %s takes JSON that is called so, and nothing else", async (method, target, body) => {
    await using gateway = await startGatewayEmulator();
    for (const type of [
      null,
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "text/plain; application/json",
    ]) {
      const headers = type === null ? [] : [["Content-Type", type] as const];
      const answer = await send(gateway, { method, target, headers, body });
      expect([type, answer.status, JSON.parse(answer.body).code]).toEqual([type, 400, "VALIDATION_ERROR"]);
      expect(answer.headers["x-emulator-hint"]).toContain("Content-Type: application/json");
    }
    expect(gateway.worlds()).toEqual(["default"]);
    const typed = await send(gateway, {
      method,
      target,
      headers: [["content-type", "Application/JSON; charset=utf-8"]],
      body,
    });
    expect(typed.body).not.toContain("Content-Type");
  });

  test("a POST without a body needs no type", async () => {
    await using gateway = await startGatewayEmulator();
    expect((await send(gateway, { method: "POST", target: RESET })).status).toBe(200);
  });
});

describe("a host that other machines can reach (Y-63)", () => {
  const TOKEN = "a-token-that-is-long-enough";
  const ask = (gateway: GatewayEmulator, headers: Record<string, string>, path = "/_emulator/clock") =>
    call(gateway, "GET", path, { key: null, headers });

  test("its control API asks for the token", async () => {
    await using gateway = await startGatewayEmulator({ host: "0.0.0.0", controlToken: TOKEN });
    await gateway.world("two");
    for (const path of [
      "/_emulator/clock",
      "/_worlds/two/_emulator/clock",
      `/_host/api.baseten.co/_emulator/clock`,
    ]) {
      for (const headers of [
        {},
        { "x-emulator-token": "" },
        { "x-emulator-token": `${TOKEN}x` },
        { Authorization: `Api-Key ${TOKEN}` },
        { Authorization: "Bearer wrong" },
      ] as Record<string, string>[]) {
        const { status, body, headers: answered } = await ask(gateway, headers, path);
        expect([path, status, body.code]).toEqual([path, 401, "UNAUTHENTICATED"]);
        expect(answered.get("www-authenticate")).toBe("Bearer");
      }
      expect((await ask(gateway, { Authorization: `Bearer ${TOKEN}` }, path)).status).toBe(200);
      expect((await ask(gateway, { "x-emulator-token": TOKEN }, path)).status).toBe(200);
    }
  });

  test("health needs none, and then shows no keys", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART, host: "0.0.0.0" });
    const token = gateway.env.GATEWAY_EMULATOR_CONTROL_TOKEN ?? "";
    expect(token).toMatch(/^[\w-]{32}$/);
    const { status, text, body } = await ask(gateway, {}, HEALTH);
    expect([status, body.status, body.control_token]).toEqual([200, "ok", "required"]);
    for (const secret of [token, gateway.workspaceKey, FEDERATED_KEY]) expect(text).not.toContain(secret);
    expect((await ask(gateway, { "x-emulator-token": token }, HEALTH)).body).toMatchObject({
      keys: { "acme-prod": FEDERATED_KEY },
      env: gateway.env,
    });
  });

  test("the emulated APIs ask for their own keys alone", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART, host: "0.0.0.0" });
    expect((await call(gateway, "GET", "/v1/gateway/groups")).status).toBe(200);
    expect((await call(gateway, "POST", CHAT, { key: FEDERATED_KEY, body: HELLO })).status).toBe(200);
  });

  test("our client shows it: in this process, by its option, by the environment", async () => {
    await using gateway = await startGatewayEmulator({ host: "0.0.0.0" });
    const controlToken = gateway.env.GATEWAY_EMULATOR_CONTROL_TOKEN;
    await gateway.reset();
    const remote = await connectGatewayEmulator(gateway.url, { controlToken });
    await (await remote.world("two")).reset();
    expect(await remote.worlds()).toEqual(["default", "two"]);
    process.env.GATEWAY_EMULATOR_CONTROL_TOKEN = controlToken;
    try {
      await (await connectGatewayEmulator(gateway.url)).reset();
    } finally {
      delete process.env.GATEWAY_EMULATOR_CONTROL_TOKEN;
    }
    await expect(connectGatewayEmulator(gateway.url)).rejects.toThrow("GATEWAY_EMULATOR_CONTROL_TOKEN");
  });

  test("two starts have different tokens", async () => {
    await using one = await startGatewayEmulator({ host: "0.0.0.0" });
    await using two = await startGatewayEmulator({ host: "0.0.0.0" });
    expect(one.env.GATEWAY_EMULATOR_CONTROL_TOKEN).not.toBe(two.env.GATEWAY_EMULATOR_CONTROL_TOKEN);
  });

  test.each([
    [{}, 200],
    [{ host: "localhost" }, 200],
    [{ host: "127.0.0.2" }, 200],
    [{ host: "0.0.0.0", openControl: true }, 200],
    [{ host: "0.0.0.0", openControl: true, controlToken: TOKEN }, 401],
    [{ controlToken: TOKEN }, 401],
    [{ host: "0.0.0.0" }, 401],
    [{ host: "0" }, 401],
    [{ host: "::" }, 401],
  ])("with %j it answers %i without a token", async (options, status) => {
    await using gateway = await startGatewayEmulator(options);
    expect((await ask(gateway, {})).status).toBe(status);
    expect(gateway.url).not.toMatch(/\/0\b|\[::\]/);
  });
});

describe("options that cannot be used", () => {
  test.each([
    [
      { allowedHosts: ["http://a.example"] },
      'allowedHosts: expected a host name such as emulator.test, or .example.test for every name below it, got "http://a.example"',
    ],
    [{ allowedHosts: ["*"] }, "allowedHosts: expected a host name"],
    [{ allowedOrigins: ["null"] }, "allowedOrigins: expected an origin such as http://localhost:5173"],
    [{ cors: ["*"] }, "cors: expected an origin"],
    [{ cors: ["localhost:5173"] }, "cors: expected an origin"],
    [{ cors: ["http://localhost:5173/app"] }, "cors: expected an origin"],
    [{ controlToken: "short" }, "controlToken: expected at least 16 characters"],
  ])("%j", async (options, message) => {
    await expect(startGatewayEmulator(options)).rejects.toThrow(message);
  });
});
