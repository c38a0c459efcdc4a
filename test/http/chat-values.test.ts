import { describe, expect, test } from "vitest";
import { type GatewayEmulator, startGatewayEmulator } from "../../src/index.js";
import {
  basetenHeaders,
  CHAT,
  chat,
  FEDERATED_KEY,
  HELLO,
  MODEL_SERVER_HEADERS,
  seedWith,
} from "../support/chat.js";
import { type Answered, call, QUICKSTART } from "../support/client.js";

describe("values (X-8, X-9, X-10)", () => {
  const nested = (message: string) =>
    `{\n\t"error": {\n\t\t"code": 400,\n\t\t"message": ${JSON.stringify(message)},\n\t\t"type": "Bad Request"\n\t}\n}\n`;
  const OUT_OF_RANGE =
    "Invalid request: ['max_tokens (99999999): Input should be less than or equal to 262144']";

  test("nested: indented with tabs, a newline, all headers of the model server", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await chat(gateway, { max_tokens: 99_999_999 });
    expect([answer.status, answer.text]).toEqual([400, nested(OUT_OF_RANGE)]);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(basetenHeaders(answer)).toEqual(MODEL_SERVER_HEADERS);
    expect(answer.headers.get("x-baseten-accepted-at")).toBe("1781697600000");
    expect(answer.headers.get("x-baseten-model-id")).toBe("3kZ9xqd");
    expect(answer.headers.get("strict-transport-security")).toBe("max-age=31536000; includeSubDomains");
  });

  test("flat: compact, no newline, only the time of acceptance", async () => {
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ settings: { model_server_errors: "flat" } }),
    });
    const answer = await chat(gateway, { max_tokens: 99_999_999 });
    expect([answer.status, answer.text]).toEqual([
      400,
      `{"message":${JSON.stringify(OUT_OF_RANGE)},"type":"Bad Request","code":400}`,
    ]);
    expect(basetenHeaders(answer)).toEqual(["x-baseten-accepted-at"]);
    expect(answer.headers.get("strict-transport-security")).toBeNull();
  });

  test.each([0, 1, 2, 0.5, null])("temperature %s is fine", async (temperature) => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    expect((await chat(gateway, { temperature })).status).toBe(200);
  });

  test.each([3, 2.1, -0.1, 4])("temperature %s is the observed refusal", async (temperature) => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await chat(gateway, { temperature });
    expect(answer.text).toBe(nested(`Validation: Temperature must be between 0 and 2, got ${temperature}`));
  });

  test.each([
    [
      { max_tokens: 8, max_completion_tokens: 8 },
      "Invalid request: ['max_completion_tokens (8): Extra inputs are not permitted']",
    ],
    [
      { response_format: { type: "json_schema", json_schema: { name: "", schema: {} } } },
      "Validation: `response_format.json_schema.name` cannot be empty",
    ],
  ])("the observed message for %j (I-1.1, I-4.2)", async (fields, message) => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    expect((await chat(gateway, fields)).text).toBe(nested(message));
  });

  test("a refused value in a streamed request is no stream", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    const answer = await chat(gateway, { stream: true, max_tokens: 99_999_999 });
    expect(answer.text).toBe(nested(OUT_OF_RANGE));
    expect(answer.headers.get("content-type")).toBe("application/json");
  });

  test("unknown fields are ignored, and noted in the journal", async () => {
    await using gateway = await startGatewayEmulator({ seed: QUICKSTART });
    expect((await chat(gateway, { colour: "red", temprature: 9 })).status).toBe(200);
    const [entry] = await gateway.requests();
    expect(entry?.notes).toEqual(["ignored unknown fields: colour, temprature"]);
  });

  test("unknown_fields: reject gives the observed text", async () => {
    await using gateway = await startGatewayEmulator({
      seed: seedWith({ settings: { unknown_fields: "reject" } }),
    });
    const answer = await chat(gateway, { colour: "red" });
    expect(answer.status).toBe(400);
    expect(answer.text).toBe(nested("Invalid request: ['colour (red): Extra inputs are not permitted']"));
  });
});

describe("a body that is too large (X-13)", () => {
  const expectTooLarge = (answer: Answered): void => {
    expect([answer.status, answer.text]).toEqual([413, '{"error":"Request Entity Too Large"}']);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(basetenHeaders(answer)).toEqual([]);
  };
  const small = seedWith({ settings: { max_body_bytes: 300 } });
  const bodyOf = (bytes: number): string => {
    const empty = JSON.stringify({ ...HELLO, user: "" });
    return JSON.stringify({ ...HELLO, user: "x".repeat(bytes - empty.length) });
  };

  test("413 by the announced length; the limit itself still fits", async () => {
    await using gateway = await startGatewayEmulator({ seed: small });
    const send = (bytes: number) => call(gateway, "POST", CHAT, { key: FEDERATED_KEY, body: bodyOf(bytes) });
    expect((await send(300)).status).toBe(200);
    expectTooLarge(await send(301));
  });

  test("413 for a body without a length, and before the key", async () => {
    await using gateway = await startGatewayEmulator({ seed: small });
    expectTooLarge(await sendChunked(gateway, bodyOf(301)));
  });
});

/** Sends a body piece by piece, without `Content-Length` and without a key. */
async function sendChunked(gateway: GatewayEmulator, body: string): Promise<Answered> {
  const response = await fetch(gateway.url + CHAT, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: new Blob([body]).stream(),
    duplex: "half",
  });
  return { status: response.status, headers: response.headers, text: await response.text(), body: null };
}
