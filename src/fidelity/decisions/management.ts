import { ASYNC_DECISIONS } from "./async.js";
import { CLOUDFLARE_DECISIONS } from "./cloudflare.js";
import { COMPLETION_DECISIONS } from "./completions.js";
import { DEDICATED_DECISIONS } from "./dedicated.js";
import { WORKSPACE_DECISIONS } from "./workspace.js";

/** An open question, which the sources do not answer or answer differently, and what the emulator does. */
export interface DecisionRow {
  /** `X-n`: known from the sources. `Y-n`: found while building. */
  readonly id: string;
  readonly question: string;
  readonly answer: string;
  /** The setting that changes it; null if there is none. */
  readonly switch: string | null;
}

/**
 * All guesses. Code that follows one cites its id. `docs/decisions.md` is generated from this list.
 */
export const DECISIONS: readonly DecisionRow[] = [
  {
    id: "X-1",
    question: "A federated key sent as Bearer",
    answer: "403 with the wrong-key body, and a hint that says how to set the header in an OpenAI SDK",
    switch: "accept_bearer",
  },
  {
    id: "X-2",
    question: "Status and body of a wrong key on chat",
    answer: '403 {"error":"please check the api-key you provided"} and a newline',
    switch: null,
  },
  { id: "X-3", question: "No Authorization on chat", answer: "401 with the body of X-2", switch: null },
  {
    id: "X-4",
    question: "Unknown slug, slug outside the group's set, slug without an endpoint",
    answer: '404 {"error":"please check the model you provided"} and a newline, for all three',
    switch: null,
  },
  {
    id: "X-5",
    question: "Chat body that is not JSON, not an object, or lacks model or messages",
    answer: '400 {"error":"Invalid request body"} and a newline, before the key is looked at',
    switch: null,
  },
  {
    id: "X-6",
    question: "Body of an inference 429",
    answer: '{"error":"Too Many Requests"} and a newline',
    switch: "errors.rate_limited (body and headers)",
  },
  {
    id: "X-7",
    question: "Order of checks on chat",
    answer: "body, key, slug, limits, injected fault, values",
    switch: null,
  },
  {
    id: "X-8",
    question: "Values out of range",
    answer: "400 in the model server's nested, tab-indented shape",
    switch: "model_server_errors",
  },
  { id: "X-9", question: "Range of temperature", answer: "0 to 2, with the observed message", switch: null },
  {
    id: "X-10",
    question: "Unknown request fields on chat",
    answer: "ignored, and noted in the journal",
    switch: "unknown_fields",
  },
  { id: "X-11", question: "Stream dialect", answer: "sparse, the newest", switch: "stream_dialect" },
  {
    id: "X-12",
    question: "stream_options",
    answer: "both default to true; false drops the usage chunk or the running usage",
    switch: "per request",
  },
  {
    id: "X-13",
    question: "A chat body that is too large",
    answer: '413 {"error":"Request Entity Too Large"} above 100 MB',
    switch: "max_body_bytes",
  },
  {
    id: "X-14",
    question: "Token counts",
    answer: "a deterministic approximation, the same on every machine; exact counts by rule or header",
    switch: "tokenizer, usage of a rule, x-emulator-usage",
  },
  {
    id: "X-15",
    question: "Prompt cache",
    answer: "cached_tokens is 0 unless a rule says otherwise",
    switch: "usage of a rule",
  },
  { id: "X-16", question: "A key of a deleted group", answer: "as a wrong key (X-2)", switch: null },
  {
    id: "X-17",
    question: "A workspace key on chat",
    answer: "a managing or invoking key can call every slug of its workspace, without limits and billing",
    switch: null,
  },
  {
    id: "X-18",
    question: "Unknown path, wrong method",
    answer: 'inference: 404 {"error":"not found"}, 405 {"error":"method not allowed"}; management: as A-5',
    switch: null,
  },
  {
    id: "X-19",
    question: "A child group that declares no limits",
    answer: "inherits them, following L-5, although a sample shows none",
    switch: null,
  },
  { id: "X-20", question: "Renaming a slug", answer: "allowed", switch: null },
  { id: "X-21", question: "threshold: 0", answer: "400", switch: null },
  {
    id: "X-22",
    question: "Ids",
    answer: "8 characters A-Za-z0-9 from the seeded random source; a restart begins another sequence",
    switch: "random_seed",
  },
  {
    id: "X-23",
    question: "A wrong key on GET /v1/models",
    answer: "403 with the body of X-2; no header: 401 text/plain, as observed",
    switch: null,
  },
  {
    id: "X-24",
    question: "/v1/models exists on both hosts",
    answer: "by host; on the plain host the inference one",
    switch: "Host header, /_host/",
  },
  {
    id: "Y-1",
    question: "A Content-Type that is not JSON",
    answer: "400 on both hosts; an absent one is accepted",
    switch: null,
  },
  {
    id: "Y-2",
    question: "An Authorization header with a scheme and no key, on the inference host",
    answer: "502 with the load balancer's HTML, as observed; the page's text is a guess",
    switch: null,
  },
  {
    id: "Y-3",
    question: "When a stream's tokens count",
    answer: "in the window in which its request was admitted (L-3), as soon as the stream ends",
    switch: null,
  },
  {
    id: "Y-4",
    question: "Requests in flight when the process is killed",
    answer: "do not count: their answers were never acknowledged",
    switch: null,
  },
  {
    id: "Y-5",
    question: "Counting before a limit exists",
    answer: "every admitted request is counted, so a limit that is set later includes earlier usage (L-14)",
    switch: null,
  },
  {
    id: "Y-6",
    question: "A request larger than the limit under token_admission prompt or reserve",
    answer: "always refused, without a Retry-After",
    switch: "token_admission",
  },
  {
    id: "Y-7",
    question: "Using a revoked key's prefix again",
    answer: "refused: a prefix stays taken in its workspace forever (K-5)",
    switch: null,
  },
  {
    id: "Y-8",
    question: "Which keys have view scope (A-2)",
    answer: "PERSONAL, WORKSPACE_MANAGE_ALL and WORKSPACE_MANAGE_API_KEYS",
    switch: null,
  },
  {
    id: "Y-9",
    question: "Slugs of a group that have no endpoint yet, on GET /v1/models",
    answer: "not listed, because they cannot be called",
    switch: null,
  },
  {
    id: "Y-10",
    question: "`usage:` of a seed",
    answer:
      "counts as traffic of the group's own keys, so it also counts for ancestors under CASCADING; each unit is separate",
    switch: null,
  },
  {
    id: "Y-11",
    question: "The values of X-Baseten-Session-Id, X-Baseten-Model-Version-Id and Alt-Svc",
    answer:
      "a constant, the model id, and what that front end usually sends; the recordings are not published",
    switch: null,
  },
  {
    id: "Y-12",
    question: "Values in GET /v1/models that only the gateway knows",
    answer: "owned_by is the slug's prefix, prices are 0, the context is 262144 tokens",
    switch: null,
  },
  {
    id: "Y-13",
    question: "Fields of VERTEX and BASETEN_MODEL_API targets",
    answer:
      "VERTEX needs vertex_config and may have secret_id and target_model; BASETEN_MODEL_API needs target_model and may have secret_id",
    switch: null,
  },
  {
    id: "Y-14",
    question: "The time that next_window advances to",
    answer: "the time at which every rolling window is empty, at least one second later",
    switch: null,
  },
  {
    id: "Y-47",
    question: "A request for an unknown world",
    answer: "404 in the surface's own shape, with the names of the existing worlds",
    switch: null,
  },
  {
    id: "Y-48",
    question: "Faults and shutdown over HTTP/2",
    answer:
      "cut and reset end only the request's own stream, with INTERNAL_ERROR; at shutdown, streams in flight finish, and incomplete requests are refused with REFUSED_STREAM",
    switch: null,
  },
  {
    id: "Y-18",
    question: "A schema without valid values, in response_format or a tool",
    answer: "400 from the model server, after admission: it counts one REQUEST",
    switch: null,
  },
  {
    id: "Y-19",
    question: "The texts of 402, 503, 504 and 529",
    answer: '{"error":"<reason phrase>"}; only the 502 is documented, "Error making prediction"',
    switch: "a fault with a body",
  },
  {
    id: "Y-20",
    question: "A client that disconnects before the first byte",
    answer: "counts its REQUEST and the prompt's tokens, and is not billed (L-4, W-7)",
    switch: null,
  },
  {
    id: "Y-17",
    question: "A deeply nested body",
    answer: "above 500 levels it is invalid, on both hosts",
    switch: null,
  },
  {
    id: "Y-16",
    question: "Undocumented answers of POST /v1/messages",
    answer:
      "errors of body, key, slug and limits have the gateway's string envelope, as on chat; errors of values have Anthropic's envelope, with `<field>: <reason>` for the first problem",
    switch: null,
  },
  {
    id: "Y-15",
    question: "The Date header",
    answer: "the world's time, like every other timestamp",
    switch: null,
  },
  ...ASYNC_DECISIONS,
  ...CLOUDFLARE_DECISIONS,
  ...COMPLETION_DECISIONS,
  ...DEDICATED_DECISIONS,
  ...WORKSPACE_DECISIONS,
];
