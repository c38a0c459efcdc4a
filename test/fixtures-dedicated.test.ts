import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { startGatewayEmulator } from "../src/index.js";
import { ask, passing } from "./dedicated/support.js";

const FILE = fileURLToPath(new URL("../fixtures/dedicated.yaml", import.meta.url));
const KEY = "emulator.invoke-acme";
const MODEL = "model-3kz9xqd";
const PREDICT = "/environments/production/predict";
const start = () => startGatewayEmulator({ seed: FILE });

describe("fixtures/dedicated.yaml", () => {
  it("answers every curl line of its comment with success, but the one that says 404", async () => {
    await using gateway = await start();
    const comment = readFileSync(FILE, "utf8").replaceAll(/\\\n#/g, "").replaceAll(/^# ?/gm, "");
    const lines = [
      ...comment.matchAll(
        /curl (?:-X POST )?http:\/\/127\.0\.0\.1:4110\/_host\/([\w-]+)\.api\.baseten\.co(\S+)\s+-H 'Authorization: Bearer ([^']+)'(?:\s+(-d|--json) '([^']+)')?/g,
      ),
    ];
    expect(lines).toHaveLength(6);
    await gateway.clock.freeze();
    for (const [line, label = "", path = "", key = "", option, body] of lines) {
      const headers = {
        "Content-Type": option === "-d" ? "application/x-www-form-urlencoded" : "application/json",
      };
      const answer = await ask(gateway, label, path, {
        key,
        scheme: "Bearer",
        ...(body === undefined ? {} : { headers, body }),
      });
      expect([line, answer.status]).toEqual([
        line,
        path.includes("old0001") ? 404 : path.endsWith("wake") ? 202 : 200,
      ]);
    }
  });

  it("does what its prompts say", async () => {
    await using gateway = await start();
    await gateway.clock.freeze();
    const say = (prompt: string) =>
      passing(gateway, ask(gateway, MODEL, PREDICT, { key: KEY, json: { prompt } }));
    expect((await say("What is the meaning of life?")).text).toBe('{"output":"42"}');
    expect((await say("anything")).text).toBe('{"prompt":"anything"}');
    expect((await say("stream")).text).toBe("It comes in pieces.");
    expect((await say("image")).headers.get("content-type")).toBe("image/png");
    expect((await say("crash")).status).toBe(500);
    const flaky = [await say("flaky"), await say("flaky"), await say("flaky")];
    expect(flaky.map(({ status }) => status)).toEqual([502, 503, 200]);
  });

  it("has a sleeping staging, an own route, and embeddings of eight numbers", async () => {
    await using gateway = await start();
    await gateway.clock.freeze();
    const regional = await passing(
      gateway,
      ask(gateway, `${MODEL}-staging`, "/predict", { key: KEY, json: {} }),
    );
    expect(regional.status).toBe(200);
    expect(await gateway.requests({ path: "/predict" })).toMatchObject([{ durationMs: 8_000 }]);
    const item = await ask(gateway, MODEL, "/production/sync/items/7", { key: KEY, method: "GET" });
    expect(item.body).toEqual({ item: 7, name: "lamp" });
    const embeddings = await ask(gateway, "model-b3dd1ng", "/production/sync/v1/embeddings", {
      key: KEY,
      json: { model: "any", input: "a red fox" },
    });
    expect(embeddings.body.data[0].embedding).toHaveLength(8);
  });
});
