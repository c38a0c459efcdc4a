import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../../src/index.js";
import { call, management } from "../../support/client.js";
import { expectExactly, expectRefusal, KEYS, TWO_WORKSPACES } from "./support.js";

const PATH = "/v1/secrets";

function upsert(gateway: GatewayEmulator, name: string, value = "sk-very-secret-value") {
  return call(gateway, "POST", PATH, { body: { name, value } });
}

async function names(gateway: GatewayEmulator, key?: string): Promise<string[]> {
  const { body } = await call(gateway, "GET", PATH, key === undefined ? {} : { key });
  return body.secrets.map(({ name }: { name: string }) => name);
}

const OPENAI = (secret_id: string) => ({
  targets: [{ provider: "OPENAI" as const, secret_id, target_model: "gpt-5" }],
});

describe("secrets (I-7, E-7)", () => {
  test("POST answers the secret without its value, byte for byte, and GET lists it", async () => {
    const seed = {
      clock: "2026-06-17T12:00:00Z",
      workspaces: [{ name: "acme", team: { name: "Search" }, secrets: [{ id: "sec1" }] }],
    };
    await using gateway = await startGatewayEmulator({ seed });
    await gateway.clock.advance("1s");
    const made = await upsert(gateway, "openai-key");
    const { id } = made.body;
    expect(id).toMatch(/^[A-Za-z0-9]{8}$/);
    const text = `{"id":"${id}","created_at":"2026-06-17T12:00:01Z","name":"openai-key","team_name":"Search"}`;
    expect([made.status, made.text]).toEqual([200, text]);
    expect((await call(gateway, "GET", PATH)).text).toBe(
      `{"secrets":[{"id":"sec1","created_at":"2026-06-17T12:00:00Z","name":"sec1","team_name":"Search"},${text}]}`,
    );
  });

  test("the same name again is the same secret: id and creation stay, there is no second one", async () => {
    await using gateway = await startGatewayEmulator({ seed: { clock: "2026-06-17T12:00:00Z" } });
    const first = await upsert(gateway, "openai-key");
    await gateway.clock.advance("1h");
    expect((await upsert(gateway, "openai-key", "rotated")).text).toBe(first.text);
    expect(await names(gateway)).toEqual(["openai-key"]);
  });

  test("the value is nowhere: not in the journal, not in the answer, not in an error", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const value = "sk-very-secret-value";
    await call(gateway, "POST", PATH, { body: { name: "a", value } });
    const wrong = await call(gateway, "POST", PATH, { body: { name: 1, value } });
    expectRefusal(wrong, 400, "name");
    const requests = await gateway.requests({});
    const details = await Promise.all(
      requests.map(
        async ({ seq }) => (await call(gateway, "GET", `/_emulator/requests/${seq}`, { key: null })).text,
      ),
    );
    expect(requests.length).toBeGreaterThan(1);
    expect(details.join() + JSON.stringify(requests) + wrong.text).not.toContain(value);
  });

  test("E-7: a seed's secrets and new ones can be named by endpoints, others cannot", async () => {
    const seed = { workspaces: [{ name: "acme", secrets: [{ id: "sec1", name: "openai-key" }] }] };
    await using gateway = await startGatewayEmulator({ seed });
    const create = (slug: string, id: string) =>
      management(gateway).post("/endpoints", { slug, ...OPENAI(id) });
    expect((await create("acme/a", "sec1")).status).toBe(200);
    expectExactly(await create("acme/b", "sec2"), 400, "targets.0.secret_id: unknown secret sec2");
    const { id } = (await upsert(gateway, "another")).body;
    expect((await create("acme/b", id)).status).toBe(200);
    expectExactly(
      await create("acme/c", "openai-key"),
      400,
      "targets.0.secret_id: unknown secret openai-key",
    );
  });

  test("E-7: a secret made over HTTP does not begin the checks where a seed declares none", async () => {
    await using gateway = await startGatewayEmulator({ seed: { workspaces: [{ name: "acme" }] } });
    await upsert(gateway, "openai-key");
    const made = await management(gateway).post("/endpoints", { slug: "acme/a", ...OPENAI("whatever") });
    expect(made.status).toBe(200);
  });

  test("each workspace has its own; names may be the same", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    for (const key of [KEYS.acme, KEYS.globex]) {
      const made = await call(gateway, "POST", PATH, { key, body: { name: "openai-key", value: "v" } });
      expect(made.status).toBe(200);
    }
    await call(gateway, "POST", PATH, { key: KEYS.globex, body: { name: "theirs", value: "v" } });
    expect(await names(gateway, KEYS.acme)).toEqual(["openai-key"]);
  });

  test("a later seed replaces what seeds declared, not what was made over HTTP", async () => {
    const declaring = (secrets: { id: string; name?: string }[]) => ({
      workspaces: [{ name: "acme", secrets }],
    });
    await using gateway = await startGatewayEmulator({ seed: declaring([{ id: "s1" }, { id: "s2" }]) });
    await upsert(gateway, "made");
    await gateway.seed(declaring([{ id: "s2", name: "renamed" }, { id: "s3" }]));
    expect((await names(gateway)).sort()).toEqual(["made", "renamed", "s3"]);
    await expect(gateway.seed(declaring([{ id: "s4", name: "made" }]))).rejects.toThrow(
      'two secrets named "made"',
    );
    expect((await names(gateway)).sort()).toEqual(["made", "renamed", "s3"]);
  });

  test("B-1: wrong bodies are 400 and make nothing", async () => {
    await using gateway = await startGatewayEmulator({ seed: TWO_WORKSPACES });
    const post = (body: unknown) => call(gateway, "POST", PATH, { body });
    expectRefusal(await post({ name: "a" }), 400, "value");
    expectRefusal(await post({ value: "v" }), 400, "name");
    expectRefusal(await post({ name: "", value: "v" }), 400, "name");
    expectRefusal(await post({ name: "a", value: { deep: 1 } }), 400, "value");
    expect(await names(gateway)).toEqual([]);
  });
});
