import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { chat, FEDERATED_KEY, seedWith } from "../support/chat.js";
import { BASETEN_TARGET, management } from "../support/client.js";

const WORKSPACE_KEY = "acmeall1.manage-all";

/** Workspace `acme` with both kinds of keys, then a later seed that hands one of them out again. */
async function handOut(workspace: object) {
  const gateway = await startGatewayEmulator({
    seed: seedWith({ workspace: { api_keys: [{ key: WORKSPACE_KEY }] } }),
  });
  const seed: object = { workspaces: [workspace] };
  return { gateway, seeding: gateway.seed(seed) };
}

/** A workspace whose only group has this key. */
const groupKey = (name: string, key: string) => ({
  name,
  endpoints: [{ slug: `${name}/other`, targets: [BASETEN_TARGET] }],
  groups: [
    { external_entity_id: "taker", models: [{ slug: `${name}/other` }], keys: [{ name: "taken", key }] },
  ],
});

describe("K-5: a key has one holder, whatever its kind", () => {
  test.each([
    ["a federated key, to a group of another workspace", groupKey("globex", FEDERATED_KEY)],
    ["a workspace key, to a group of its own workspace", groupKey("acme", WORKSPACE_KEY)],
    ["a workspace key, to a group of another workspace", groupKey("globex", WORKSPACE_KEY)],
    ["a workspace key, to another workspace", { name: "globex", api_keys: [{ key: WORKSPACE_KEY }] }],
    ["a federated key, to its own workspace", { name: "acme", api_keys: [{ key: FEDERATED_KEY }] }],
    ["a federated key, to another workspace", { name: "globex", api_keys: [{ key: FEDERATED_KEY }] }],
  ])("%s: refused, and both go on as before", async (_, workspace) => {
    const { gateway, seeding } = await handOut(workspace);
    await using _stopped = gateway;
    await expect(seeding).rejects.toThrow("this key is already in use");
    expect((await chat(gateway)).status).toBe(200);
    expect((await management(gateway, WORKSPACE_KEY).get("/groups")).status).toBe(200);
    expect((await management(gateway, FEDERATED_KEY).get("/groups")).status).toBe(403);
  });

  test("a workspace key, to its own workspace again: it stays what it is", async () => {
    const { gateway, seeding } = await handOut({ name: "acme", api_keys: [{ key: WORKSPACE_KEY }] });
    await using _stopped = gateway;
    await seeding;
    expect((await management(gateway, WORKSPACE_KEY).get("/groups")).status).toBe(200);
  });
});
