import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../../src/index.js";
import { call, management } from "../../support/client.js";
import { expectExactly, expectRefusal } from "./support.js";

const API = "/_host/api.localhost";

const SEED = {
  clock: "2026-06-17T12:00:00Z",
  workspaces: [
    {
      name: "acme",
      team: { name: "Search" },
      models: [
        { id: "3kZ9xqd", name: "llama", environments: ["production", "staging"] },
        {
          id: "wx4g5r5q",
          environments: ["development"],
          deployments: [
            { id: "d1", environment: "production" },
            {
              id: "d2",
              status: "SCALED_TO_ZERO" as const,
              cold_start: "30s",
              scale_down_delay: "5m",
            },
            { id: "d3", status: "INACTIVE" as const },
          ],
        },
      ],
    },
    {
      name: "globex",
      api_keys: [{ key: "globall1.manage-all" }],
      models: [{ id: "theirs01" }],
    },
  ],
};

const get = (gateway: GatewayEmulator, path: string) => call(gateway, "GET", `${API}/v1${path}`);

const MODEL =
  '{"id":"3kZ9xqd","created_at":"2026-06-17T12:00:00Z","name":"llama","deployments_count":2,"production_deployment_id":"3kZ9xqd-production","development_deployment_id":null,"instance_type_name":"1x2","team_name":"Search"}';

const AUTOSCALING = (min: number, delay: number) =>
  `{"min_replica":${min},"max_replica":1,"autoscaling_window":60,"scale_down_delay":${delay},"concurrency_target":1,"target_utilization_percentage":70,"target_in_flight_tokens":null,"max_scale_down_rate":null}`;

const STAGING = `{"id":"3kZ9xqd-staging","created_at":"2026-06-17T12:00:00Z","name":"3kZ9xqd-staging","model_id":"3kZ9xqd","is_production":false,"is_development":false,"status":"ACTIVE","active_replica_count":1,"autoscaling_settings":${AUTOSCALING(1, 900)},"instance_type_name":"1x2","environment":"staging","labels":null,"region":null,"request_backpressure_settings":{"policy":null}}`;

describe("GET /v1/models (X-24)", () => {
  test("on the management host: the workspace's models, byte for byte", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const answer = await get(gateway, "/models?name=llama");
    expect([answer.status, answer.text]).toEqual([200, `{"models":[${MODEL}]}`]);
    expect((await get(gateway, "/models")).body.models.map(({ id }: { id: string }) => id)).toEqual([
      "3kZ9xqd",
      "wx4g5r5q",
    ]);
  });

  test("on the plain host and the inference host: the catalogue", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    for (const host of ["", "/_host/inference.localhost"]) {
      const { body } = await call(gateway, "GET", `${host}/v1/models`);
      expect(Object.keys(body)).toEqual(["data"]);
    }
  });

  test("name filters exactly; a model without one is called by its id", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const found = async (name: string) => (await get(gateway, `/models?name=${name}`)).body.models.length;
    expect(await Promise.all(["wx4g5r5q", "3kZ9xqd", "Llama", "", "nothing"].map(found))).toEqual([
      1, 0, 0, 0, 0,
    ]);
  });

  test("a workspace that declares none has none", async () => {
    await using gateway = await startGatewayEmulator({ seed: {} });
    expect((await get(gateway, "/models")).text).toBe('{"models":[]}');
  });
});

describe("GET /v1/models/{id}", () => {
  test("one model, byte for byte, on the plain host too (Y-46)", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    expect((await get(gateway, "/models/3kZ9xqd")).text).toBe(MODEL);
    expect((await call(gateway, "GET", "/v1/models/3kZ9xqd")).text).toBe(MODEL);
    const elsewhere = await call(gateway, "GET", "/_host/inference.localhost/v1/models/3kZ9xqd");
    expect([elsewhere.status, elsewhere.text]).toEqual([404, '{"error":"not found"}']);
  });

  test("says which deployments are production and development", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    expect((await get(gateway, "/models/wx4g5r5q")).body).toMatchObject({
      name: "wx4g5r5q",
      deployments_count: 4,
      production_deployment_id: "d1",
      development_deployment_id: "wx4g5r5q-development",
    });
  });

  test("A-4: another workspace's model is 403, one that exists nowhere 404, with all that is below", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    for (const below of [
      "",
      "/environments",
      "/environments/production",
      "/deployments",
      "/deployments/d1",
    ]) {
      expectRefusal(await get(gateway, `/models/theirs01${below}`), 403);
      expectExactly(await get(gateway, `/models/nowhere1${below}`), 404, "Model nowhere1 not found.");
    }
  });
});

describe("environments of a model", () => {
  test("the list and a single one, byte for byte", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const staging = `{"name":"staging","created_at":"2026-06-17T12:00:00Z","model_id":"3kZ9xqd","current_deployment":${STAGING},"candidate_deployment":null,"in_progress_promotion":null,"autoscaling_settings":${AUTOSCALING(1, 900)},"promotion_settings":{"redeploy_on_promotion":false,"rolling_deploy":false,"promotion_cleanup_strategy":"SCALE_TO_ZERO","rolling_deploy_config":null,"ramp_up_while_promoting":false,"ramp_up_duration_seconds":600},"instance_type":{"id":"1x2","name":"1x2","memory_limit_mib":2048,"millicpu_limit":1000,"gpu_count":0,"gpu_type":null,"gpu_memory_limit_mib":null},"request_backpressure_settings":{"policy":null},"autoscaling_schedules":null}`;
    const one = await get(gateway, "/models/3kZ9xqd/environments/staging");
    expect([one.status, one.text]).toEqual([200, staging]);
    const production = await get(gateway, "/models/3kZ9xqd/environments/production");
    const list = await get(gateway, "/models/3kZ9xqd/environments");
    expect([list.status, list.text]).toEqual([200, `{"environments":[${production.text},${staging}]}`]);
  });

  test("an unknown one is 404", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const unknown = await get(gateway, "/models/3kZ9xqd/environments/canary");
    expectExactly(unknown, 404, "Environment canary not found.");
  });

  test("E-7: what is listed can be named by an endpoint", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const { environments } = (await get(gateway, "/models/3kZ9xqd/environments")).body;
    for (const { name, model_id } of environments) {
      const targets = [{ provider: "BASETEN", model_id, environment_name: name }];
      const made = await management(gateway).post("/endpoints", { slug: `acme/${name}`, targets });
      expect(made.status).toBe(200);
    }
  });
});

describe("deployments of a model", () => {
  test("the list and a single one, byte for byte", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const one = await get(gateway, "/models/3kZ9xqd/deployments/3kZ9xqd-staging");
    expect([one.status, one.text]).toEqual([200, STAGING]);
    const named = await get(gateway, "/models/3kZ9xqd/deployments?name=3kZ9xqd-staging");
    expect([named.status, named.text]).toEqual([200, `{"deployments":[${STAGING}]}`]);
    const all = (await get(gateway, "/models/wx4g5r5q/deployments")).body.deployments;
    expect(all.map(({ id }: { id: string }) => id)).toEqual(["d1", "d2", "d3", "wx4g5r5q-development"]);
  });

  test("production and development stand for those deployments; others are 404", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const at = (model: string, name: string) => get(gateway, `/models/${model}/deployments/${name}`);
    expect((await at("wx4g5r5q", "production")).body).toMatchObject({ id: "d1", is_production: true });
    expect((await at("wx4g5r5q", "development")).body).toMatchObject({
      id: "wx4g5r5q-development",
      is_development: true,
    });
    expectExactly(await at("3kZ9xqd", "development"), 404, "Deployment development not found.");
    expectExactly(await at("3kZ9xqd", "d1"), 404, "Deployment d1 not found.");
  });

  test("status and replicas follow what happens to them (I-5)", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const shown = async (id: string) => {
      const { status, active_replica_count } = (await get(gateway, `/models/wx4g5r5q/deployments/${id}`))
        .body;
      return [status, active_replica_count];
    };
    expect(await shown("d1")).toEqual(["ACTIVE", 1]);
    expect(await shown("d2")).toEqual(["SCALED_TO_ZERO", 0]);
    expect(await shown("d3")).toEqual(["INACTIVE", 0]);
    const wake = await call(gateway, "POST", "/_host/model-wx4g5r5q.api.localhost/deployment/d2/wake");
    expect(wake.status).toBeLessThan(300);
    expect(await shown("d2")).toEqual(["WAKING_UP", 0]);
    await gateway.clock.advance("30s");
    expect(await shown("d2")).toEqual(["ACTIVE", 1]);
    await gateway.clock.advance("5m");
    expect(await shown("d2")).toEqual(["SCALED_TO_ZERO", 0]);
  });
});

describe("GET /v1/model_apis (Y-46)", () => {
  const WITH_APIS = {
    clock: "2026-06-17T12:00:00Z",
    workspaces: [
      {
        name: "acme",
        endpoints: ["zai/glm-5.2", "openai/gpt-oss-120b", "zai/glm-5.2"].map((target_model, index) => ({
          slug: `acme/${index}`,
          targets: [{ provider: "BASETEN_MODEL_API" as const, target_model }],
        })),
      },
    ],
  };

  test("lists what endpoints lead to, each once, byte for byte", async () => {
    await using gateway = await startGatewayEmulator({ seed: WITH_APIS });
    const row = (name: string) =>
      `{"name":"${name}","display_name":"${name}","description":"","model_family":null,"release_date":"2026-06-17","invoke_url":"${gateway.url}","context_length":262144,"cost_per_million_input_tokens":0,"cost_per_million_output_tokens":0,"rate_limits":[],"org_details":null}`;
    const answer = await call(gateway, "GET", "/v1/model_apis");
    expect([answer.status, answer.text]).toEqual([
      200,
      `{"items":[${row("openai/gpt-oss-120b")},${row("zai/glm-5.2")}],"pagination":{"has_more":false,"cursor":null}}`,
    ]);
  });

  test("P-1, P-2: page by page", async () => {
    await using gateway = await startGatewayEmulator({ seed: WITH_APIS });
    const first = (await call(gateway, "GET", "/v1/model_apis?limit=1")).body;
    expect(first.pagination).toEqual({ has_more: true, cursor: expect.any(String) });
    const path = `/v1/model_apis?limit=1&cursor=${first.pagination.cursor}`;
    const second = (await call(gateway, "GET", path)).body;
    expect(second.items[0].name).toBe("zai/glm-5.2");
    expect(second.pagination).toEqual({ has_more: false, cursor: null });
    expectRefusal(await call(gateway, "GET", "/v1/model_apis?limit=0"), 400, "limit");
    expectRefusal(await call(gateway, "GET", "/v1/model_apis?cursor=x"), 400, "cursor");
  });
});
