/** Errors of the inference host: clauses I-4.1 to I-4.3. */

import { chapter, testsIn } from "./chapter.js";
import { SOURCE } from "./sources.js";

const KEYS = testsIn("http/chat-keys.test.ts");
const ERRORS = testsIn("http/chat-errors.test.ts");
const VALUES = testsIn("http/chat-values.test.ts");
const MODELS = testsIn("http/models.test.ts");
const FAULTS = testsIn("clients/openai-faults.test.ts");

export const ERROR_CHAPTER = chapter("Errors of the inference host", [
  {
    clause: "I-4.1a",
    what: "A body without model and messages is 400, with any key",
    source: SOURCE.measurement,
    note: "Measured for {}. Ours: JSON that does not parse (X-5)",
    test: ERRORS("the body is looked at before the key"),
  },
  {
    clause: "I-4.1b",
    what: "A wrong or revoked key is 403, in 50 bytes",
    source: `${SOURCE.recordings}; ${SOURCE.measurement}`,
    note: "The documents' tables say 401",
    test: KEYS("a wrong key is 403, in exactly 50 bytes (X-2)"),
  },
  {
    clause: "I-4.1c",
    what: "No Authorization is 401 with the same text on chat",
    source: `${SOURCE.secondWhiteLabel}; a public client`,
    test: KEYS("no header at all is 401 with the same body (X-3)"),
  },
  {
    clause: "I-4.1d",
    what: "No Authorization is 401 in plain text on GET /v1/models",
    source: SOURCE.measurement,
    test: MODELS("no header: 401 in plain text"),
  },
  {
    clause: "I-4.1e",
    what: "A wrong key is 403 on GET /v1/models",
    source: SOURCE.measurement,
    note: "Ours: the body, which the measurement did not capture (X-23)",
    test: MODELS("a wrong key: 403 with the body of chat"),
  },
  {
    clause: "I-4.1f",
    what: "An empty key is the load balancer's 502 in HTML",
    source: SOURCE.measurement,
    note: "Ours: the page's text (Y-2)",
    test: KEYS("an empty key is 502 before the body is looked at (I-4.1)"),
  },
  {
    clause: "I-4.1g",
    what: "An unknown slug and a slug that is not granted get the same 404",
    source: `${SOURCE.measurement}; ${SOURCE.aiSdk}`,
    note: "Ours: the newline at the end",
    test: testsIn("clients/openai.test.ts")("an unknown model is a NotFoundError (X-4)"),
  },
  {
    clause: "I-4.1h",
    what: "A failure of the gateway itself is 500 with one sentence",
    evidence: "third-party",
    source: SOURCE.measurement,
    test: testsIn("http/control-rest.test.ts")(
      "a defect of the emulator is 500 in the surface's own dialect (I-4.1)",
    ),
  },
  {
    clause: "I-4.1i",
    what: "Over a limit is 429",
    source: SOURCE.gatewayLimits,
    note: "The body was seen only through a client (X-6); errors.rate_limited replaces it",
    test: ERRORS("429 with the observed text; the hint says which limit and until when"),
  },
  {
    clause: "I-4.1j",
    what: "An empty account is 402, no capacity is 529",
    evidence: "third-party",
    source: `${SOURCE.modelApiLimits}; a digest of newer documents`,
    state: "partly",
    note: "By fault only; the bodies are ours (Y-19)",
    test: FAULTS("the model's own failures are 502, 503, 504 and 529, an empty account is 402"),
  },
  {
    clause: "I-4.1k",
    what: "A body above 100 MB is 413",
    source: SOURCE.errors,
    note: "Ours: the body of the answer (X-13)",
    test: VALUES("413 for a body without a length, and before the key"),
  },
  {
    clause: "I-4.2a",
    what: "Model servers answer nested errors, indented with tabs",
    source: `${SOURCE.recordings}; ${SOURCE.measurement}`,
    test: VALUES("nested: indented with tabs, a newline, all headers of the model server"),
  },
  {
    clause: "I-4.2b",
    what: "Other model servers answer flat errors, compact",
    source: `${SOURCE.recordings}; ${SOURCE.switchTests}`,
    note: "With model_server_errors, for all models; never with a request_id",
    test: VALUES("flat: compact, no newline, only the time of acceptance"),
  },
  {
    clause: "I-4.2c",
    what: "Their messages for values, schema names, images and logprobs",
    source: SOURCE.recordings,
    state: "partly",
    note: "One recorded message, on logprobs above 1, is never used. Ours: that the message on multimodal inputs answers audio, and the messages for unrecorded bounds, in the same style",
    test: testsIn("http/chat-request.test.ts")("top_logprobs needs logprobs"),
  },
  {
    clause: "I-4.2d",
    what: "An sglang server answers errors with object and param",
    source: SOURCE.secondWhiteLabel,
    state: "not",
    note: "With a fault that has such a body",
  },
  {
    clause: "I-4.2e",
    what: "On dedicated deployments an unknown model name is the engine's own 404",
    source: SOURCE.aiSdk,
    test: testsIn("dedicated/sync.test.ts")("a name that is not served is 404, byte for byte (I-4.2)"),
  },
  {
    clause: "I-4.2f",
    what: "A model server's own failure is 500 with the model server's headers",
    source: SOURCE.recordings,
    state: "not",
    note: "With a fault that has such a status and body, but without those headers",
  },
  {
    clause: "I-4.3a",
    what: "Failures are JSON with an error text; clients may retry 502, 503 and 504",
    source: SOURCE.errors,
    state: "partly",
    note: "By fault only. The text of the 502 is documented, the others are ours (Y-19)",
    test: FAULTS("the model's own failures are 502, 503, 504 and 529, an empty account is 402"),
  },
  {
    clause: "I-4.3b",
    what: "Dedicated deployments add an error_code from a list",
    source: SOURCE.inferenceSpec,
    note: "Ours: which error has which code; detail is never sent",
    test: testsIn("dedicated/predict.test.ts")(
      "unknown paths and wrong methods have the documented shape (X-18)",
    ),
  },
]);
