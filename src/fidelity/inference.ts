/** Other routes, limits and keys of the inference host: clauses I-3 and I-4.4 to I-4.6. */

import { chapter, testsIn } from "./chapter.js";
import { SOURCE } from "./sources.js";

const MODELS = testsIn("http/models.test.ts");
const MESSAGES = testsIn("http/messages.test.ts");
const NOT_ROUTED = "404, like any unknown path (X-18)";

export const ROUTES = chapter("Other inference routes", [
  {
    clause: "I-3a",
    what: "GET /v1/models lists models with context, prices and abilities, in Python's JSON spacing",
    source: SOURCE.recordings,
    note: "Ours: every value that only the gateway knows; prices are 0 (Y-12)",
    test: MODELS("an entry has the recorded keys, in their order, with their types"),
  },
  {
    clause: "I-3b",
    what: "The catalogue comes from another backend, with different headers",
    source: SOURCE.recordings,
    note: "Ours: the value of Content-Security-Policy",
    test: MODELS("comes from another backend than chat: its headers, none of X-Baseten"),
  },
  {
    clause: "I-3c",
    what: "A federated key lists its group's slugs",
    source: SOURCE.measurement,
    note: "Ours: without slugs that have no endpoint (Y-9)",
    test: MODELS("a federated key lists its group's slugs that can be called"),
  },
  {
    clause: "I-3d",
    what: "White-label catalogues have more keys, and X-Baseten-Client selects another catalogue",
    source: `${SOURCE.measurement}; ${SOURCE.commandLine}`,
    state: "not",
  },
  {
    clause: "I-3e",
    what: "POST /v1/messages accepts Anthropic's requests and returns its answers, complete or streamed",
    source: SOURCE.messages,
    test: MESSAGES("a whole message, byte for byte"),
  },
  {
    clause: "I-3f",
    what: "On /v1/messages, input_tokens includes cached tokens, and the start of a stream has no cache fields",
    source: SOURCE.switchTests,
    test: MESSAGES("input_tokens includes the cached ones"),
  },
  {
    clause: "I-3g",
    what: "On /v1/messages, the key is read from Authorization only, not from x-api-key",
    source: SOURCE.messages,
    test: MESSAGES("x-api-key is not read, and the hint says so"),
  },
  {
    clause: "I-3h",
    what: "On /v1/messages, invalid values are errors in Anthropic's envelope",
    source: SOURCE.switchTests,
    note: "Ours: the messages, and the gateway's own errors on this route (Y-16)",
    test: MESSAGES("values last, in Anthropic's envelope, from behind the gateway"),
  },
  {
    clause: "I-3i",
    what: "POST /v1/responses works for some models",
    source: `${SOURCE.measurement}; ${SOURCE.switchTests}`,
    state: "not",
    note: NOT_ROUTED,
  },
  {
    clause: "I-3j",
    what: "POST /v1/completions works on one white-label gateway",
    source: SOURCE.secondWhiteLabel,
    state: "not",
    note: NOT_ROUTED,
  },
  {
    clause: "I-3k",
    what: "POST /v1/embeddings on the gateway is 404 with the model server's nested error",
    source: SOURCE.measurement,
    state: "not",
    note: "404, like any unknown path (X-18), with another body; embeddings are on dedicated deployments",
  },
  {
    clause: "I-3l",
    what: "POST /v1/messages/count_tokens",
    evidence: "unknown",
    source: SOURCE.switchTests,
    state: "not",
    note: NOT_ROUTED,
  },
  {
    clause: "I-3m",
    what: "GET /v1/models/{id} on the inference host",
    source: SOURCE.silent,
    state: "not",
    note: NOT_ROUTED,
  },
]);

const LIMITS = testsIn("limits/headers.test.ts");
const KEYS = testsIn("http/chat-keys.test.ts");
const USAGE = testsIn("http/management/usage-shape.test.ts");
const REGISTRATION = testsIn("http/management/registration.test.ts");
const ACCESS = testsIn("http/management/access.test.ts");

export const RULES = chapter("Rate limiting, keys and the management API's errors, as seen from clients", [
  {
    clause: "I-4.4a",
    what: "Limits are per group and slug, in rolling windows and UTC days",
    source: SOURCE.gatewayLimits,
    note: "See L-1 to L-15",
    test: testsIn("limits/worked-examples.test.ts")(
      "the official client sees RateLimitError with the gateway's text",
    ),
  },
  {
    clause: "I-4.4b",
    what: "Usage can be read back per group",
    source: SOURCE.groups,
    note: "Not in the API description of August 2026",
    test: USAGE("U-1, U-2: before the first request, byte for byte"),
  },
  {
    clause: "I-4.4c",
    what: "Model APIs have tiers with limits of their own for a workspace",
    source: SOURCE.modelApiLimits,
    state: "not",
    note: "A workspace key has no limits (X-17)",
  },
  {
    clause: "I-4.4d",
    what: "Answers have limits and remaining amounts in x-ratelimit headers, refusals a Retry-After",
    evidence: "third-party",
    source: SOURCE.clientTests,
    note: "Off by default, because no recording has them: rate_limit_headers (L-13). x-request-id is never sent",
    test: LIMITS("on: limit and what remains, this request taken off; Retry-After only with a refusal"),
  },
  {
    clause: "I-4.5a",
    what: "Workspace keys work as Bearer and as Api-Key",
    source: SOURCE.inferenceSpec,
    test: testsIn("clients/openai.test.ts")("a workspace key works as the SDK sends it, as Bearer (X-17)"),
  },
  {
    clause: "I-4.5b",
    what: "Federated keys work as Api-Key; as Bearer they are rejected",
    source: SOURCE.gatewayKeys,
    note: "Measured gateways accept Bearer, and samples of the same documents send it: accept_bearer (X-1)",
    test: KEYS("accept_bearer lets it pass, by option and by seed (X-1)"),
  },
  {
    clause: "I-4.6a",
    what: "The management API's 429 has error and retry_after",
    source: SOURCE.managementRates,
    test: testsIn("http/management/rate.test.ts")("A-6: 100 pass, the 101st is 429, byte for byte"),
  },
  {
    clause: "I-4.6b",
    what: "Some of its routes have rates of their own",
    source: SOURCE.managementRates,
    state: "not",
    note: "Those routes are not emulated",
  },
  {
    clause: "I-4.6c",
    what: "Its other errors have a code and a message",
    source: `${SOURCE.commandLine}; ${SOURCE.truss}`,
    note: "Ours: every code but VALIDATION_ERROR, every message that is not documented",
    test: ACCESS("A-5: errors are JSON of exactly code and message, one code per status"),
  },
  {
    clause: "I-4.6d",
    what: "Three of its messages are documented word for word",
    source: `${SOURCE.groups}, ${SOURCE.groupKeys}`,
    test: REGISTRATION("K-4: without a public key on file everything is 400 with the documented message"),
  },
  {
    clause: "I-4.6e",
    what: "There is a GraphQL API with its own errors",
    source: SOURCE.truss,
    state: "not",
  },
  {
    clause: "I-4.6f",
    what: "Documents and API description differ: slugs that can be renamed, groups and keys that can be deleted, region",
    source: `${SOURCE.gateway}, ${SOURCE.managementSpec}`,
    state: "partly",
    note: "As documented; there is no switch to the API description of August 2026",
    test: testsIn("http/management/endpoints.test.ts")(
      "E-10: PATCH slug renames: the new one routes, the old one no longer",
    ),
  },
]);
