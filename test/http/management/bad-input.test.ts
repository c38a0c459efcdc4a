import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../../src/index.js";
import { BASETEN_TARGET, call, management, QUICKSTART } from "../../support/client.js";
import { endpointId, everything, expectRefusal, groupBody, groupId, routesWithBody } from "./support.js";

describe("bodies", () => {
  test("B-1: a body that is not JSON is 400 on every route that takes one", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const before = await everything(gateway);
    for (const [method, path] of await routesWithBody(gateway)) {
      for (const body of [
        "{",
        "{'a':1}",
        "undefined",
        "{}{}",
        "{,}",
        "\uFEFF{}",
        "NaN",
        "[".repeat(100_000),
      ]) {
        expectRefusal(await call(gateway, method, path, { body }), 400, "JSON");
      }
    }
    expect(await everything(gateway)).toBe(before);
  });

  test("B-1: a body that is not an object is 400 and the message says so", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    for (const [method, path] of await routesWithBody(gateway)) {
      for (const body of ["[]", "null", "1", '"text"', "true", "[{}]"]) {
        expectRefusal(await call(gateway, method, path, { body }), 400, "object");
      }
    }
  });

  test("B-1: bytes that are not UTF-8 are 400", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const bytes = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    for (const [method, path] of await routesWithBody(gateway)) {
      const response = await fetch(gateway.url + path, {
        method,
        headers: { Authorization: `Api-Key ${gateway.workspaceKey}`, "Content-Type": "application/json" },
        body: bytes,
      });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: "VALIDATION_ERROR" });
    }
  });

  test("B-1: a wrong type anywhere is 400, the message naming the path and what was expected", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const good = groupBody("g");
    const limits = (rate_limits: unknown) => ({
      ...good,
      models: [{ slug: "a/b" }, { slug: "c/d", rate_limits }],
    });
    const target = (fields: object) => ({ slug: "acme/x", targets: [{ ...BASETEN_TARGET, ...fields }] });
    const cases: [path: string, body: object, field: string, expected: string][] = [
      ["/groups", { ...good, metadata: undefined }, "metadata", "object"],
      ["/groups", { ...good, metadata: "org" }, "metadata", "object"],
      [
        "/groups",
        { ...good, metadata: { external_entity_id: ["g"] } },
        "metadata.external_entity_id",
        "string",
      ],
      ["/groups", { ...good, metadata: { external_entity_id: "g", name: {} } }, "metadata.name", "string"],
      ["/groups", { ...good, models: { slug: "a/b" } }, "models", "array"],
      ["/groups", { ...good, models: ["a/b"] }, "models.0", "object"],
      ["/groups", { ...good, models: [{ slug: null }] }, "models.0.slug", "string"],
      ["/groups", limits({}), "models.1.rate_limits", "array"],
      ["/groups", limits([1]), "models.1.rate_limits.0", "object"],
      [
        "/groups",
        limits([{ type: "TOKEN", unit: "DAY", threshold: 1 }]),
        "models.1.rate_limits.0.unit",
        "MINUTE",
      ],
      [
        "/groups",
        limits([{ type: "TOKEN", unit: "MINUTE", threshold: "1" }]),
        "rate_limits.0.threshold",
        "number",
      ],
      [
        "/groups",
        limits([{ type: "TOKEN", unit: "MINUTE", threshold: 1.5 }]),
        "rate_limits.0.threshold",
        "int",
      ],
      ["/groups", { ...good, hierarchy: { parent_group_id: 1 } }, "hierarchy.parent_group_id", "string"],
      ["/endpoints", { targets: [BASETEN_TARGET] }, "slug", "string"],
      ["/endpoints", { slug: 1, targets: [BASETEN_TARGET] }, "slug", "string"],
      ["/endpoints", { slug: "acme/x" }, "targets", "array"],
      ["/endpoints", { slug: "acme/x", targets: BASETEN_TARGET }, "targets", "array"],
      ["/endpoints", { slug: "acme/x", targets: ["BASETEN"] }, "targets.0", "object"],
      ["/endpoints", target({ model_id: 7 }), "targets.0.model_id", "string"],
      ["/endpoints", target({ provider: "GROQ" }), "targets.0.provider", "VERTEX"],
      ["/endpoints", { ...target({}), region: "US" }, "region", "UNRESTRICTED"],
    ];
    const before = await everything(gateway);
    for (const [path, body, field, expected] of cases) {
      expectRefusal(await api.post(path, body), 400, `${field}: `, expected);
    }
    expect(await everything(gateway)).toBe(before);
  });

  test("B-1: PATCH names the path of a wrong type, too", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const [group, endpoint] = [await groupId(gateway, "org"), await endpointId(gateway)];
    expectRefusal(await api.patch(`/groups/${group}`, { metadata: { name: 1 } }), 400, "metadata.name: ");
    expectRefusal(await api.patch(`/groups/${group}`, { metadata: "x" }), 400, "metadata: ");
    expectRefusal(await api.patch(`/groups/${group}`, { models: [{}] }), 400, "models.0.slug: ");
    expectRefusal(await api.patch(`/endpoints/${endpoint}`, { slug: 1 }), 400, "slug: ");
    expectRefusal(await api.patch(`/endpoints/${endpoint}`, { targets: {} }), 400, "targets: ");
  });

  test("B-1: unknown extra fields are ignored, at every level", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const extra = { extra: { deep: [1] } };
    const limit = { type: "TOKEN", unit: "DAY", threshold: 5 };
    const group = await api.post("/groups", {
      ...extra,
      metadata: { ...extra, external_entity_id: "g" },
      models: [{ ...extra, slug: "a/b", usage_limits: [{ ...extra, ...limit }] }],
      hierarchy: { ...extra },
    });
    expect(group).toMatchObject({ status: 200 });
    expect(group.body.models).toEqual([{ slug: "a/b", rate_limits: [], usage_limits: [limit] }]);
    const body = { ...extra, slug: "acme/x", targets: [{ ...extra, ...BASETEN_TARGET }] };
    const endpoint = await api.post("/endpoints", body);
    expect(endpoint).toMatchObject({ status: 200 });
    expect(endpoint.body.targets).toEqual([BASETEN_TARGET]);
    const key = await api.post(`/groups/${group.body.id}/api_keys`, { ...extra, name: "n" });
    expect(key).toMatchObject({ status: 200, body: { name: "n" } });
    expect([group, endpoint, key].map(({ text }) => text).join()).not.toContain("extra");
  });

  test("X-13: a body above the limit is 413", async () => {
    const settings = { max_body_bytes: 1000 };
    await using gateway = await startGatewayEmulator({ seed: { ...QUICKSTART, settings } });
    const large = groupBody("g", { name: "x".repeat(1000) });
    expect(await management(gateway).post("/groups", large)).toMatchObject({ status: 413 });
    expect(await management(gateway).post("/groups", groupBody("g"))).toMatchObject({ status: 200 });
  });
});
