import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { FEDERATED_KEY, HELLO } from "../support/chat.js";
import { temporaryFolder } from "../support/cli.js";
import { call, QUICKSTART } from "../support/client.js";
import { aig, CHAT_PATH, gatewaySeed, HOST, notesOf, ownError, TOKEN, upstream } from "./support.js";

const UNAUTHORIZED = ownError(401, 2009, "Unauthorized");
const LOCKED = { authenticated: true, tokens: [TOKEN] };
const bearer = (token: string) => ({ "cf-aig-authorization": `Bearer ${token}` });

describe("which gateways there are (Y-34)", () => {
  test("while none is declared, every account and gateway works", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const path = `${HOST}/v1/0123abcd/my-gateway${CHAT_PATH}`;
    expect((await call(gateway, "POST", path, { key: FEDERATED_KEY, body: HELLO })).status).toBe(200);
  });

  test("once one is, another is 2001, and its hint says which there are", async () => {
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed() });
    expect((await aig(gateway)).status).toBe(200);
    for (const name of ["acc/other", "other/gw", "acc/__proto__"]) {
      const path = `${HOST}/v1/${name}${CHAT_PATH}`;
      const answer = await call(gateway, "POST", path, { key: FEDERATED_KEY, body: HELLO });
      expect([answer.status, answer.text]).toEqual([
        400,
        ownError(400, 2001, "Please configure AI Gateway in the Cloudflare dashboard"),
      ]);
      expect(answer.headers.get("x-emulator-hint")).toContain("The seed declares acc/gw");
    }
  });

  test("a later seed replaces one, a reset brings the first back", async () => {
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed() });
    await gateway.seed({ cloudflare: { gateways: [{ account_id: "acc", gateway_id: "gw", ...LOCKED }] } });
    expect((await aig(gateway)).text).toBe(UNAUTHORIZED);
    await gateway.reset();
    expect((await aig(gateway)).status).toBe(200);
  });

  test("a restart on the same state keeps them, and their cache", async () => {
    await using folder = await temporaryFolder();
    const state = `${folder.path}/state.db`;
    {
      await using gateway = await startGatewayEmulator({
        seed: gatewaySeed({ ...LOCKED, cache_ttl: 60 }),
        state,
      });
      await aig(gateway, { headers: bearer(TOKEN) });
    }
    await using gateway = await startGatewayEmulator({ state });
    expect((await aig(gateway)).text).toBe(UNAUTHORIZED);
    const again = await aig(gateway, { headers: bearer(TOKEN) });
    expect(again.headers.get("cf-aig-cache-status")).toBe("HIT");
  });
});

describe("an authenticated gateway", () => {
  test("without a token, or with a wrong one, is 2009", async () => {
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed(LOCKED) });
    const wrong = [
      {},
      bearer("cf-token-wrong"),
      { "cf-aig-authorization": TOKEN },
      { "cf-aig-authorization": `Api-Key ${TOKEN}` },
      { "cf-aig-authorization": "" },
    ];
    for (const headers of wrong) {
      const answer = await aig(gateway, { headers });
      expect([answer.status, answer.text]).toEqual([401, UNAUTHORIZED]);
      expect(answer.headers.get("content-type")).toBe("application/json");
      expect(answer.headers.get("cf-aig-event-id")).toBe(answer.headers.get("cf-aig-request-id"));
      expect(answer.headers.has("cf-aig-log-id")).toBe(false);
    }
    expect(await upstream(gateway)).toEqual([]);
    expect(await gateway.requests({ error: "cloudflare_unauthorized" })).toHaveLength(wrong.length);
  });

  test("with both, Authorization goes upstream", async () => {
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed(LOCKED) });
    expect((await aig(gateway, { headers: bearer(TOKEN) })).status).toBe(200);
    expect((await aig(gateway, { headers: bearer(TOKEN), key: "sky_unknown00000.secret" })).status).toBe(403);
  });

  test("a token in Authorization alone opens the gateway, and goes no further", async () => {
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed(LOCKED) });
    const answer = await aig(gateway, { key: null, headers: { Authorization: `Bearer ${TOKEN}` } });
    expect([answer.status, answer.text]).toEqual([
      401,
      '{"error":"please check the api-key you provided"}\n',
    ]);
    const [request] = await upstream(gateway);
    expect(request?.error).toBe("missing_key");
  });

  test("an unauthenticated one takes the header and does not look at it", async () => {
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed({ tokens: [TOKEN] }) });
    expect((await aig(gateway, { headers: bearer("whatever") })).status).toBe(200);
  });
});

describe("stored keys (Y-35)", () => {
  const keys = { default: FEDERATED_KEY, "team-b": "sky_unknown00000.secret" };

  test("without Authorization the default one goes upstream, or the one of the alias", async () => {
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed({ ...LOCKED, keys }) });
    const headers = bearer(TOKEN);
    expect((await aig(gateway, { key: null, headers })).status).toBe(200);
    const named = { ...headers, "cf-aig-byok-alias": "default" };
    expect((await aig(gateway, { key: null, headers: named })).status).toBe(200);
    const other = { ...headers, "cf-aig-byok-alias": "team-b" };
    expect((await aig(gateway, { key: null, headers: other })).status).toBe(403);
    expect((await upstream(gateway)).map(({ keyPrefix }) => keyPrefix)).toEqual([
      "sky_acmeprod0001",
      "sky_acmeprod0001",
      null,
    ]);
  });

  test("also when the gateway's token stands in Authorization", async () => {
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed({ ...LOCKED, keys }) });
    const headers = { Authorization: `Bearer ${TOKEN}` };
    expect((await aig(gateway, { key: null, headers })).status).toBe(200);
  });

  test("an Authorization of one's own wins", async () => {
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed({ keys }) });
    expect((await aig(gateway, { headers: { "cf-aig-byok-alias": "team-b" } })).status).toBe(200);
  });

  test.each(["nobody", "__proto__", "toString"])(
    "alias %s, which there is none of, is 2040",
    async (alias) => {
      await using gateway = await startGatewayEmulator({ seed: gatewaySeed({ keys }) });
      const answer = await aig(gateway, { key: null, headers: { "cf-aig-byok-alias": alias } });
      const message = `Provider 'baseten' has no BYOK credential named '${alias}'. Configured aliases: 'default', 'team-b'`;
      expect([answer.status, answer.text]).toEqual([400, ownError(400, 2040, message)]);
    },
  );

  test("without a default one, no alias is 2040 too; without any, the provider answers", async () => {
    await using gateway = await startGatewayEmulator({
      seed: gatewaySeed({ keys: { other: FEDERATED_KEY } }),
    });
    const message = "Provider 'baseten' has no BYOK credential named 'default'. Configured aliases: 'other'";
    expect((await aig(gateway, { key: null })).text).toBe(ownError(400, 2040, message));
    await using bare = await startGatewayEmulator({ seed: gatewaySeed() });
    expect((await aig(bare, { key: null })).status).toBe(401);
  });

  test("neither keys nor tokens are shown anywhere", async () => {
    await using gateway = await startGatewayEmulator({ seed: gatewaySeed({ ...LOCKED, keys }) });
    await aig(gateway, { key: null, headers: bearer(TOKEN) });
    const shown = JSON.stringify([await gateway.requests(), await notesOf(gateway)]);
    for (const secret of [TOKEN, FEDERATED_KEY]) expect(shown).not.toContain(secret);
  });
});

describe("allowed_models", () => {
  const NOT_ALLOWED = ownError(403, 5018, "model not allowed");

  test("another model is 5018, on both chat routes and for dedicated models", async () => {
    await using gateway = await startGatewayEmulator({
      seed: gatewaySeed({ allowed_models: ["acme/llama"] }),
    });
    expect((await aig(gateway)).status).toBe(200);
    const compat = "/compat/chat/completions";
    expect((await aig(gateway, { path: compat, fields: { model: "baseten/acme/llama" } })).status).toBe(200);
    const refused = [
      await aig(gateway, { fields: { model: "acme/glm" } }),
      await aig(gateway, { path: compat, fields: { model: "baseten/acme/glm" } }),
      await aig(gateway, { path: "/baseten/model/3kZ9xqd" }),
    ];
    expect(refused.map(({ status, text }) => [status, text])).toEqual(refused.map(() => [403, NOT_ALLOWED]));
    expect(await upstream(gateway)).toHaveLength(2);
  });

  test("what names no model is the provider's to refuse", async () => {
    await using gateway = await startGatewayEmulator({
      seed: gatewaySeed({ allowed_models: ["acme/llama"] }),
    });
    expect((await aig(gateway, { body: "{}" })).text).toBe('{"error":"Invalid request body"}\n');
  });
});

describe("errors that only a fault can cause (I-6)", () => {
  const SPENT = "Spend limit exceeded: rule 'default' (cost limit 100 per 604800s, sliding) for baseten";

  test("wholesale rate limit, credits and spend limit, byte for byte", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const provoke = async (fault: string) => {
      const { status, text } = await aig(gateway, { headers: { "x-emulator-fault": fault } });
      return [status, text];
    };
    expect(await provoke("cloudflare_wholesale_rate_limited")).toEqual([
      429,
      ownError(429, 2018, "Wholesale Rate limited"),
    ]);
    expect(await provoke("cloudflare_no_credits")).toEqual([
      402,
      ownError(402, 2021, "Insufficient wholesale credits"),
    ]);
    expect(await provoke("cloudflare_spend_limit")).toEqual([429, ownError(429, 2041, SPENT)]);
    expect(await upstream(gateway)).toEqual([]);
  });

  test("x-emulator-fault: cloudflare_blocked is what its firewall says, in plain text", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await aig(gateway, { headers: { "x-emulator-fault": "cloudflare_blocked" } });
    expect([answer.status, answer.text]).toEqual([403, "error code: 1010"]);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
  });

  test("other faults strike the provider, and pass through", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await aig(gateway, { headers: { "x-emulator-fault": "overloaded" } });
    expect([answer.status, answer.text]).toEqual([529, '{"error":"Overloaded"}\n']);
  });
});
