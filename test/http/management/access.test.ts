import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../../src/index.js";
import { BASETEN_TARGET, call, management } from "../../support/client.js";
import { ROUTES } from "../../support/routes.js";
import { chat, endpointId, expectRefusal, groupBody, groupId, KEYS, TWO_WORKSPACES } from "./support.js";

const GROUPS = "/v1/gateway/groups";

/** Every route that asks for a key, with something in the place of its ids, on the management host. */
const GUARDED = ROUTES.filter(({ surface, path }) => surface === "management" && path !== "/v1/spec").map(
  ({ method, path }) => ({ method, path: `/_host/api.localhost${path.replace(/:\w+/g, "nothing")}` }),
);
/** The gateway's own: the others ask neither for onboarding nor for management of the gateway (Y-43). */
const OF_GATEWAY = GUARDED.filter(({ path }) => path.includes("/v1/gateway/"));

describe("authentication", () => {
  test("A-1: Api-Key and Bearer are both accepted, the scheme word in any case", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    for (const scheme of ["Api-Key", "Bearer", "api-key", "BEARER", "aPI-kEY"]) {
      const headers = { Authorization: `${scheme} ${KEYS.acme}` };
      expect(await call(gateway, "GET", GROUPS, { key: null, headers })).toMatchObject({ status: 200 });
    }
  });

  test("A-3: without an Authorization header every route answers 401", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    expect(GUARDED.length).toBeGreaterThan(10);
    for (const { method, path } of GUARDED) {
      expectRefusal(await call(gateway, method, path, { key: null }), 401);
    }
  });

  test("A-3: an unknown key is 403 on every route, whether or not the path leads anywhere", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    for (const { method, path } of GUARDED) {
      expectRefusal(await call(gateway, method, path, { key: "no-such-key" }), 403);
    }
  });

  test("A-3: a malformed Authorization header is 403", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const malformed = [KEYS.acme, `Basic ${KEYS.acme}`, "Api-Key", "Bearer", `Api-Key=${KEYS.acme}`];
    for (const Authorization of malformed) {
      expectRefusal(await call(gateway, "GET", GROUPS, { key: null, headers: { Authorization } }), 403);
    }
  });

  test("A-3: a key is compared whole; neither its prefix nor more than it opens anything", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    for (const key of ["acmeall1", `${KEYS.acme}x`, KEYS.acme.slice(0, -1), KEYS.acme.toUpperCase()]) {
      expectRefusal(await call(gateway, "GET", GROUPS, { key }), 403);
    }
  });

  test("A-3: a federated key is 403 here, though it works on chat", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const key = String(gateway.keys["acme-prod"]);
    expect(await chat(gateway, key)).toMatchObject({ status: 200 });
    expectRefusal(await call(gateway, "GET", GROUPS, { key }), 403);
  });
});

describe("scope", () => {
  test("A-2: a workspace that is not onboarded is refused on every route, listing included", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    expect(OF_GATEWAY.length).toBeGreaterThan(10);
    for (const { method, path } of OF_GATEWAY) {
      expectRefusal(await call(gateway, method, path, { key: KEYS.dormant }), 403);
    }
  });

  test("A-2: listing groups asks for view scope only, everything else for management scope", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    for (const { method, path } of OF_GATEWAY) {
      const answer = await call(gateway, method, path, { key: KEYS.viewing });
      if (method === "GET" && path.endsWith(GROUPS)) expect(answer).toMatchObject({ status: 200 });
      else expectRefusal(answer, 403);
    }
  });

  test("A-7: PERSONAL and WORKSPACE_MANAGE_ALL manage", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    for (const key of [KEYS.personal, KEYS.acme]) {
      const api = management(gateway, key);
      expect(await api.get("/groups")).toMatchObject({ status: 200 });
      expect(await api.post("/groups", groupBody(key))).toMatchObject({ status: 200 });
      const body = { slug: `acme/${key.slice(0, 8)}`, targets: [BASETEN_TARGET] };
      expect(await api.post("/endpoints", body)).toMatchObject({ status: 200 });
    }
  });

  test("A-7: WORKSPACE_INVOKE and WORKSPACE_EXPORT_METRICS are refused on every route", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    for (const key of [KEYS.invoking, KEYS.metrics]) {
      for (const { method, path } of GUARDED) expectRefusal(await call(gateway, method, path, { key }), 403);
    }
  });
});

describe("resources of others", () => {
  test("A-4: another workspace's endpoint is 403, one that exists nowhere 404", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const theirs = await endpointId(gateway, KEYS.globex);
    const api = management(gateway);
    for (const [id, status] of [
      [theirs, 403],
      ["nowhere1", 404],
    ] as const) {
      expectRefusal(await api.get(`/endpoints/${id}`), status);
      expectRefusal(await api.patch(`/endpoints/${id}`, {}), status);
      expectRefusal(await api.delete(`/endpoints/${id}`), status);
    }
    expect(await management(gateway, KEYS.globex).get(`/endpoints/${theirs}`)).toMatchObject({ status: 200 });
  });

  test("A-4: another workspace's group, its usage and its keys are 403, those of no group 404", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const theirs = await groupId(gateway, "globex-org", KEYS.globex);
    const api = management(gateway);
    for (const [id, status] of [
      [theirs, 403],
      ["nowhere1", 404],
    ] as const) {
      expectRefusal(await api.get(`/groups/${id}`), status);
      expectRefusal(await api.patch(`/groups/${id}`, { models: [] }), status);
      expectRefusal(await api.delete(`/groups/${id}`), status);
      expectRefusal(await api.get(`/groups/${id}/usage`), status);
      expectRefusal(await api.get(`/groups/${id}/api_keys`), status);
      expectRefusal(await api.post(`/groups/${id}/api_keys`, {}), status);
      expectRefusal(await api.post(`/groups/${id}/api_keys/register`, {}), status);
      expectRefusal(await api.get(`/groups/${id}/api_keys/sky_globexprod01`), status);
      expectRefusal(await api.delete(`/groups/${id}/api_keys/sky_globexprod01`), status);
    }
    expect(await chat(gateway, String(gateway.keys["globex-prod"]), "globex/llama")).toMatchObject({
      status: 200,
    });
  });

  test("A-4: what another workspace has deleted is 404, as if it had never been", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const group = await groupId(gateway, "globex-org", KEYS.globex);
    const endpoint = await endpointId(gateway, KEYS.globex);
    const theirs = management(gateway, KEYS.globex);
    await theirs.delete(`/groups/${group}`);
    await theirs.delete(`/endpoints/${endpoint}`);
    for (const path of [`/groups/${group}`, `/groups/${group}/usage`, `/endpoints/${endpoint}`]) {
      expectRefusal(await management(gateway).get(path), 404);
      expectRefusal(await theirs.get(path), 404);
    }
  });

  test("A-4: lists show the own workspace only", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    for (const [key, entity, slug] of [
      [KEYS.acme, "org", "acme/llama"],
      [KEYS.globex, "globex-org", "globex/llama"],
    ] as const) {
      const api = management(gateway, key);
      expect((await api.get("/groups")).body.items).toMatchObject([
        { metadata: { external_entity_id: entity } },
      ]);
      expect((await api.get("/endpoints")).body.items).toMatchObject([{ slug }]);
    }
    const foreign = await management(gateway).get("/groups?external_entity_id=globex-org");
    expect(foreign).toMatchObject({ status: 200, body: { items: [] } });
  });
});

describe("errors", () => {
  test("A-5: errors are JSON of exactly code and message, one code per status", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const api = management(gateway);
    expectRefusal(await api.post("/groups", {}), 400);
    expectRefusal(await call(gateway, "GET", GROUPS, { key: null }), 401);
    expectRefusal(await call(gateway, "GET", GROUPS, { key: KEYS.invoking }), 403);
    expectRefusal(await api.get("/groups/nowhere1"), 404);
    expectRefusal(await call(gateway, "PUT", GROUPS, { body: {} }), 405);
  });

  test("A-5, X-18: unknown paths are 404 NOT_FOUND, with a key or without", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    for (const path of ["/v1/gateway", "/v1/gateway/nothing", `${GROUPS}/`, `${GROUPS}/a/b/c/d`]) {
      expectRefusal(await call(gateway, "GET", path), 404);
      expectRefusal(await call(gateway, "GET", path, { key: null }), 404);
    }
  });

  test("A-5, X-18: a known path with another method is 405 METHOD_NOT_ALLOWED and names those allowed", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    for (const [method, path, allow] of [
      ["DELETE", GROUPS, "POST, GET, HEAD"],
      ["PUT", `${GROUPS}/x`, "GET, HEAD, PATCH, DELETE"],
      ["POST", `${GROUPS}/x/usage`, "GET, HEAD"],
      ["PATCH", `${GROUPS}/x/api_keys`, "POST, GET, HEAD"],
      ["PUT", "/v1/gateway/endpoints/x", "GET, HEAD, PATCH, DELETE"],
    ] as const) {
      const answer = await call(gateway, method, path, { body: {} });
      expectRefusal(answer, 405);
      expect(answer.headers.get("allow")).toBe(allow);
    }
  });

  test("A-4: no id in a path, however odd, is more than a 404", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    for (const id of [
      "%00",
      "%zz",
      "%",
      "%2e%2e",
      "a%2Fb",
      "%F0%9F%98%80",
      "'%20OR%201=1",
      "x".repeat(5000),
    ]) {
      expectRefusal(await call(gateway, "GET", `${GROUPS}/${id}`), 404);
      expectRefusal(await call(gateway, "GET", `/v1/gateway/endpoints/${id}`), 404);
    }
  });

  test("the management host answers the same under /_host/", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const plain = await call(gateway, "GET", GROUPS);
    const named = await call(gateway, "GET", `/_host/api.baseten.co${GROUPS}`);
    expect([named.status, named.text]).toEqual([200, plain.text]);
  });

  test("the description needs no key and is the same at /v1/spec and on the control plane", async () => {
    await using gateway = await startGatewayEmulator();
    const spec = await call(gateway, "GET", "/v1/spec", { key: null });
    expect(spec).toMatchObject({ status: 200, body: { openapi: "3.1.0" } });
    const control = await call(gateway, "GET", "/_emulator/openapi.json", { key: null });
    expect(control.body.paths).toEqual(spec.body.paths);
  });
});
