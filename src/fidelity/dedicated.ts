/** Dedicated deployments: clauses I-5.1 to I-5.3. */

import { chapter, testsIn } from "./chapter.js";
import { decidedBy, SOURCE } from "./sources.js";

const PREDICT = testsIn("dedicated/predict.test.ts");
const REPLIES = testsIn("dedicated/replies.test.ts");
const SYNC = testsIn("dedicated/sync.test.ts");
const COLD_START = testsIn("dedicated/cold-start.test.ts");

export const DEDICATED = chapter("Dedicated deployments", [
  {
    clause: "I-5.1a",
    what: "Each model has a host; paths name production, development, an environment or a deployment",
    source: SOURCE.inferenceSpec,
    note: "Ours: ids of deployments that the seed does not name (Y-23)",
    test: PREDICT(
      "predict gives the input back when no rule speaks (Y-24), whichever way the deployment is named",
    ),
  },
  {
    clause: "I-5.1b",
    what: "Regional hosts name the environment themselves and have bare paths only",
    source: SOURCE.inferenceSpec,
    test: PREDICT("regional hosts have bare paths only, the others none"),
  },
  {
    clause: "I-5.1c",
    what: "Chains have hosts of their own and run_remote",
    source: SOURCE.inferenceSpec,
    test: PREDICT("chains run, models predict"),
  },
  {
    clause: "I-5.1d",
    what: "A request without a valid workspace key is 401",
    source: SOURCE.inferenceSpec,
    note: "Ours: the messages, and that federated keys are refused here (Y-21)",
    test: SYNC("chains have none, and the key comes first"),
  },
  {
    clause: "I-5.1e",
    what: "An inactive deployment is 404",
    source: SOURCE.troubleshooting,
    note: "Ours: the body (Y-22)",
    test: PREDICT("an inactive deployment is 404, its siblings answer"),
  },
  {
    clause: "I-5.2a",
    what: "predict accepts JSON, bytes or a form, and returns the model's answer",
    source: SOURCE.inferenceSpec,
    note: "A rule provides the answer; otherwise the input is echoed (Y-24)",
    test: PREDICT("bytes and forms come back as they are, with their content type"),
  },
  {
    clause: "I-5.2b",
    what: "An answer may be sent in chunks",
    source: SOURCE.inferenceSpec,
    test: REPLIES("chunks come one by one on the world's clock"),
  },
  {
    clause: "I-5.2c",
    what: "Answers have an X-BASETEN-REQUEST-ID",
    source: SOURCE.inferenceSpec,
    test: PREDICT(
      "predict gives the input back when no rule speaks (Y-24), whichever way the deployment is named",
    ),
  },
  {
    clause: "I-5.2d",
    what: "Failures are 400, 429, 502, 503 and 504",
    source: SOURCE.inferenceSpec,
    state: "partly",
    note: "By rule or fault only: deployments have no limit of their own. Ours: the bodies",
    test: REPLIES("a fault by header, for one request: overloaded, reset, cut"),
  },
  {
    clause: "I-5.2e",
    what: "A model's own failure has headers with its source and code",
    source: SOURCE.truss,
    note: "By rule; of three recorded codes only 600 and 700",
    test: REPLIES("error: model is the model's own 500, the others are the platform's"),
  },
  {
    clause: "I-5.2f",
    what: "A prediction times out after 1200 s with 504",
    source: SOURCE.errors,
    test: REPLIES("a reply may take its time, and after 1200 s it is 504"),
  },
  {
    clause: "I-5.2g",
    what: "A body above 100 MB is 413",
    source: SOURCE.errors,
    note: "Ours: the body of the answer",
    test: PREDICT("a body over the limit is 413 with its error_code"),
  },
  {
    clause: "I-5.2h",
    what: "wake answers 202 and wakes a deployment that is scaled to zero",
    source: SOURCE.inferenceSpec,
    note: "Ours: how long a cold start takes, and what happens to requests meanwhile (Y-25). The 600 s limit on waking is not enforced",
    test: COLD_START("wake begins it and answers 202 at once, whichever path names the deployment"),
  },
  {
    clause: "I-5.3a",
    what: "sync/v1/chat/completions is the engine's own chat",
    source: SOURCE.inference,
    note: "Answers are those of the inference host, from the same rules (Y-26)",
    test: SYNC("streams, is neither limited nor billed, and is journalled"),
  },
  {
    clause: "I-5.3b",
    what: "In newer documents a model's host also has /v1/chat/completions",
    source: SOURCE.chat,
    note: "Ours: which deployment it means (Y-23)",
    test: COLD_START("chat and the engine's other routes wait too, other environments do not"),
  },
  {
    clause: "I-5.3c",
    what: "sync/v1/models and sync/health are the engine's",
    source: SOURCE.inference,
    note: "Ours: the bodies, which are those of vLLM",
    test: SYNC("health is 200, models lists the served names, byte for byte"),
  },
  {
    clause: "I-5.3d",
    what: "sync/v1/embeddings returns vectors",
    source: SOURCE.inference,
    note: "Ours: the numbers; texts with common words are closer to each other",
    test: SYNC("have OpenAI's shape, one per input in order, with their tokens"),
  },
  {
    clause: "I-5.3e",
    what: "Any other path below sync/ goes to the model's own server",
    source: SOURCE.inference,
    state: "partly",
    note: "By rule; without one 404. WebSockets and gRPC are not supported",
    test: SYNC("their bodies may be anything, and rules look inside where they can"),
  },
  {
    clause: "I-5.3f",
    what: "The engine's errors for invalid values",
    source: decidedBy("Y-26"),
    note: "A guess: vLLM's shape with the gateway's messages",
    test: SYNC("values and bodies that are no good are 400 in the engine's shape (Y-26)"),
  },
]);
