import { describe, expect, test } from "vitest";
import { checkSeedValue } from "../../src/config/seed-file.js";
import { InvalidSeed, startGatewayEmulator } from "../../src/index.js";
import { management } from "../support/client.js";
import { ask, dedicated, MODEL } from "./support.js";

/** What is wrong with a seed, path and message. */
async function problemOf(model: object): Promise<string> {
  const failure: unknown = await startGatewayEmulator({ seed: dedicated({ model }) }).then(
    (gateway) => gateway.stop(),
    (cause: unknown) => cause,
  );
  if (!(failure instanceof InvalidSeed)) throw new Error("expected InvalidSeed", { cause: failure });
  return failure.problems.map(({ path, message }) => `${path}: ${message}`).join("; ");
}

const MODEL_PATH = "workspaces.0.models.0";

describe("models in a seed (Y-23)", () => {
  test("an environment names its deployment, or the other way round", async () => {
    const model = {
      environments: [{ name: "staging", deployment: "dep2" }, "prod-eu"],
      deployments: [{ id: "dep1", environment: "production" }, { id: "dep2" }],
    };
    await using gateway = await startGatewayEmulator({ seed: dedicated({ model }) });
    for (const path of [
      "production",
      "environments/staging",
      "environments/prod-eu",
      "environments/PROD-EU",
    ]) {
      expect((await ask(gateway, MODEL, `/${path}/predict`, { json: {} })).status).toBe(200);
    }
    const reached = (await gateway.requests({ surface: "dedicated" })).map(({ notes }) =>
      notes[0]?.replace(/.*deployment /, ""),
    );
    expect(reached).toEqual(["dep1", "dep2", "3kZ9xqd-prod-eu", "3kZ9xqd-prod-eu"]);
  });

  test.each([
    [{ deployments: [{ id: "dep1" }, { id: "DEP1" }] }, "deployments: expected unique ids, got twice DEP1"],
    [
      {
        deployments: [
          { id: "dep1", environment: "staging" },
          { id: "dep2", environment: "staging" },
        ],
      },
      "deployments: expected one deployment per environment, got two for staging",
    ],
    [
      {
        environments: [{ name: "staging", deployment: "dep1" }],
        deployments: [{ id: "dep1", environment: "production" }],
      },
      "environments: deployment dep1 already serves production",
    ],
  ])("%j cannot be applied", async (model, message) => {
    expect(await problemOf(model)).toBe(`${MODEL_PATH}: ${message}`);
  });

  test.each([
    [{ id: "a.b" }, "id", /part of a host name/],
    [{ environments: [1] }, "environments.0", /expected a name or/],
    [{ deployments: [{ id: "x", status: "SLEEPING" }] }, "deployments.0.status", /SCALED_TO_ZERO/],
    [{ deployments: [{ id: "x", cold_start: "soon" }] }, "deployments.0.cold_start", /61s/],
    [{ deployment: [] }, "deployment", /did you mean "deployments"/],
  ])("%j is refused with its path", async (model, path, message) => {
    const problem = await problemOf(model);
    expect(problem.startsWith(`${MODEL_PATH}.${path}: `)).toBe(true);
    expect(problem).toMatch(message);
  });

  test("endpoints may name declared models and environments, and no others (E-7)", async () => {
    await using gateway = await startGatewayEmulator({
      seed: dedicated({ model: { environments: [{ name: "staging", deployment: "d" }] } }),
    });
    const create = (target: object) =>
      management(gateway).post("/endpoints", {
        slug: `acme/${Object.values(target).join("-").toLowerCase()}`,
        targets: [{ provider: "BASETEN", ...target }],
      });
    expect((await create({ model_id: "3kZ9xqd", environment_name: "staging" })).status).toBe(200);
    expect((await create({ model_id: "3kZ9xqd", environment_name: "production" })).status).toBe(200);
    expect((await create({ model_id: "3kZ9xqd", environment_name: "development" })).status).toBe(400);
    expect((await create({ model_id: "unknown" })).status).toBe(400);
  });
});

describe("predictions in a seed", () => {
  test.each([
    [{}, /either reply or sequence/],
    [{ reply: {}, sequence: [{}] }, /either reply or sequence/],
    [{ reply: { text: "a", chunks: ["b"] } }, /at most one of/],
    [{ reply: { text: "a", chunk_delay: 5 } }, /chunk_delay needs chunks/],
    [{ reply: { error: "model", status: 418 } }, /status/],
    [{ reply: { error: "explosion" } }, /expected one of "model", "unavailable"/],
    [{ reply: { base64: "%" } }, /base64/],
    [{ match: { bodi: {} }, reply: {} }, /did you mean "body"/],
    [{ match: { text: { regex: "(" } }, reply: {} }, /Unterminated group/],
  ])("%j is refused", async (rule, message) => {
    await expect(checkSeedValue({ predictions: [rule] })).rejects.toThrow(message);
  });
});
