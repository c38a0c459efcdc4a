import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../../src/index.js";
import { BASETEN_TARGET, call, management, QUICKSTART } from "../../support/client.js";
import {
  createGroup,
  endpointId,
  everything,
  expectExactly,
  expectRefusal,
  groupBody,
  groupId,
  KEYS,
  routesWithBody,
  TWO_WORKSPACES,
} from "./support.js";

const GROUPS = "/v1/gateway/groups";
const ENDPOINTS = "/v1/gateway/endpoints";
const LIMITED = { status: 429, body: { retry_after: 1 } };

/** Requests that are wrong in several ways at once: the first thing wrong decides. */
describe("order of checks", () => {
  test("B-2: authentication before everything", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    for (const [method, path] of [
      ...(await routesWithBody(gateway)),
      ["PATCH", `${GROUPS}/nowhere1`],
    ] as const) {
      expectRefusal(await call(gateway, method, path, { key: null, body: "not JSON" }), 401);
      expectRefusal(await call(gateway, method, path, { key: "unknown-key", body: "not JSON" }), 403);
    }
    expectRefusal(await call(gateway, "GET", `${GROUPS}?limit=0`, { key: null }), 401);
  });

  test("B-2: scope and onboarding before path and body", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    for (const key of [KEYS.invoking, KEYS.dormant]) {
      for (const [method, path] of await routesWithBody(gateway)) {
        expectRefusal(await call(gateway, method, path, { key, body: "not JSON" }), 403);
      }
      expectRefusal(await call(gateway, "PATCH", `${GROUPS}/nowhere1`, { key, body: "not JSON" }), 403);
      expectRefusal(await call(gateway, "GET", `${GROUPS}/nowhere1`, { key }), 403);
    }
  });

  test("B-2: the rate limit after scope, before path and body", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const path = `${GROUPS}/nowhere1`;
    const send = (key: string | null) => call(gateway, "PATCH", path, { key, body: "not JSON" });
    const spent = await Promise.all(Array.from({ length: 100 }, () => send(KEYS.acme)));
    for (const answer of spent) expectRefusal(answer, 404);
    expect(await send(KEYS.acme)).toMatchObject(LIMITED);
    expectRefusal(await send(null), 401);
    expectRefusal(await send(KEYS.invoking), 403);
  });

  test("B-2: the id in the path before the body and the query", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const group = await groupId(gateway, "globex-org", KEYS.globex);
    const endpoint = await endpointId(gateway, KEYS.globex);
    for (const [path, status] of [
      [`${GROUPS}/${group}`, 403],
      [`${ENDPOINTS}/${endpoint}`, 403],
      [`${GROUPS}/nowhere1`, 404],
      [`${ENDPOINTS}/nowhere1`, 404],
    ] as const) {
      expectRefusal(await call(gateway, "PATCH", path, { body: "not JSON" }), status);
    }
    for (const [id, status] of [
      [group, 403],
      ["nowhere1", 404],
    ] as const) {
      expectRefusal(await call(gateway, "POST", `${GROUPS}/${id}/api_keys`, { body: "not JSON" }), status);
      expectRefusal(await call(gateway, "GET", `${GROUPS}/${id}/api_keys?limit=0&cursor=x`), status);
    }
  });

  test("B-2: the shape of the body before the parent", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const orphan = groupBody("org", { parent: "nowhere1" });
    expectRefusal(await api.post("/groups", { ...orphan, models: [] }), 400, "models: ");
    expectRefusal(await api.post("/groups", { ...orphan, models: [{ slug: "x" }] }), 400, "models.0.slug: ");
  });

  test("B-2: the parent before duplicates and limits", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const orphan = groupBody("org", { parent: "nowhere1", mode: "CASCADING" });
    expectRefusal(await management(gateway).post("/groups", orphan), 404);
  });

  test("B-2: the shape of an endpoint before the model it refers to", async () => {
    const workspaces = [{ name: "acme", org_prefixes: ["acme"], models: [{ id: "m1" }] }];
    await using gateway = await startGatewayEmulator({ seed: { workspaces } });
    const unknown = { provider: "BASETEN", model_id: "unknown" };
    const post = (slug: string, ...targets: object[]) =>
      management(gateway).post("/endpoints", { slug, targets });
    expectRefusal(await post("no-slash", unknown), 400, "slug: ");
    expectRefusal(await post("acme/x", unknown, unknown), 400, "targets: ");
    expectRefusal(await post("acme/x", { ...unknown, secret_id: "s" }), 400, "targets.0.secret_id: ");
  });

  test("B-2: what an endpoint refers to before its slug's owner and duplicates", async () => {
    const models = [{ id: "m1" }];
    const endpoints = [{ slug: "acme/taken", targets: [{ provider: "BASETEN" as const, model_id: "m1" }] }];
    const workspaces = [{ name: "acme", org_prefixes: ["acme"], models, endpoints }];
    await using gateway = await startGatewayEmulator({ seed: { workspaces } });
    const unknown = [{ provider: "BASETEN", model_id: "unknown" }];
    for (const slug of ["acme/taken", "other/x"]) {
      const refused = await management(gateway).post("/endpoints", { slug, targets: unknown });
      expectRefusal(refused, 400, "targets.0.model_id: ");
    }
  });

  test("B-2: nothing is written unless all checks pass", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const limit = (threshold: number) => [
      { slug: "acme/llama", rate_limits: [{ type: "TOKEN", unit: "MINUTE", threshold }] },
    ];
    const root = await createGroup(gateway, "root", { mode: "CASCADING", models: limit(100) });
    const child = await createGroup(gateway, "child", { parent: root, models: limit(50) });
    const other = await api.post("/endpoints", { slug: "acme/other", targets: [BASETEN_TARGET] });
    const before = await everything(gateway);
    const exceeds = "Child group exceeds parent group limit.";
    const rename = { metadata: { name: "renamed" } };
    expectExactly(await api.patch(`/groups/${child}`, { ...rename, models: limit(101) }), 400, exceeds);
    expectExactly(await api.patch(`/groups/${root}`, { ...rename, models: limit(49) }), 400, exceeds);
    const exceeding = groupBody("new", { parent: child, models: limit(51) });
    expectExactly(await api.post("/groups", exceeding), 400, exceeds);
    const openai = { provider: "OPENAI", secret_id: "s", target_model: "m" };
    const path = `/endpoints/${other.body.id}`;
    expectRefusal(await api.patch(path, { slug: "acme/llama", targets: [openai] }), 400, "slug: ");
    expectRefusal(await api.patch(path, { slug: "acme/new", targets: [] }), 400, "targets: ");
    expect(await everything(gateway)).toBe(before);
  });
});
