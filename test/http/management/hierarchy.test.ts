import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../../src/index.js";
import { management, QUICKSTART } from "../../support/client.js";
import {
  chat,
  createGroup,
  expectExactly,
  expectRefusal,
  groupBody,
  groupId,
  KEYS,
  mintKey,
  TWO_WORKSPACES,
} from "./support.js";

const SLUG = "acme/llama";
const EXCEEDS = "Child group exceeds parent group limit.";
const MILLION = 1_000_000;

const tpm = (threshold: number) => ({ type: "TOKEN", unit: "MINUTE", threshold });
const rps = (threshold: number) => ({ type: "REQUEST", unit: "SECOND", threshold });
const rpd = (threshold: number) => ({ type: "REQUEST", unit: "DAY", threshold });
/** One slug with these limits, by their unit. */
const limited = (...limits: { unit: string }[]) => [
  {
    slug: SLUG,
    rate_limits: limits.filter(({ unit }) => unit !== "DAY"),
    usage_limits: limits.filter(({ unit }) => unit === "DAY"),
  },
];

/** The only entry of a group's `effective_models`. */
async function effective(gateway: GatewayEmulator, id: string) {
  const { body } = await management(gateway).get(`/groups/${id}`);
  expect(body.effective_models).toHaveLength(1);
  return body.effective_models[0];
}

/** A chain of five groups of one mode, root first. */
async function fiveLevels(gateway: GatewayEmulator, mode: "INDEPENDENT" | "CASCADING"): Promise<string[]> {
  const ids: string[] = [];
  for (let level = 1; level <= 5; level++) {
    const parent = ids.at(-1) ?? null;
    ids.push(await createGroup(gateway, `${mode}-${level}`, { mode, parent }));
  }
  return ids;
}

describe("place in the tree", () => {
  test("G-4: hierarchy is required and its mode is one of two", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const create = (hierarchy: unknown) =>
      management(gateway).post("/groups", { ...groupBody("g"), hierarchy });
    for (const hierarchy of [undefined, null, "INDEPENDENT", []]) {
      expectRefusal(await create(hierarchy), 400, "hierarchy");
    }
    for (const limit_enforcement of ["cascading", "NONE", 1]) {
      expectRefusal(await create({ limit_enforcement }), 400, "hierarchy.limit_enforcement", "CASCADING");
    }
    expectRefusal(await create({ parent_group_id: 7 }), 400, "hierarchy.parent_group_id");
  });

  test("G-4: an omitted mode is the parent's, for a root INDEPENDENT", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const modeOf = async (id: string) => (await api.get(`/groups/${id}`)).body.hierarchy;
    const plain = await createGroup(gateway, "plain");
    expect(await modeOf(plain)).toEqual({ limit_enforcement: "INDEPENDENT", parent_group_id: null });
    for (const mode of ["INDEPENDENT", "CASCADING"] as const) {
      const root = await createGroup(gateway, `root-${mode}`, { mode, parent: null });
      expect(await modeOf(root)).toEqual({ limit_enforcement: mode, parent_group_id: null });
      const child = await createGroup(gateway, `child-${mode}`, { parent: root });
      expect(await modeOf(child)).toEqual({ limit_enforcement: mode, parent_group_id: root });
    }
  });

  test("G-5: an unknown, deleted or foreign parent is 404", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const api = management(gateway);
    const deleted = await createGroup(gateway, "deleted");
    await api.delete(`/groups/${deleted}`);
    const foreign = await groupId(gateway, "globex-org", KEYS.globex);
    for (const parent of ["nowhere1", "", deleted, foreign]) {
      expectRefusal(await api.post("/groups", groupBody("child", { parent })), 404);
    }
    expect((await api.get("/groups?external_entity_id=child")).body.items).toEqual([]);
  });

  test("G-5: a mode other than the parent's is 400, at every depth", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    for (const [mode, other] of [
      ["INDEPENDENT", "CASCADING"],
      ["CASCADING", "INDEPENDENT"],
    ] as const) {
      const root = await createGroup(gateway, mode, { mode });
      const child = await createGroup(gateway, `child of ${mode}`, { mode, parent: root });
      for (const parent of [root, child]) {
        const refused = await management(gateway).post("/groups", groupBody("g", { mode: other, parent }));
        expectRefusal(refused, 400, "hierarchy.limit_enforcement", mode);
      }
    }
  });

  test("G-5: five levels at most, the root being the first", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    for (const mode of ["INDEPENDENT", "CASCADING"] as const) {
      const ids = await fiveLevels(gateway, mode);
      const sixth = await management(gateway).post("/groups", groupBody("sixth", { parent: ids[4] ?? null }));
      expectRefusal(sixth, 400, "hierarchy.parent_group_id");
      const fifth = await management(gateway).post("/groups", groupBody(mode, { parent: ids[3] ?? null }));
      expect(fifth).toMatchObject({ status: 200, body: { hierarchy: { parent_group_id: ids[3] } } });
    }
  });
});

describe("CASCADING thresholds", () => {
  test("G-6: a child above an ancestor's threshold is 400 with the documented message", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const root = await createGroup(gateway, "root", {
      mode: "CASCADING",
      models: limited(tpm(100), rps(10), rpd(1000)),
    });
    const between = await createGroup(gateway, "between", { parent: root });
    for (const parent of [root, between]) {
      for (const limit of [tpm(101), rps(11), rpd(1001)]) {
        const refused = await api.post("/groups", groupBody("g", { parent, models: limited(limit) }));
        expectExactly(refused, 400, EXCEEDS);
      }
    }
    await createGroup(gateway, "equal", { parent: between, models: limited(tpm(100), rps(10), rpd(1000)) });
  });

  test("G-6: other slugs, types and units do not compare", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const parent = await createGroup(gateway, "root", { mode: "CASCADING", models: limited(tpm(100)) });
    const rpm = { type: "REQUEST", unit: "MINUTE", threshold: 101 };
    const tps = { type: "TOKEN", unit: "SECOND", threshold: 101 };
    const tpd = { type: "TOKEN", unit: "DAY", threshold: 101 };
    await createGroup(gateway, "a", { parent, models: limited(rpm, tpd) });
    await createGroup(gateway, "b", { parent, models: limited(tps) });
    await createGroup(gateway, "c", { parent, models: [{ slug: "acme/other", rate_limits: [tpm(101)] }] });
  });

  test("G-6: raising a descendant above an ancestor, or lowering an ancestor below it, is 400", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const [root = "", , third = "", , fifth = ""] = await fiveLevels(gateway, "CASCADING");
    const set = (id: string, ...limits: { unit: string }[]) =>
      api.patch(`/groups/${id}`, { models: limited(...limits) });
    expect(await set(root, tpm(100))).toMatchObject({ status: 200 });
    expect(await set(fifth, tpm(70))).toMatchObject({ status: 200 });
    const before = await api.get(`/groups/${fifth}`);
    expectExactly(await set(fifth, tpm(101)), 400, EXCEEDS);
    expectExactly(await set(root, tpm(69)), 400, EXCEEDS);
    expectExactly(await set(third, tpm(69)), 400, EXCEEDS);
    expectExactly(await set(third, tpm(101)), 400, EXCEEDS);
    expect((await api.get(`/groups/${fifth}`)).text).toBe(before.text);
    expect(await set(third, tpm(70))).toMatchObject({ status: 200 });
    expect(await set(root, tpm(70))).toMatchObject({ status: 200 });
    expect(await set(root)).toMatchObject({ status: 200 });
    expectExactly(await set(fifth, tpm(71)), 400, EXCEEDS);
    expect(await api.patch(`/groups/${third}`, { models: [] })).toMatchObject({ status: 200 });
    expect(await set(fifth, tpm(71))).toMatchObject({ status: 200 });
  });

  test("G-6: a deleted descendant no longer binds its ancestor", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const root = await createGroup(gateway, "root", { mode: "CASCADING", models: limited(tpm(100)) });
    const child = await createGroup(gateway, "child", { parent: root, models: limited(tpm(90)) });
    expectExactly(await api.patch(`/groups/${root}`, { models: limited(tpm(50)) }), 400, EXCEEDS);
    await api.delete(`/groups/${child}`);
    expect(await api.patch(`/groups/${root}`, { models: limited(tpm(50)) })).toMatchObject({ status: 200 });
  });

  test("L-5: INDEPENDENT thresholds may lie above an ancestor's", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const root = await createGroup(gateway, "root", { models: limited(tpm(100)) });
    const child = await createGroup(gateway, "child", { parent: root, models: limited(tpm(120)) });
    const lowered = await management(gateway).patch(`/groups/${root}`, { models: limited(tpm(1)) });
    expect(lowered).toMatchObject({ status: 200 });
    expect((await effective(gateway, child)).rate_limits).toEqual([{ ...tpm(120), source_group: child }]);
  });
});

describe("effective_models", () => {
  test("G-10, L-5, L-7: the worked example of free-tier, john and sally", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const tier = await createGroup(gateway, "free-tier", { models: limited(tpm(100 * MILLION)) });
    const john = await createGroup(gateway, "john", { parent: tier });
    const sally = await createGroup(gateway, "sally", { parent: tier, models: limited(tpm(120 * MILLION)) });
    const rates = async (id: string) => (await effective(gateway, id)).rate_limits;
    expect(await rates(john)).toEqual([{ ...tpm(100 * MILLION), source_group: tier }]);
    expect(await rates(sally)).toEqual([{ ...tpm(120 * MILLION), source_group: sally }]);
    await management(gateway).patch(`/groups/${tier}`, { models: limited(tpm(150 * MILLION)) });
    expect(await rates(john)).toEqual([{ ...tpm(150 * MILLION), source_group: tier }]);
    expect(await rates(sally)).toEqual([{ ...tpm(120 * MILLION), source_group: sally }]);
  });

  test("G-10, L-6: under CASCADING every ancestor's limit applies, self first, then towards the root", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const root = await createGroup(gateway, "company", {
      mode: "CASCADING",
      models: limited(tpm(100), rpd(1000)),
    });
    const child = await createGroup(gateway, "finance", { parent: root, models: limited(rps(5), tpm(70)) });
    const grandchild = await createGroup(gateway, "team", { parent: child, models: limited(tpm(60)) });
    expect(await effective(gateway, grandchild)).toEqual({
      slug: SLUG,
      rate_limits: [
        { ...tpm(60), source_group: grandchild },
        { ...rps(5), source_group: child },
        { ...tpm(70), source_group: child },
        { ...tpm(100), source_group: root },
      ],
      usage_limits: [{ ...rpd(1000), source_group: root }],
    });
  });

  test("G-10: one entry per slug of the group's own set, never an ancestor's further slugs", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const models = ["acme/a", "acme/b", "acme/c"].map((slug) => ({ slug, rate_limits: [tpm(9)] }));
    const root = await createGroup(gateway, "root", { models });
    const child = await createGroup(gateway, "child", {
      parent: root,
      models: [{ slug: "acme/c" }, { slug: "acme/a" }],
    });
    const { body } = await management(gateway).get(`/groups/${child}`);
    expect(body.effective_models).toEqual(
      ["acme/c", "acme/a"].map((slug) => ({
        slug,
        rate_limits: [{ ...tpm(9), source_group: root }],
        usage_limits: [],
      })),
    );
  });

  test("L-9: a child may list a slug that its parent lacks, and then has only its own limits", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    for (const mode of ["INDEPENDENT", "CASCADING"] as const) {
      const root = await createGroup(gateway, `root ${mode}`, { mode, models: limited(tpm(9)) });
      const child = await createGroup(gateway, `child ${mode}`, {
        parent: root,
        models: [{ slug: "acme/other", rate_limits: [tpm(50)] }],
      });
      expect(await effective(gateway, child)).toEqual({
        slug: "acme/other",
        rate_limits: [{ ...tpm(50), source_group: child }],
        usage_limits: [],
      });
    }
  });

  test("G-8: a change at an ancestor reaches every descendant's effective_models and its keys at once", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    for (const mode of ["INDEPENDENT", "CASCADING"] as const) {
      const [root = "", ...below] = await fiveLevels(gateway, mode);
      const key = await mintKey(gateway, below.at(-1) ?? "");
      expect(await chat(gateway, key)).toMatchObject({ status: 200 });
      await management(gateway).patch(`/groups/${root}`, { models: limited(rpd(2)) });
      for (const id of below) {
        expect((await effective(gateway, id)).usage_limits).toEqual([{ ...rpd(2), source_group: root }]);
      }
      expect(await chat(gateway, key)).toMatchObject({ status: 200 });
      expect(await chat(gateway, key)).toMatchObject({ status: 429 });
    }
  });
});
