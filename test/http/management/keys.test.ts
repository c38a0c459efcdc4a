import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../../src/index.js";
import { call, management, QUICKSTART } from "../../support/client.js";
import { chat, createGroup, expectRefusal, groupId, mintKey, opened } from "./support.js";

/** What chat answers to a key that is not, or no longer, good. */
const WRONG_KEY = '{"error":"please check the api-key you provided"}\n';

describe("mint", () => {
  test("K-1: POST answers the whole key, its prefix and its name, byte for byte", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const id = await groupId(gateway, "org");
    const minted = await management(gateway).post(`/groups/${id}/api_keys`, { name: "prod" });
    const { api_key, prefix } = minted.body;
    expect(api_key).toMatch(/^sky_[A-Za-z0-9]{12}\.[A-Za-z0-9]{16,}$/);
    expect(prefix).toBe(api_key.slice(0, 16));
    expect([minted.status, minted.text]).toEqual([
      200,
      `{"api_key":"${api_key}","prefix":"${prefix}","name":"prod"}`,
    ]);
  });

  test("K-1: name and body may be absent", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const id = await groupId(gateway, "org");
    for (const body of [undefined, {}, { name: null }, ""]) {
      const minted = await management(gateway).post(`/groups/${id}/api_keys`, body);
      expect(minted).toMatchObject({ status: 200, body: { name: null } });
    }
    for (const body of [{ name: 1 }, { name: "x".repeat(256) }]) {
      expectRefusal(await management(gateway).post(`/groups/${id}/api_keys`, body), 400, "name");
    }
  });

  test("K-1, K-6: a minted key works at once and spends its group's limits", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const rate_limits = [{ type: "REQUEST", unit: "MINUTE", threshold: 2 }];
    const id = await createGroup(gateway, "g", { models: [{ slug: "acme/llama", rate_limits }] });
    const [one, two] = [await mintKey(gateway, id), await mintKey(gateway, id)];
    expect(await chat(gateway, one)).toMatchObject({ status: 200 });
    expect(await chat(gateway, two)).toMatchObject({ status: 200 });
    expect(await chat(gateway, one)).toMatchObject({ status: 429 });
    expect(await chat(gateway, two)).toMatchObject({ status: 429 });
  });

  test("K-1: the plaintext is shown once: not in any list, journal or state file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gateway-emulator-"));
    try {
      const gateway = await startGatewayEmulator({ seed: QUICKSTART, state: join(folder, "state.db") });
      const id = await groupId(gateway, "org");
      const key = await mintKey(gateway, id);
      const secret = key.slice(17);
      await chat(gateway, key);
      for (const path of ["/api_keys", `/api_keys/${key.slice(0, 16)}`]) {
        const answer = await management(gateway).get(`/groups/${id}${path}`);
        expect(answer.text).toContain(key.slice(0, 16));
        expect(answer.text).not.toContain(secret);
      }
      expect((await call(gateway, "GET", "/_emulator/requests")).text).not.toContain(secret);
      const whileOpen = await contentsOf(folder);
      await gateway.stop();
      for (const bytes of [...whileOpen, ...(await contentsOf(folder))]) {
        expect(bytes.includes(secret)).toBe(false);
      }
      expect(whileOpen.some((bytes) => bytes.includes(key.slice(0, 16)))).toBe(true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("K-1, G-9: a group that is deleted while the body is on its way gets no key", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const id = await createGroup(gateway, "g");
    const send = await opened(gateway, `/groups/${id}/api_keys`);
    expect(await management(gateway).delete(`/groups/${id}`)).toMatchObject({ status: 200 });
    expect(await send('{"name":"late"}')).toBe(404);
  });
});

describe("list, get, revoke", () => {
  test("K-2: the list and a single read show prefix and name, byte for byte", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const id = await groupId(gateway, "org");
    const item = '{"prefix":"sky_acmeprod0001","name":"acme-prod"}';
    const list = await api.get(`/groups/${id}/api_keys`);
    expect([list.status, list.text]).toEqual([
      200,
      `{"items":[${item}],"pagination":{"has_more":false,"cursor":null}}`,
    ]);
    const one = await api.get(`/groups/${id}/api_keys/sky_acmeprod0001`);
    expect([one.status, one.text]).toEqual([200, item]);
  });

  test("K-2: unknown, revoked and other groups' prefixes are 404", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const api = management(gateway);
    const [id, other] = [await groupId(gateway, "org"), await createGroup(gateway, "other")];
    const key = await mintKey(gateway, id);
    const prefix = key.slice(0, 16);
    const revoked = await api.delete(`/groups/${id}/api_keys/${prefix}`);
    expect([revoked.status, revoked.text]).toEqual([200, `{"prefix":"${prefix}"}`]);
    for (const path of [
      `/groups/${id}/api_keys/sky_unknown00000`,
      `/groups/${id}/api_keys/${prefix}`,
      `/groups/${other}/api_keys/sky_acmeprod0001`,
      `/groups/${id}/api_keys/sky_acmeprod000`,
    ]) {
      expectRefusal(await api.get(path), 404);
      expectRefusal(await api.delete(path), 404);
    }
    expect(await chat(gateway, String(gateway.keys["acme-prod"]))).toMatchObject({ status: 200 });
  });

  test("K-2, X-16: revocation is immediate and final; other keys of the group go on", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const id = await groupId(gateway, "org");
    const [lost, kept] = [await mintKey(gateway, id), await mintKey(gateway, id)];
    expect(await chat(gateway, lost)).toMatchObject({ status: 200 });
    await management(gateway).delete(`/groups/${id}/api_keys/${lost.slice(0, 16)}`);
    const refused = await chat(gateway, lost);
    expect([refused.status, refused.text]).toEqual([403, WRONG_KEY]);
    expect(await chat(gateway, kept)).toMatchObject({ status: 200 });
    const { items } = (await management(gateway).get(`/groups/${id}/api_keys`)).body;
    expect(items.map((item: { prefix: string }) => item.prefix)).not.toContain(lost.slice(0, 16));
  });

  test("K-2, L-1: revoking a key gives its group nothing back", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const rate_limits = [{ type: "REQUEST", unit: "MINUTE", threshold: 1 }];
    const id = await createGroup(gateway, "g", { models: [{ slug: "acme/llama", rate_limits }] });
    const key = await mintKey(gateway, id);
    expect(await chat(gateway, key)).toMatchObject({ status: 200 });
    await management(gateway).delete(`/groups/${id}/api_keys/${key.slice(0, 16)}`);
    expect(await chat(gateway, await mintKey(gateway, id))).toMatchObject({ status: 429 });
  });
});

/** The bytes of every file in a folder: the state file and its journal. */
async function contentsOf(folder: string): Promise<Buffer[]> {
  return Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
}
