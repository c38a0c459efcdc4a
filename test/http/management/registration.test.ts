import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../../src/index.js";
import { call, management, QUICKSTART } from "../../support/client.js";
import { chat, createGroup, expectExactly, expectRefusal, groupId, opened } from "./support.js";

/** The first test vector of RFC 8032, section 7.1: a private key whose public key is known. */
const PRIVATE_KEY = privateKey("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
const PUBLIC_KEY = Buffer.from("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "hex");

function privateKey(hex: string): KeyObject {
  const der = Buffer.from(`302e020100300506032b657004220420${hex}`, "hex");
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

const [workspace] = QUICKSTART.workspaces;
const SEED = {
  ...QUICKSTART,
  workspaces: [{ ...workspace, name: "acme", registration_public_key: PUBLIC_KEY.toString("base64") }],
};

const NO_PUBLIC_KEY = "Must configure a public key before registering API keys";
const BAD_SIGNATURE = "Signature verification failed";
/** 36 characters with enough entropy (K-5). */
const KEY = "customer-0001.abcdefghijklmnopqrstuv";

function signatureOf(body: string, key: KeyObject = PRIVATE_KEY): string {
  return sign(null, Buffer.from(body), key).toString("base64");
}

/** Registers with exactly this body, signed unless a signature (or none: null) is given. */
function register(
  gateway: GatewayEmulator,
  group: string,
  body: string | object,
  signature: string | null = signatureOf(typeof body === "string" ? body : JSON.stringify(body)),
) {
  return call(gateway, "POST", `/v1/gateway/groups/${group}/api_keys/register`, {
    body,
    headers: signature === null ? {} : { "X-Baseten-Signature": signature },
  });
}

describe("signature", () => {
  test("K-3: the test's key pair is the one of RFC 8032", () => {
    const { x } = createPublicKey(PRIVATE_KEY).export({ format: "jwk" });
    expect(Buffer.from(String(x), "base64url")).toEqual(PUBLIC_KEY);
  });

  test("K-3: a signed registration answers ok, byte for byte", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const id = await groupId(gateway, "org");
    const answer = await register(gateway, id, { key: KEY, name: "theirs" });
    expect([answer.status, answer.text]).toEqual([200, '{"ok":true}']);
  });

  test("K-3: what is signed is the exact bytes of the body, whitespace and all", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const id = await groupId(gateway, "org");
    const spaced = ` { "name" : "caf\u00e9",\n\t"key": ${JSON.stringify(KEY)} }\n`;
    const compact = JSON.stringify(JSON.parse(spaced));
    expectExactly(await register(gateway, id, spaced, signatureOf(compact)), 400, BAD_SIGNATURE);
    expectExactly(await register(gateway, id, compact, signatureOf(spaced)), 400, BAD_SIGNATURE);
    expect(await register(gateway, id, spaced)).toMatchObject({ status: 200 });
  });

  test("K-4: without a public key on file everything is 400 with the documented message", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const id = await groupId(gateway, "org");
    for (const body of [{ key: KEY }, {}, "not JSON"]) {
      for (const signature of [null, "junk", signatureOf(JSON.stringify(body))]) {
        expectExactly(await register(gateway, id, body, signature), 400, NO_PUBLIC_KEY);
      }
    }
  });

  test("K-4: a missing, non-base64 or wrong signature is 400 with the documented message", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const id = await groupId(gateway, "org");
    const body = JSON.stringify({ key: KEY });
    const good = signatureOf(body);
    const wrong = [
      null,
      "",
      "not base64!",
      "AAAA",
      `${good}AAAA`,
      good.slice(0, -4),
      good.replace(/=+$/, ""),
      Buffer.from(good, "base64").toString("hex"),
      Buffer.from(good, "base64").toString("base64url"),
      Buffer.alloc(64).toString("base64"),
      signatureOf(`${body} `),
      signatureOf(body, generateKeyPairSync("ed25519").privateKey),
    ];
    for (const signature of wrong) {
      expectExactly(await register(gateway, id, body, signature), 400, BAD_SIGNATURE);
    }
    expect(await register(gateway, id, body, good)).toMatchObject({ status: 200 });
  });

  test("K-4, B-2: the signature is checked before the body is looked at, the group before both", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const id = await groupId(gateway, "org");
    for (const body of ["not JSON", "[]", {}, { key: "short" }]) {
      expectExactly(await register(gateway, id, body, "junk"), 400, BAD_SIGNATURE);
      expectRefusal(await register(gateway, "nowhere1", body, "junk"), 404);
    }
    expectRefusal(await register(gateway, id, "not JSON"), 400, "JSON");
    expectRefusal(await register(gateway, id, {}), 400, "key");
    expectRefusal(await register(gateway, id, { key: 7 }), 400, "key");
    expectRefusal(await register(gateway, id, { key: KEY, name: 7 }), 400, "name");
  });
});

describe("key", () => {
  test("K-5: 32 to 128 characters", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const id = await groupId(gateway, "org");
    const ofLength = (start: string, length: number) =>
      `${start}${"0123456789abcdef".repeat(8)}`.slice(0, length);
    for (const [start, length, status] of [
      ["short-key-number", 31, 400],
      ["short-key-number", 32, 200],
      ["longer-key-numbe", 129, 400],
      ["longer-key-numbe", 128, 200],
    ] as const) {
      const answer = await register(gateway, id, { key: ofLength(start, length) });
      expect(answer).toMatchObject({ status });
      if (status === 400) expectRefusal(answer, 400, "key", String(length));
    }
    expectRefusal(await register(gateway, id, { key: "" }), 400, "key");
  });

  test("K-5: at least 3.0 bits of Shannon entropy per character", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const id = await groupId(gateway, "org");
    // Eight characters, each four times: log2(8) bits exactly. Seven can never come to that.
    expect(await register(gateway, id, { key: "abcdefgh".repeat(4) })).toMatchObject({ status: 200 });
    for (const key of [
      "a".repeat(32),
      "ab".repeat(16),
      "gfedcba".repeat(8),
      `${"h".repeat(5)}${"hgfedcba".repeat(4)}`,
    ]) {
      expectRefusal(await register(gateway, id, { key }), 400, "entropy");
    }
  });

  test("K-5: the first 16 characters are new to the workspace, revoked and deleted keys included", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const id = await groupId(gateway, "org");
    const other = await createGroup(gateway, "other");
    expect(await register(gateway, id, { key: KEY })).toMatchObject({ status: 200 });
    const sameStart = `${KEY.slice(0, 16)}${[...KEY.slice(16)].reverse().join("")}`;
    for (const group of [id, other]) {
      expectRefusal(await register(gateway, group, { key: KEY }), 400, "key");
      expectRefusal(await register(gateway, group, { key: sameStart }), 400, "key");
    }
    expectRefusal(await register(gateway, id, { key: "sky_acmeprod0001.another-local-secret" }), 400, "key");
    await management(gateway).delete(`/groups/${id}/api_keys/${KEY.slice(0, 16)}`);
    for (const key of [KEY, sameStart]) {
      expectRefusal(await register(gateway, other, { key }), 400, "key");
    }
    await management(gateway).delete(`/groups/${id}`);
    expectRefusal(await register(gateway, other, { key: sameStart }), 400, "key");
    const nextStart = `n${KEY.slice(1)}`;
    expect(await register(gateway, other, { key: nextStart })).toMatchObject({ status: 200 });
  });

  test("K-5, K-2: a registered key works exactly like a minted one", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const api = management(gateway);
    const rate_limits = [{ type: "REQUEST", unit: "MINUTE", threshold: 1 }];
    const id = await createGroup(gateway, "g", { models: [{ slug: "acme/llama", rate_limits }] });
    await register(gateway, id, { key: KEY, name: "theirs" });
    const prefix = KEY.slice(0, 16);
    expect((await api.get(`/groups/${id}/api_keys/${prefix}`)).body).toEqual({ prefix, name: "theirs" });
    expect((await api.get(`/groups/${id}/api_keys`)).body.items).toEqual([{ prefix, name: "theirs" }]);
    expect(await chat(gateway, KEY)).toMatchObject({ status: 200 });
    expect(await chat(gateway, KEY)).toMatchObject({ status: 429 });
    expect(await chat(gateway, KEY.slice(0, -1))).toMatchObject({ status: 403 });
    expect(await api.delete(`/groups/${id}/api_keys/${prefix}`)).toMatchObject({ status: 200 });
    expect(await chat(gateway, KEY)).toMatchObject({ status: 403 });
  });

  test("K-5: the journal keeps nothing of a registered key but its prefix, refused ones included", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const id = await groupId(gateway, "org");
    await register(gateway, id, { key: KEY });
    await register(gateway, id, { key: KEY });
    await register(gateway, id, { key: KEY }, "junk");
    await register(gateway, id, { key: KEY, name: 7 });
    const journal = await call(gateway, "GET", "/_emulator/requests");
    expect(journal.body.items.length).toBeGreaterThanOrEqual(4);
    expect(journal.text).not.toContain(KEY.slice(16));
  });

  test("K-3, G-9: a group that is deleted while the body is on its way gets no key", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const id = await createGroup(gateway, "g");
    const body = JSON.stringify({ key: KEY });
    const headers = { "X-Baseten-Signature": signatureOf(body) };
    const send = await opened(gateway, `/groups/${id}/api_keys/register`, headers);
    expect(await management(gateway).delete(`/groups/${id}`)).toMatchObject({ status: 200 });
    expect(await send(body)).toBe(404);
    expect(await chat(gateway, KEY)).toMatchObject({ status: 403 });
  });

  test("K-3, G-9: a group that is deleted takes its registered keys along", async () => {
    await using gateway = await startGatewayEmulator({ seed: SEED });
    const id = await createGroup(gateway, "g");
    await register(gateway, id, { key: KEY });
    expect(await chat(gateway, KEY)).toMatchObject({ status: 200 });
    await management(gateway).delete(`/groups/${id}`);
    expect(await chat(gateway, KEY)).toMatchObject({ status: 403 });
  });
});
