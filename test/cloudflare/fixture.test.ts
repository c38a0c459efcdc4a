import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import { until } from "../scenarios/support.js";
import { call } from "../support/client.js";
import { CHAT_PATH, HOST, ownError, upstream } from "./support.js";

const start = () =>
  startGatewayEmulator({ seed: fileURLToPath(new URL("../../fixtures/cloudflare.yaml", import.meta.url)) });

const TOKEN = { "cf-aig-authorization": "Bearer cf-local-token" };
const say = (content: string, model = "acme/llama") => ({ model, messages: [{ role: "user", content }] });

function send(gateway: GatewayEmulator, path: string, body: object, headers: Record<string, string>) {
  return call(gateway, "POST", `${HOST}/v1/my-account/my-gateway${path}`, { key: null, headers, body });
}

describe("fixtures/cloudflare.yaml", () => {
  test("1: the stored key answers, and the second time the cache does", async () => {
    await using gateway = await start();
    const ask = () => send(gateway, CHAT_PATH, say("What is Cloudflare?"), TOKEN);
    const statuses = [await ask(), await ask()].map(({ headers }) => headers.get("cf-aig-cache-status"));
    expect(statuses).toEqual(["MISS", "HIT"]);
    expect(await upstream(gateway)).toHaveLength(1);
  });

  test("2: without the token it is 2009", async () => {
    await using gateway = await start();
    const key = { Authorization: "Api-Key sky_cloudflare01.local-secret" };
    const refused = await send(gateway, CHAT_PATH, say("hello"), key);
    expect([refused.status, refused.text]).toEqual([401, ownError(401, 2009, "Unauthorized")]);
    expect((await send(gateway, CHAT_PATH, say("hello"), { ...key, ...TOKEN })).status).toBe(200);
  });

  test("3: the unified route", async () => {
    await using gateway = await start();
    const body = say("hello", "baseten/acme/llama");
    expect((await send(gateway, "/compat/chat/completions", body, TOKEN)).body.model).toBe("acme/llama");
  });

  test("4: what is flaky is asked three times", async () => {
    await using gateway = await start();
    await gateway.clock.freeze();
    const answer = send(gateway, CHAT_PATH, say("flaky"), TOKEN);
    let done = false;
    void answer.then(() => {
      done = true;
    });
    await until(async () => {
      await gateway.clock.advance("1s");
      return done;
    });
    expect((await answer).status).toBe(200);
    expect((await upstream(gateway)).map(({ status }) => status)).toEqual([529, 529, 200]);
  });
});
