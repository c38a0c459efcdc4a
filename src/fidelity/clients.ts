/** Real clients: clauses I-8. `emulated` means that a test runs the client itself. */

import { chapter, testsIn } from "./chapter.js";
import { SOURCE } from "./sources.js";

const OPENAI = testsIn("clients/openai.test.ts");
const FAULTS = testsIn("clients/openai-faults.test.ts");
const AI_SDK = testsIn("clients/ai-sdk.test.ts");
const ANTHROPIC = testsIn("clients/anthropic.test.ts");
const PERFORMANCE = testsIn("clients/performance-client.test.ts");
const NOT_TRIED = "Not tested; no obstacle is known";

export const CLIENTS = chapter("Clients, and whether they are among the tests", [
  {
    clause: "I-8a",
    what: "openai: answers, streams, tools, structured output",
    source: SOURCE.npm,
    test: OPENAI("create() gives content, finish_reason and usage"),
  },
  {
    clause: "I-8b",
    what: "openai: the class and message of each error",
    source: SOURCE.npm,
    test: OPENAI("a wrong key is a PermissionDeniedError, with the JSON quotes in its message (X-2)"),
  },
  {
    clause: "I-8c",
    what: "openai: two more attempts after 408, 409, 429 and 5xx",
    source: SOURCE.npm,
    test: FAULTS("times: 2 is one call for the user, and three requests"),
  },
  {
    clause: "I-8d",
    what: "@ai-sdk/baseten: text, streams, objects, tools",
    source: SOURCE.npm,
    note: "Version 1",
    test: AI_SDK("generateText: text, reasoning, usage, finishReason"),
  },
  {
    clause: "I-8e",
    what: "@ai-sdk/baseten: dedicated deployments by modelURL, embeddings",
    source: SOURCE.npm,
    test: testsIn("dedicated/clients.test.ts")("generateText, streamText and embeddings"),
  },
  {
    clause: "I-8f",
    what: "@anthropic-ai/sdk: messages and their streams",
    source: SOURCE.npm,
    note: "It sends Bearer, so a federated key needs accept_bearer",
    test: ANTHROPIC("streamed and whole say the same"),
  },
  {
    clause: "I-8g",
    what: "@ai-sdk/openai-compatible",
    source: SOURCE.npm,
    state: "not",
    note: NOT_TRIED,
  },
  {
    clause: "I-8h",
    what: "@basetenlabs/performance-client",
    source: SOURCE.npm,
    note: "Over HTTP/2 without TLS, which its Node binding always uses; rerank and classify by prediction rules. The package has binaries for Linux x64 only",
    test: PERFORMANCE("embed: batches side by side, in the order of the texts"),
  },
  {
    clause: "I-8i",
    what: "@huggingface/inference with the provider baseten",
    source: SOURCE.npm,
    state: "not",
    note: NOT_TRIED,
  },
  {
    clause: "I-8j",
    what: "langchain-baseten and truss, in Python",
    source: SOURCE.pypi,
    state: "not",
    note: NOT_TRIED,
  },
  {
    clause: "I-8k",
    what: "baseten-cli, baseten-go, baseten-switch",
    source: `${SOURCE.commandLine}; ${SOURCE.goClient}; ${SOURCE.switchTests}`,
    state: "not",
    note: NOT_TRIED,
  },
]);
