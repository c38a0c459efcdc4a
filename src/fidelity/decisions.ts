/**
 * The decisions with X ids, in the words of `docs/decisions.md`, with their evidence. Decisions with Y ids are there
 * only.
 */

import { chapter, testsIn } from "./chapter.js";
import { SOURCE } from "./sources.js";

const KEYS = testsIn("http/chat-keys.test.ts");
const ERRORS = testsIn("http/chat-errors.test.ts");
const VALUES = testsIn("http/chat-values.test.ts");
const STREAM = testsIn("http/chat-stream.test.ts");
const REPLIES = testsIn("http/chat-replies.test.ts");
const MODELS = testsIn("http/models.test.ts");
const HOSTS = testsIn("http/hosts.test.ts");

const SEVERAL = `${SOURCE.measurement}; ${SOURCE.recordings}`;

export const DECISION_CHAPTER = chapter("Decisions where sources are silent or disagree", [
  {
    clause: "X-1",
    what: "A federated key sent as Bearer: 403 with the wrong-key body, and a hint that says how to set the header in an OpenAI SDK",
    source: SOURCE.gatewayKeys,
    note: "Two measured white-label gateways accept Bearer: accept_bearer. Ours: the body of the refusal",
    test: KEYS("a federated key as Bearer is refused, and the hint says what to set (X-1)"),
  },
  {
    clause: "X-2",
    what: 'Status and body of a wrong key on chat: 403 {"error":"please check the api-key you provided"} and a newline',
    source: SEVERAL,
    test: KEYS("a wrong key is 403, in exactly 50 bytes (X-2)"),
  },
  {
    clause: "X-3",
    what: "No Authorization on chat: 401 with the body of X-2",
    source: `${SOURCE.secondWhiteLabel}; a public client`,
    note: "Ours: the newline",
    test: KEYS("no header at all is 401 with the same body (X-3)"),
  },
  {
    clause: "X-4",
    what: 'Unknown slug, slug outside the group\'s set, slug without an endpoint: 404 {"error":"please check the model you provided"} and a newline, for all three',
    source: `${SOURCE.measurement}; ${SOURCE.aiSdk}`,
    note: "Ours: the newline, and a slug without an endpoint",
    test: testsIn("clients/openai.test.ts")("an unknown model is a NotFoundError (X-4)"),
  },
  {
    clause: "X-5",
    what: 'Chat body that is not JSON, not an object, or lacks model or messages: 400 {"error":"Invalid request body"} and a newline, before the key is looked at',
    source: SOURCE.measurement,
    note: "Measured only for {}. Ours: all other bodies, and the newline",
    test: ERRORS("a streamed request gets the same error, not a stream"),
  },
  {
    clause: "X-6",
    what: 'Body of an inference 429: {"error":"Too Many Requests"} and a newline',
    source: SOURCE.whiteLabelClient,
    note: "Seen only through a client: no 429 was captured",
    test: ERRORS("429 with the observed text; the hint says which limit and until when"),
  },
  {
    clause: "X-7",
    what: "Order of checks on chat: body, key, slug, limits, injected fault, values",
    source: SOURCE.measurement,
    note: "Ours: the position of limits and faults",
    test: testsIn("clients/openai-faults.test.ts")("body, key and slug before faults"),
  },
  {
    clause: "X-8",
    what: "Values out of range: 400 in the model server's nested, tab-indented shape",
    source: SEVERAL,
    note: "In the service the model server determines the shape; here all models have the same",
    test: VALUES("nested: indented with tabs, a newline, all headers of the model server"),
  },
  {
    clause: "X-9",
    what: "Range of temperature: 0 to 2, with the observed message",
    source: SOURCE.measurement,
    note: "The API description says 0 to 4",
    test: VALUES("nested: indented with tabs, a newline, all headers of the model server"),
  },
  {
    clause: "X-10",
    what: "Unknown request fields on chat: ignored, and noted in the journal",
    source: `${SOURCE.measurement}; ${SOURCE.secondWhiteLabel}`,
    note: "Real model servers differ, and the API description forbids them",
    test: VALUES("unknown fields are ignored, and noted in the journal"),
  },
  {
    clause: "X-11",
    what: "Stream dialect: sparse, the newest",
    source: SEVERAL,
    test: STREAM("is this, byte for byte"),
  },
  {
    clause: "X-12",
    what: "stream_options: both default to true; false drops the usage chunk or the running usage",
    source: SOURCE.chat,
    note: "A white-label gateway's documents say that include_usage: false does not drop it",
    test: testsIn("domain/completion/stream.test.ts")("include_usage false drops the usage chunk"),
  },
  {
    clause: "X-13",
    what: 'A chat body that is too large: 413 {"error":"Request Entity Too Large"} above 100 MB',
    source: SOURCE.errors,
    note: "The limit is documented. Ours: the body",
    test: VALUES("413 by the announced length; the limit itself still fits"),
  },
  {
    clause: "X-14",
    what: "Token counts: a deterministic approximation, the same on every machine; exact counts by rule or header",
    source: SOURCE.own,
    state: "partly",
    note: "Real models use their own tokenizers",
    test: testsIn("scenarios/tokenizer.test.ts")(
      "a real one counts as the library does, plus the framing of a message",
    ),
  },
  {
    clause: "X-15",
    what: "Prompt cache: cached_tokens is 0 unless a rule says otherwise",
    source: SOURCE.own,
    state: "partly",
    note: "No prompt cache is emulated",
    test: REPLIES("a rule sets exact counts, cached and reasoning tokens too"),
  },
  {
    clause: "X-16",
    what: "A key of a deleted group: as a wrong key (X-2)",
    source: SOURCE.groups,
    note: "It is documented that such keys are revoked",
    test: KEYS("deleting a group ends the keys of its whole subtree (G-9)"),
  },
  {
    clause: "X-17",
    what: "A workspace key on chat: a managing or invoking key can call every slug of its workspace, without limits and billing",
    source: SOURCE.inferenceSpec,
    note: "Documented for Model APIs. Ours: without limits and billing events",
    test: KEYS("it calls every slug of its workspace, and none of another"),
  },
  {
    clause: "X-18",
    what: 'Unknown path, wrong method: inference: 404 {"error":"not found"}, 405 {"error":"method not allowed"}; management: as A-5',
    source: SOURCE.silent,
    note: "Every body is a guess",
    test: HOSTS("405 says what is allowed"),
  },
  {
    clause: "X-19",
    what: "A child group that declares no limits: inherits them, following L-5, although a sample shows none",
    source: SOURCE.gatewayLimits,
    note: "One place in the documents says so, another shows otherwise",
    test: testsIn("domain/limits/effective.test.ts")(
      "L-7: john inherits free-tier's 100M, and its 150M once it is raised",
    ),
  },
  {
    clause: "X-20",
    what: "Renaming a slug: allowed",
    source: SOURCE.endpoints,
    note: "A newer API description says immutable",
    test: testsIn("http/management/endpoints.test.ts")(
      "E-10: PATCH slug renames: the new one routes, the old one no longer",
    ),
  },
  {
    clause: "X-21",
    what: "threshold: 0: 400",
    source: SOURCE.groups,
    note: "A newer API description allows 0",
    test: testsIn("http/management/groups.test.ts")(
      "G-3, X-21: usage limits are TOKEN or REQUEST per DAY, at most one of each",
    ),
  },
  {
    clause: "X-22",
    what: "Ids: 8 characters A-Za-z0-9 from the seeded random source; a restart begins another sequence",
    source: SOURCE.own,
    test: REPLIES("the same seed and the same calls give the same bytes, also after a reset"),
  },
  {
    clause: "X-23",
    what: "A wrong key on GET /v1/models: 403 with the body of X-2; no header: 401 text/plain, as observed",
    source: SOURCE.measurement,
    note: "Both statuses and the text of the 401 were measured. Ours: the body of the 403",
    test: MODELS("a wrong key: 403 with the body of chat"),
  },
  {
    clause: "X-24",
    what: "/v1/models exists on both hosts: by host; on the plain host the inference one",
    source: `${SOURCE.models}, ${SOURCE.managementSpec}`,
    note: "Ours: what the plain host answers",
    test: HOSTS("the management host never answers the catalogue, and speaks its own dialect"),
  },
]);
