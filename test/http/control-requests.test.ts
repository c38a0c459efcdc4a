import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { CHAT, chat, FEDERATED_KEY, HELLO, say, seedWith } from "../support/chat.js";
import { call, management, QUICKSTART } from "../support/client.js";

const REQUESTS = "/_emulator/requests";
/** Most characters of a body that are kept. */
const BODY_CAP = 16 * 1024;

const list = async (gateway: GatewayEmulator, query = "") =>
  (await call(gateway, "GET", REQUESTS + query, { key: null })).body;
const idsOf = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => id);

describe("an entry", () => {
  test("of a chat completion", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const group = (await management(gateway).get("/groups")).body.items[0];
    const answer = await chat(gateway);
    const id = answer.headers.get("x-emulator-request");
    expect((await call(gateway, "GET", `${REQUESTS}/${id}`, { key: null })).body).toEqual({
      id,
      at: "2026-06-17T12:00:00.000Z",
      duration_ms: 0,
      surface: "inference",
      method: "POST",
      path: CHAT,
      status: 200,
      key: "sky_acmeprod0001",
      group: group.id,
      external_entity_id: "org",
      slug: "acme/llama",
      prompt_tokens: 10,
      completion_tokens: 4,
      error: null,
      hint: null,
      notes: [],
      request_body: JSON.stringify(HELLO),
      response_body: answer.text,
    });
  });

  test("of a stream: how the bytes that were sent begin", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await chat(gateway, { stream: true });
    const [entry] = (await list(gateway)).items;
    expect(entry).toMatchObject({ status: 200, prompt_tokens: 10, completion_tokens: 4 });
    expect(entry.response_body).toBe(answer.text.slice(0, 2048));
  });

  test("is there for every request, whatever came of it", async () => {
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ settings: { max_body_bytes: 1000 } }),
    });
    await management(gateway).get("/groups");
    await management(gateway).post("/groups", { metadata: {} });
    await call(gateway, "GET", "/v1/gateway/groups?limit=1", { key: null });
    await call(gateway, "PUT", "/v1/gateway/groups");
    await call(gateway, "GET", "/v1/models", { key: FEDERATED_KEY });
    await chat(gateway, { model: "acme/nothing" });
    await chat(gateway, {}, { key: "sky_unknown00000.secret" });
    await chat(gateway, { temperature: 3 });
    await chat(gateway, { user: "x".repeat(1000) });
    await call(gateway, "GET", "/nothing");
    const { items, total } = await list(gateway);
    const rows = items.map(({ surface, method, path, status, key, slug, error }: Record<string, unknown>) =>
      [surface, method, path, status, key, slug, error].join(" "),
    );
    const federated = "sky_acmeprod0001";
    const workspace = "emulator";
    expect(rows).toEqual([
      `management GET /v1/gateway/groups 200 ${workspace}  `,
      `management POST /v1/gateway/groups 400 ${workspace}  validation`,
      "management GET /v1/gateway/groups 401   unauthenticated",
      "management PUT /v1/gateway/groups 405   method_not_allowed",
      `inference GET /v1/models 200 ${federated}  `,
      `inference POST ${CHAT} 404 ${federated} acme/nothing unknown_model`,
      `inference POST ${CHAT} 403   wrong_key`,
      `inference POST ${CHAT} 400 ${federated} acme/llama invalid_value`,
      `inference POST ${CHAT} 413   body_too_large`,
      "inference GET /nothing 404   unknown_path",
    ]);
    expect(total).toBe(10);
  });

  test("keeps the hint that the answer carried", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await chat(gateway, { model: "acme/nothing" });
    const [entry] = (await list(gateway)).items;
    expect(entry.hint).toBe(answer.headers.get("x-emulator-hint"));
    expect(entry.hint).toContain("acme/nothing");
  });

  test("keeps bodies up to the cap", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await say(gateway, "x".repeat(BODY_CAP));
    const [entry] = (await list(gateway)).items;
    expect(answer.text.length).toBeGreaterThan(BODY_CAP);
    expect(entry.response_body).toBe(answer.text.slice(0, BODY_CAP));
    expect(entry.request_body).toHaveLength(BODY_CAP);
  });

  test("is the same from gateway.requests()", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    await chat(gateway);
    await chat(gateway, {}, { key: null });
    const found = await gateway.requests({ path: CHAT, status: 401 });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ method: "POST", status: 401, error: "missing_key" });
  });

  test("asking for an id that is none is 404", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    for (const id of ["99", "x", "-1", "1e3"]) {
      const answer = await call(gateway, "GET", `${REQUESTS}/${id}`, { key: null });
      expect([answer.status, answer.body.code]).toEqual([404, "NOT_FOUND"]);
    }
  });
});

describe("filters", () => {
  test("each narrows, and all of them have to fit", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const groups = await management(gateway).get("/groups");
    const groupId = groups.body.items[0].id;
    const answers = {
      groups,
      good: await chat(gateway),
      wrongKey: await chat(gateway, {}, { key: "sky_unknown00000.secret" }),
      unknown: await chat(gateway, { model: "acme/nothing" }),
      models: await call(gateway, "GET", "/v1/models", { key: FEDERATED_KEY }),
    };
    const names = new Map(
      Object.entries(answers).map(([name, answer]) => [answer.headers.get("x-emulator-request"), name]),
    );
    const found = async (query: string) => {
      const page = await list(gateway, `?${query}`);
      expect(page.total).toBe(page.items.length);
      return idsOf(page).map((id) => names.get(id));
    };

    expect(await found("")).toEqual(["groups", "good", "wrongKey", "unknown", "models"]);
    expect(await found("method=GET")).toEqual(["groups", "models"]);
    expect(await found(`path=${CHAT}`)).toEqual(["good", "wrongKey", "unknown"]);
    expect(await found("status=403")).toEqual(["wrongKey"]);
    expect(await found("surface=management")).toEqual(["groups"]);
    expect(await found("key=sky_acmeprod0001")).toEqual(["good", "unknown", "models"]);
    expect(await found("group=org")).toEqual(["good", "unknown", "models"]);
    expect(await found(`group=${groupId}`)).toEqual(["good", "unknown", "models"]);
    expect(await found("slug=acme/nothing")).toEqual(["unknown"]);
    expect(await found("error=wrong_key")).toEqual(["wrongKey"]);
    expect(await found("group=org&status=404")).toEqual(["unknown"]);
    expect(await found("group=org&status=500")).toEqual([]);
  });
});

describe("pages", () => {
  test("follow the cursor, oldest first, and lose nothing", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    for (let index = 0; index < 7; index++) await chat(gateway);
    const all = idsOf(await list(gateway));
    const seen: string[] = [];
    let cursor: string | null = "0";
    const sizes: number[] = [];
    while (cursor !== null) {
      const page = await list(gateway, `?limit=3&cursor=${cursor}`);
      expect(page.total).toBe(7);
      expect(page.pagination.has_more).toBe(page.pagination.cursor !== null);
      sizes.push(page.items.length);
      seen.push(...idsOf(page));
      cursor = page.pagination.cursor;
    }
    expect(sizes).toEqual([3, 3, 1]);
    expect(seen).toEqual(all);
    expect([...seen].sort((a, b) => Number(a) - Number(b))).toEqual(seen);
  });

  test.each(["limit=0", "limit=1001", "limit=x", "cursor=x", "status=abc", "status=7"])(
    "%s is 400",
    async (query) => {
      await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
      const answer = await call(gateway, "GET", `${REQUESTS}?${query}`, { key: null });
      expect([answer.status, answer.body.code]).toEqual([400, "VALIDATION_ERROR"]);
      expect(answer.body.message).toContain(query.split("=")[0]);
    },
  );
});

test("DELETE forgets them; counters and later requests stay", async () => {
  const rate_limits = [{ type: "REQUEST", unit: "MINUTE", threshold: 1 }];
  await using gateway = await startGatewayEmulator({ seed: seedWith({ model: { rate_limits } }) });
  const first = await chat(gateway);
  const answer = await call(gateway, "DELETE", REQUESTS, { key: null });
  expect(answer.status).toBe(200);
  expect(await list(gateway)).toEqual({
    items: [],
    pagination: { has_more: false, cursor: null },
    total: 0,
  });
  expect((await chat(gateway)).status).toBe(429);
  const { items } = await list(gateway);
  expect(items).toHaveLength(1);
  expect(Number(items[0].id)).toBeGreaterThan(Number(first.headers.get("x-emulator-request")));
});

describe("no secret gets into the journal (K-1, K-5)", () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64");
  const seed = seedWith({ workspace: { registration_public_key: raw } });
  const everything = async (gateway: GatewayEmulator) =>
    JSON.stringify([await gateway.requests(), await list(gateway, "?limit=1000")]);

  test("neither minted nor registered keys, nor what an Authorization header held", async () => {
    await using gateway = await startGatewayEmulator({ seed });
    const { id } = (await management(gateway).get("/groups")).body.items[0];
    const minted = (await management(gateway).post(`/groups/${id}/api_keys`, { name: "m" })).body.api_key;
    const own = "own-key-0123456789abcdefghijklmnopqrstuvwxyz";
    const register = (
      body: string,
      signature = sign(null, Buffer.from(body), privateKey).toString("base64"),
    ) =>
      call(gateway, "POST", `/v1/gateway/groups/${id}/api_keys/register`, {
        body,
        headers: { "X-Baseten-Signature": signature },
      });
    const body = JSON.stringify({ key: own });
    expect((await register(body)).status).toBe(200);
    expect((await register(body)).status).toBe(400);
    expect((await register(body, "AAAA")).status).toBe(400);
    expect((await register(`{"key":"${own}"`)).status).toBe(400);
    expect((await register(JSON.stringify({ key: `${own} with spaces` }))).status).toBe(400);
    expect((await register(JSON.stringify({ key: { text: own } }))).status).toBe(400);
    const never = "sky_never-was-one.secret-of-never";
    for (const key of [minted, own, never]) {
      await chat(gateway, {}, { key });
      await chat(gateway, {}, { key: null, headers: { Authorization: `Bearer ${key}` } });
      await call(gateway, "GET", "/v1/gateway/groups", { key });
      await call(gateway, "GET", "/v1/models", { key });
    }

    const journal = await everything(gateway);
    expect(journal).toContain(minted.slice(0, 16));
    for (const secret of [minted.slice(17), own, never, gateway.workspaceKey, FEDERATED_KEY]) {
      expect(journal).not.toContain(secret);
    }
  });

  test("nor a whole key where its prefix belongs in a path", async () => {
    await using gateway = await startGatewayEmulator({ seed });
    const { id } = (await management(gateway).get("/groups")).body.items[0];
    const minted = (await management(gateway).post(`/groups/${id}/api_keys`)).body.api_key;
    expect((await management(gateway).delete(`/groups/${id}/api_keys/${minted}`)).status).toBe(404);
    expect(await everything(gateway)).not.toContain(minted.slice(17));
  });
});

test("a parameter that no list has is refused, whatever would fit without it", async () => {
  await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
  const lists = ["requests?stauts=429", "billing/events?gruop=org", "webhooks/deliveries?sate=dead"];
  for (const path of lists) {
    const { status, body } = await call(gateway, "GET", `/_emulator/${path}`, { key: null });
    const [, name] = /\?(\w+)=/.exec(path) ?? [];
    expect(status).toBe(400);
    expect(body.message).toContain(`${name}: unknown parameter; there are `);
  }
});
