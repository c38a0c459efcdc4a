import { expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import {
  basetenHeaders,
  chat,
  FEDERATED_KEY,
  HELLO,
  MODEL_SERVER_HEADERS,
  seedWith,
} from "../support/chat.js";
import { call } from "../support/client.js";

const IMPOSSIBLE = { type: "integer", minimum: 5, maximum: 4 };

test("a schema that nothing fits is refused by the model server, with its headers (I-1.5)", async () => {
  await using gateway = await startGatewayEmulator({ seed: seedWith() });
  const schema = { name: "impossible", schema: IMPOSSIBLE };
  const answer = await chat(gateway, { response_format: { type: "json_schema", json_schema: schema } });
  expect(answer.status).toBe(400);
  expect(basetenHeaders(answer)).toEqual(MODEL_SERVER_HEADERS);
});

test("a tool that no input fits is refused with the request's id (I-3)", async () => {
  await using gateway = await startGatewayEmulator({ seed: seedWith() });
  const input_schema = { type: "object", properties: { n: IMPOSSIBLE }, required: ["n"] };
  const body = {
    ...HELLO,
    max_tokens: 100,
    tools: [{ name: "impossible", input_schema }],
    tool_choice: { type: "any" },
  };
  const answer = await call(gateway, "POST", "/v1/messages", { key: FEDERATED_KEY, body });
  expect(answer.status).toBe(400);
  expect(answer.body.request_id).toMatch(/^req_.{8,}/);
});
