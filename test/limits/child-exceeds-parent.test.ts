import { describe, expect, it } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { management } from "../support/client.js";
import {
  group,
  groupOf,
  model,
  OTHER_SLUG,
  perDay,
  perMinute,
  perSecond,
  SLUG,
  setLimits,
  status,
  world,
} from "./support.js";

const tokens = (threshold: number) => perMinute("TOKEN", threshold);
const EXCEEDS = { code: "VALIDATION_ERROR", message: "Child group exceeds parent group limit." };

/** org 100 over division (declares nothing) over team 70. */
const ORG = world([
  group("org", [tokens(100)], {
    limit_enforcement: "CASCADING",
    groups: [group("division", [], { groups: [group("team", [tokens(70)])] })],
  }),
]);

async function create(gateway: GatewayEmulator, parent: string, models: unknown[]) {
  const { id } = await groupOf(gateway, parent);
  return management(gateway).post("/groups", {
    metadata: { external_entity_id: "new" },
    models,
    hierarchy: { limit_enforcement: "CASCADING", parent_group_id: id },
  });
}

describe("G-6: no threshold above an ancestor's", () => {
  it.each(["org", "division"])(
    "creating a child of %s above org's 100 is refused, 100 is not",
    async (parent) => {
      await using gateway = await startGatewayEmulator({ seed: ORG });
      const refused = await create(gateway, parent, [model(SLUG, tokens(101))]);
      expect(refused.status).toBe(400);
      expect(refused.body).toEqual(EXCEEDS);
      expect(refused.headers.get("x-emulator-hint")).toContain(`TOKEN/MINUTE of ${SLUG}: 101`);
      expect(await groupOf(gateway, "new")).toBeUndefined();
      expect((await create(gateway, parent, [model(SLUG, tokens(100))])).status).toBe(200);
    },
  );

  it.each(["division", "team"])(
    "raising %s above org's 100 is refused, to 100 is not",
    async (descendant) => {
      await using gateway = await startGatewayEmulator({ seed: ORG });
      const before = await groupOf(gateway, descendant);
      const refused = await setLimits(gateway, descendant, tokens(101));
      expect([refused.status, refused.body]).toEqual([400, EXCEEDS]);
      expect(await groupOf(gateway, descendant)).toEqual(before);
      expect((await setLimits(gateway, descendant, tokens(100))).status).toBe(200);
    },
  );

  it.each(["org", "division"])("lowering %s below team's 70 is refused, to 70 is not", async (ancestor) => {
    await using gateway = await startGatewayEmulator({ seed: ORG });
    const before = await groupOf(gateway, ancestor);
    const refused = await setLimits(gateway, ancestor, tokens(69));
    expect([refused.status, refused.body]).toEqual([400, EXCEEDS]);
    expect(await groupOf(gateway, ancestor)).toEqual(before);
    expect((await setLimits(gateway, ancestor, tokens(70))).status).toBe(200);
  });

  it("both orders: down from the leaf and up from the root go through, the other way round not", async () => {
    await using gateway = await startGatewayEmulator({ seed: ORG });
    const set = async (entity: string, threshold: number) =>
      (await setLimits(gateway, entity, tokens(threshold))).status;
    expect([await set("org", 50), await set("team", 50), await set("org", 50)]).toEqual([400, 200, 200]);
    expect([await set("team", 200), await set("org", 200), await set("team", 200)]).toEqual([400, 200, 200]);
  });

  it("a refused change changes nothing that is enforced (B-2)", async () => {
    await using gateway = await startGatewayEmulator({ seed: ORG });
    await setLimits(gateway, "team", tokens(1_000));
    await setLimits(gateway, "org", tokens(1));
    expect(await status(gateway, "team", { usage: "70/0" })).toBe(200);
    expect(await status(gateway, "team", { usage: "1/0" })).toBe(429);
    expect(await status(gateway, "org", { usage: "30/0" })).toBe(200);
    expect(await status(gateway, "org", { usage: "1/0" })).toBe(429);
  });

  it("compares only the same slug, type and unit, and usage limits as well", async () => {
    await using gateway = await startGatewayEmulator({ seed: ORG });
    const entries = [
      model(SLUG, perSecond("TOKEN", 999), perDay("REQUEST", 5)),
      model(OTHER_SLUG, tokens(999)),
    ];
    expect((await create(gateway, "org", entries)).status).toBe(200);
    const refused = await setLimits(gateway, "org", tokens(100), perDay("REQUEST", 4));
    expect([refused.status, refused.body]).toEqual([400, EXCEEDS]);
    expect((await setLimits(gateway, "org", tokens(100), perDay("REQUEST", 5))).status).toBe(200);
  });

  it("a deleted child no longer holds its ancestors up", async () => {
    await using gateway = await startGatewayEmulator({ seed: ORG });
    const { id } = await groupOf(gateway, "team");
    expect((await management(gateway).delete(`/groups/${id}`)).status).toBe(200);
    expect((await setLimits(gateway, "org", tokens(1))).status).toBe(200);
  });

  it("INDEPENDENT trees have no such rule (L-5)", async () => {
    await using gateway = await startGatewayEmulator({
      seed: world([group("org", [tokens(100)], { groups: [group("team", [tokens(1_000)])] })]),
    });
    expect((await setLimits(gateway, "org", tokens(1))).status).toBe(200);
    expect((await setLimits(gateway, "team", tokens(5_000))).status).toBe(200);
  });
});
