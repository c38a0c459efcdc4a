import { describe, expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import {
  ask,
  dedicated,
  FEDERATED_KEY,
  hostUrl,
  INVOKE_KEY,
  MODEL,
  MODEL_PLACES,
  places,
  WORKSPACE_KEY,
} from "./support.js";

const CHAIN = "chain-ch4in01";
const PROMPT = { prompt: "What is the meaning of life?" };

describe("where a request goes (I-5)", () => {
  test("predict gives the input back when no rule speaks (Y-24), whichever way the deployment is named", async () => {
    await using gateway = await startGatewayEmulator({ seed: dedicated() });
    for (const [label, prefix] of MODEL_PLACES) {
      const answer = await ask(gateway, label, `${prefix}/predict`, { json: PROMPT });
      expect([prefix, answer.status, answer.text]).toEqual([prefix, 200, JSON.stringify(PROMPT)]);
      expect(answer.headers.get("content-type")).toBe("application/json");
      expect(answer.headers.get("x-baseten-request-id")).toMatch(/^[0-9a-f]{32}$/);
    }
    const notes = (await gateway.requests({ surface: "dedicated" })).flatMap((entry) => entry.notes);
    const staging = "model 3kZ9xqd, environment staging, deployment 3kZ9xqd-staging";
    expect(notes).toEqual([
      "model 3kZ9xqd, environment production, deployment 3kZ9xqd-production",
      "model 3kZ9xqd, environment development, deployment 3kZ9xqd-development",
      staging,
      staging,
      staging,
    ]);
  });

  test("development is there when it is declared (Y-23)", async () => {
    const named = dedicated({ model: { environments: ["staging"] } });
    await using without = await startGatewayEmulator({ seed: named });
    expect((await ask(without, MODEL, "/development/predict", { json: {} })).status).toBe(404);
    const seed = dedicated({ model: { environments: ["development"] } });
    await using gateway = await startGatewayEmulator({ seed });
    expect((await ask(gateway, MODEL, "/development/predict", { json: {} })).status).toBe(200);
    expect((await ask(gateway, MODEL, "/environments/staging/predict", { json: {} })).status).toBe(404);
    expect((await ask(gateway, MODEL, "/production/predict", { json: {} })).status).toBe(200);
  });

  test("regional hosts have bare paths only, the others none", async () => {
    const seed = dedicated({
      models: [
        { id: "3kZ9xqd-eu", environments: ["prod-us"] },
        { id: "mx", environments: ["prod-us"] },
      ],
    });
    await using gateway = await startGatewayEmulator({ seed });
    const regional = `${MODEL}-staging`;
    expect((await ask(gateway, regional, "/predict", { json: {} })).status).toBe(200);
    expect((await ask(gateway, "model-mx-prod-us", "/predict", { json: {} })).status).toBe(200);
    // The longest id that is known wins: this is no environment eu-prod-us of 3kZ9xqd.
    expect((await ask(gateway, "model-3kz9xqd-eu-prod-us", "/predict", { json: {} })).status).toBe(200);
    const [, journalled] = await gateway.requests({ path: "/predict" });
    expect(journalled?.notes).toEqual(["model mx, environment prod-us, deployment mx-prod-us"]);
    for (const [label, path] of [
      [regional, "/production/predict"],
      [regional, "/deployment/3kZ9xqd-staging/predict"],
      [MODEL, "/predict"],
      // An id as a whole is no region of a shorter one.
      ["model-3kz9xqd-eu", "/predict"],
    ] as const) {
      const answer = await ask(gateway, label, path, { json: {} });
      expect([label, path, answer.status, answer.text]).toEqual([
        label,
        path,
        404,
        '{"error":"not found","error_code":"client_error"}',
      ]);
      expect(answer.headers.get("x-emulator-hint")).toMatch(/[Pp]aths? without/);
    }
  });

  test("chains run, models predict", async () => {
    await using gateway = await startGatewayEmulator({
      seed: dedicated({
        predictions: [{ match: { chain: "rag", body: { "q.0": "one" } }, reply: { json: { hits: 1 } } }],
      }),
    });
    for (const [label, prefix] of places(CHAIN, "ch4in01")) {
      const run = await ask(gateway, label, `${prefix}/run_remote`, { json: { q: ["one"] } });
      expect([prefix, run.status, run.text]).toEqual([prefix, 200, '{"hits":1}']);
    }
    expect((await ask(gateway, CHAIN, "/production/predict", { json: {} })).status).toBe(404);
    expect((await ask(gateway, MODEL, "/production/run_remote", { json: {} })).status).toBe(404);
    expect((await ask(gateway, CHAIN, "/production/sync/health", { method: "GET" })).status).toBe(404);
  });

  test("the journal says what was reached", async () => {
    await using gateway = await startGatewayEmulator({ seed: dedicated() });
    await ask(gateway, MODEL, "/environments/staging/predict", { json: PROMPT, key: INVOKE_KEY });
    expect(await gateway.requests({ surface: "dedicated", slug: "3kZ9xqd" })).toMatchObject([
      {
        path: "/environments/staging/predict",
        status: 200,
        keyPrefix: "emulator",
        requestBody: JSON.stringify(PROMPT),
        responseBody: JSON.stringify(PROMPT),
        notes: ["model 3kZ9xqd, environment staging, deployment 3kZ9xqd-staging"],
      },
    ]);
  });
});

describe("the key (I-4.3, I-4.5, Y-21)", () => {
  test.each([
    ["Bearer", WORKSPACE_KEY],
    ["Api-Key", WORKSPACE_KEY],
    ["Bearer", INVOKE_KEY],
    ["bearer", INVOKE_KEY],
  ])("%s %s may call", async (scheme, key) => {
    await using gateway = await startGatewayEmulator({ seed: dedicated() });
    expect((await ask(gateway, MODEL, "/production/predict", { json: {}, scheme, key })).status).toBe(200);
  });

  test("another one is 401, before anything else is looked at", async () => {
    await using gateway = await startGatewayEmulator({ seed: dedicated() });
    const keys = [null, "emulator.wrong", FEDERATED_KEY, "emulator.metrics-acme"];
    for (const key of keys) {
      for (const [label, path] of [
        [MODEL, "/production/predict"],
        ["model-nothing", "/production/predict"],
        [MODEL, "/predict"],
        [MODEL, "/production/wake"],
        [MODEL, "/production/sync/v1/models"],
        [MODEL, "/production/sync/v1/chat/completions"],
        [CHAIN, "/production/run_remote"],
      ] as const) {
        const answer = await ask(gateway, label, path, { key, body: "{" });
        expect([key, path, answer.status, answer.text]).toEqual([
          key,
          path,
          401,
          '{"error":"unauthorized","error_code":"unauthorized"}',
        ]);
        expect(answer.headers.get("x-baseten-request-id")).toMatch(/^[0-9a-f]{32}$/);
      }
    }
  });
});

describe("what is not there (Y-22)", () => {
  test("an unknown model, another workspace's, an unknown environment or deployment are 404", async () => {
    await using gateway = await startGatewayEmulator({ seed: dedicated() });
    for (const [label, path, error] of [
      ["model-nothing", "/production/predict", "model does not exist"],
      ["model-0therm0", "/production/predict", "model does not exist"],
      ["chain-3kz9xqd", "/production/run_remote", "model does not exist"],
      [MODEL, "/environments/nowhere/predict", "environment does not exist"],
      [MODEL, "/deployment/3kZ9xqd/predict", "deployment does not exist"],
      [`${MODEL}-nowhere`, "/predict", "environment does not exist"],
    ] as const) {
      const answer = await ask(gateway, label, path, { json: {} });
      expect([answer.status, answer.body]).toEqual([404, { error, error_code: "model_does_not_exist" }]);
    }
    const own = await ask(gateway, "model-0therm0", "/production/predict", {
      json: {},
      key: "emulator.manage-other",
    });
    expect(own.status).toBe(200);
  });

  test("an inactive deployment is 404, its siblings answer", async () => {
    const deployments = [
      { id: "dep1", environment: "production" },
      { id: "dep0", status: "INACTIVE" },
    ];
    await using gateway = await startGatewayEmulator({ seed: dedicated({ model: { deployments } }) });
    const answer = await ask(gateway, MODEL, "/deployment/dep0/predict", { json: {} });
    expect([answer.status, answer.body]).toEqual([
      404,
      { error: "deployment is inactive", error_code: "model_unavailable" },
    ]);
    expect((await ask(gateway, MODEL, "/deployment/dep1/predict", { json: {} })).status).toBe(200);
    expect((await ask(gateway, MODEL, "/production/predict", { json: {} })).status).toBe(200);
  });

  test("unknown paths and wrong methods have the documented shape (X-18)", async () => {
    await using gateway = await startGatewayEmulator({ seed: dedicated() });
    const lost = await ask(gateway, MODEL, "/nowhere", { json: {} });
    expect([lost.status, lost.text]).toEqual([404, '{"error":"not found","error_code":"client_error"}']);
    const wrong = await ask(gateway, MODEL, "/production/predict", { method: "GET" });
    expect([wrong.status, wrong.headers.get("allow"), wrong.text]).toEqual([
      405,
      "POST",
      '{"error":"method not allowed","error_code":"client_error"}',
    ]);
  });
});

describe("input (Y-24)", () => {
  test("bytes and forms come back as they are, with their content type", async () => {
    await using gateway = await startGatewayEmulator({ seed: dedicated() });
    const bytes = new Uint8Array([0, 255, 128, 13, 10, 0]);
    const octets = await fetch(`${hostUrl(gateway, MODEL)}/production/predict`, {
      method: "POST",
      headers: { Authorization: `Bearer ${WORKSPACE_KEY}`, "Content-Type": "application/octet-stream" },
      body: bytes,
    });
    expect([octets.status, octets.headers.get("content-type")]).toEqual([200, "application/octet-stream"]);
    expect(new Uint8Array(await octets.arrayBuffer())).toEqual(bytes);

    const form = new FormData();
    form.set("prompt", "hello");
    form.set("image", new File([bytes], "a.png", { type: "image/png" }));
    const answer = await fetch(`${hostUrl(gateway, MODEL)}/production/predict`, {
      method: "POST",
      headers: { Authorization: `Bearer ${WORKSPACE_KEY}` },
      body: form,
    });
    const back = await answer.formData();
    expect([answer.status, back.get("prompt")]).toEqual([200, "hello"]);
    const file = back.get("image");
    expect(file instanceof File ? new Uint8Array(await file.arrayBuffer()) : null).toEqual(bytes);
  });

  test.each([
    undefined,
    "application/x-www-form-urlencoded",
    "text/plain;charset=UTF-8",
    "application/vnd.x+json",
  ])("with Content-Type %s it is JSON", async (type) => {
    await using gateway = await startGatewayEmulator({ seed: dedicated() });
    const headers: Record<string, string> = type === undefined ? {} : { "Content-Type": type };
    // Bytes, because fetch gives a text a content type of its own.
    const send = (text: string) =>
      ask(gateway, MODEL, "/production/predict", { headers, body: new TextEncoder().encode(text) });
    const good = await send('{"prompt": "hi"}');
    expect([good.status, good.headers.get("content-type"), good.text]).toEqual([
      200,
      "application/json",
      '{"prompt": "hi"}',
    ]);
    expect((await send("prompt=hi")).status).toBe(400);
  });

  test("JSON that is none is 400 from the server around the model", async () => {
    await using gateway = await startGatewayEmulator({ seed: dedicated() });
    for (const body of ["{", "", `${"[".repeat(600)}${"]".repeat(600)}`]) {
      const answer = await ask(gateway, MODEL, "/production/predict", {
        headers: { "Content-Type": "application/json" },
        body,
      });
      expect([answer.status, answer.text]).toEqual([400, '{"error":"Invalid JSON payload."}']);
      expect(answer.headers.get("x-baseten-error-source")).toBe("04");
      expect(answer.headers.get("x-baseten-error-code")).toBe("700");
    }
  });

  test("a body over the limit is 413 with its error_code", async () => {
    await using gateway = await startGatewayEmulator({
      seed: dedicated({ settings: { max_body_bytes: 10 } }),
    });
    const fits = await ask(gateway, MODEL, "/production/predict", { body: "1234567890" });
    expect(fits.status).toBe(200);
    const answer = await ask(gateway, MODEL, "/production/predict", { body: "12345678901" });
    expect([answer.status, answer.body]).toEqual([
      413,
      { error: "Request Entity Too Large", error_code: "payload_too_large" },
    ]);
  });
});
