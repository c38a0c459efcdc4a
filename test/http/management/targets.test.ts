import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../../src/index.js";
import { BASETEN_TARGET, management, QUICKSTART } from "../../support/client.js";
import { expectRefusal } from "./support.js";

const OPENAI_TARGET = { provider: "OPENAI", secret_id: "sec1", target_model: "gpt-5" };

/** Creates an endpoint with this target and answers what came back. */
function create(gateway: GatewayEmulator, target: object, slug = "acme/new") {
  return management(gateway).post("/endpoints", { slug, targets: [target] });
}

describe("targets", () => {
  const external = { secret_id: "sec1", target_model: "m" };
  const vertex = { vertex_config: { project_id: "p", location: "europe-west4" } };

  test("E-6, E-8: every provider takes its own fields and they are echoed as set", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const targets = [
      { provider: "BASETEN", model_id: "m1" },
      { provider: "BASETEN", model_id: "m1", environment_name: "staging", target_model: "t" },
      { provider: "ANTHROPIC", ...external },
      { provider: "OPENAI", ...external },
      { provider: "OPENAI_COMPATIBLE", ...external, base_url: "https://llm.example.com/v1" },
      { provider: "VERTEX", ...vertex },
      { provider: "BASETEN_MODEL_API", target_model: "m" },
    ];
    for (const [index, target] of targets.entries()) {
      const created = await create(gateway, target, `acme/t${index}`);
      expect(created).toMatchObject({ status: 200 });
      expect(created.body.targets).toEqual([target]);
      const read = await management(gateway).get(`/endpoints/${created.body.id}`);
      expect(read.text).toBe(created.text);
    }
  });

  test("E-6: a field that the provider needs and does not get is 400, and the message names it", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const missing: [object, string][] = [
      [{ provider: "BASETEN" }, "model_id"],
      [{ provider: "BASETEN", model_id: null }, "model_id"],
      [{ provider: "ANTHROPIC", target_model: "m" }, "secret_id"],
      [{ provider: "ANTHROPIC", secret_id: "s" }, "target_model"],
      [{ provider: "OPENAI", target_model: "m" }, "secret_id"],
      [{ provider: "OPENAI", secret_id: "s" }, "target_model"],
      [{ provider: "OPENAI_COMPATIBLE", ...external }, "base_url"],
      [{ provider: "OPENAI_COMPATIBLE", base_url: "https://x.io", target_model: "m" }, "secret_id"],
      [{ provider: "OPENAI_COMPATIBLE", base_url: "https://x.io", secret_id: "s" }, "target_model"],
      [{ provider: "VERTEX" }, "vertex_config"],
      [{ provider: "VERTEX", vertex_config: { project_id: "p" } }, "vertex_config.location"],
      [{ provider: "VERTEX", vertex_config: { location: "l" } }, "vertex_config.project_id"],
      [{}, "provider"],
      [{ provider: "AZURE", ...external }, "provider"],
      [{ provider: "baseten", model_id: "m" }, "provider"],
    ];
    for (const [target, field] of missing) {
      expectRefusal(await create(gateway, target), 400, `targets.0.${field}`);
    }
  });

  test("E-6: a field that the provider does not take is 400, and the message names it", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const baseten = { provider: "BASETEN", model_id: "m" };
    const foreign: [object, string][] = [
      [{ ...baseten, secret_id: "s" }, "secret_id"],
      [{ ...baseten, base_url: "https://x.io" }, "base_url"],
      [{ ...baseten, ...vertex }, "vertex_config"],
      [{ provider: "ANTHROPIC", ...external, model_id: "m" }, "model_id"],
      [{ provider: "OPENAI", ...external, environment_name: "staging" }, "environment_name"],
      [{ provider: "OPENAI", ...external, environment_name: "production" }, "environment_name"],
      [{ provider: "OPENAI", ...external, base_url: "https://x.io" }, "base_url"],
      [{ provider: "OPENAI_COMPATIBLE", ...external, base_url: "https://x.io", model_id: "m" }, "model_id"],
      [{ provider: "VERTEX", ...vertex, model_id: "m" }, "model_id"],
      [{ provider: "VERTEX", ...vertex, base_url: "https://x.io" }, "base_url"],
    ];
    for (const [target, field] of foreign) {
      expectRefusal(await create(gateway, target), 400, `targets.0.${field}`);
    }
  });

  test("E-6: base_url is https without a port", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const target = (base_url: string) => ({ provider: "OPENAI_COMPATIBLE", ...external, base_url });
    for (const [index, url] of ["https://x.io", "https://x.io/v1?a=b:1", "HTTPS://x.io/a:b"].entries()) {
      expect(await create(gateway, target(url), `acme/u${index}`)).toMatchObject({ status: 200 });
    }
    const bad = [
      "http://x.io",
      "https://x.io:8443/v1",
      "https://x.io:443",
      "https://x.io:",
      "x.io",
      "https://",
    ];
    for (const url of [...bad, "ftp://x.io", "https:// x.io", "https://[::1]:8080/v1"]) {
      expectRefusal(await create(gateway, target(url)), 400, "targets.0.base_url");
    }
  });

  test("E-7: a world that declares no models and no secrets accepts every one", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const target = { provider: "BASETEN", model_id: "never-heard-of", environment_name: "nor-of-this" };
    expect(await create(gateway, target, "acme/a")).toMatchObject({ status: 200 });
    expect(await create(gateway, OPENAI_TARGET, "acme/b")).toMatchObject({ status: 200 });
  });

  test("E-7: where models and secrets are declared, unknown ones and unknown environments are 400", async () => {
    const workspaces = [
      {
        name: "acme",
        models: [{ id: "m1", environments: ["production", "staging"] }, { id: "m2" }],
        secrets: [{ id: "sec1" }],
      },
    ];
    await using gateway = await startGatewayEmulator({ seed: { workspaces } });
    const on = (model_id: string, environment_name?: string) => ({
      provider: "BASETEN",
      model_id,
      ...(environment_name === undefined ? {} : { environment_name }),
    });
    for (const [index, target] of [
      on("m1"),
      on("m1", "staging"),
      on("m2", "production"),
      OPENAI_TARGET,
    ].entries()) {
      expect(await create(gateway, target, `acme/k${index}`)).toMatchObject({ status: 200 });
    }
    expectRefusal(await create(gateway, on("m3")), 400, "targets.0.model_id");
    expectRefusal(await create(gateway, on("m2", "staging")), 400, "targets.0.environment_name");
    expectRefusal(await create(gateway, { ...OPENAI_TARGET, secret_id: "sec2" }), 400, "targets.0.secret_id");
    const { items } = (await management(gateway).get("/endpoints")).body;
    const patched = await management(gateway).patch(`/endpoints/${items[0].id}`, { targets: [on("m3")] });
    expectRefusal(patched, 400, "targets.0.model_id");
  });

  test("E-8: absent fields and environment_name production are left out of every answer", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const target = { ...BASETEN_TARGET, environment_name: "production", target_model: null, secret_id: null };
    const created = await create(gateway, target);
    expect(JSON.stringify(created.body.targets)).toBe('[{"provider":"BASETEN","model_id":"3kZ9xqd"}]');
    const path = `/endpoints/${created.body.id}`;
    const patched = await management(gateway).patch(path, {
      targets: [{ ...BASETEN_TARGET, environment_name: "staging" }],
    });
    expect(JSON.stringify(patched.body.targets)).toBe(
      '[{"provider":"BASETEN","model_id":"3kZ9xqd","environment_name":"staging"}]',
    );
    const back = await management(gateway).patch(path, { targets: [target] });
    expect(back.body.targets).toEqual([BASETEN_TARGET]);
  });
});
