import { expect, test } from "vitest";
import { startGatewayEmulator } from "../../src/index.js";
import { chat, seedWith } from "../support/chat.js";

const AUDIO = {
  messages: [
    { role: "user", content: [{ type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } }] },
  ],
};

test("a model of text alone refuses audio as well, with the message that names it (I-4.2)", async () => {
  await using gateway = await startGatewayEmulator({ seed: seedWith({ settings: { images: "refuse" } }) });
  const answer = await chat(gateway, AUDIO);
  expect([answer.status, answer.body.error.message]).toEqual([
    400,
    "This model does not support multimodal (image/video/audio) inputs.",
  ]);
});

test("other models take audio", async () => {
  await using gateway = await startGatewayEmulator({ seed: seedWith() });
  expect((await chat(gateway, AUDIO)).status).toBe(200);
});
