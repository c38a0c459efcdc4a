/**
 * Which test shows what: one row per registered route, and one per code of the error catalogue.
 * `test/coverage.test.ts` keeps the rows honest: nothing may be missing, nothing left over, and the test that a
 * row names has to stand in its file under exactly that title.
 */
export interface Shown {
  /** Below `test/`. */
  readonly file: string;
  /** The title of a `test(...)` or `it(...)` in it. */
  readonly test: string;
}

type Table = Readonly<Record<string, Shown>>;

/** The rows of one test file, by what its tests show. */
function from(file: string, rows: Readonly<Record<string, string>>): Table {
  return Object.fromEntries(Object.entries(rows).map(([what, test]) => [what, { file, test }]));
}

/** The rows of a route that each way to name a deployment has. */
function atEachPlace(method: string, route: string, test: string): Readonly<Record<string, string>> {
  const places = ["/production", "/development", "/environments/:env_name", "/deployment/:deployment_id", ""];
  return Object.fromEntries(places.map((place) => [`dedicated ${method} ${place}/${route}`, test]));
}

const CHAT_AT_EACH_PLACE = "they answer as the inference host does, whichever way the deployment is named";

/** By `<surface> <method> <path>`. */
export const ROUTE_TESTS: Table = {
  ...from("http/management/endpoints.test.ts", {
    "management POST /v1/gateway/endpoints": "E-1: POST answers 200 with the endpoint, byte for byte",
    "management GET /v1/gateway/endpoints": "E-9: the list and a single read show what was created",
    "management GET /v1/gateway/endpoints/:id": "E-9: the list and a single read show what was created",
    "management PATCH /v1/gateway/endpoints/:id":
      "E-10: PATCH targets replaces the list, slug stays, updated_at moves",
    "management DELETE /v1/gateway/endpoints/:id":
      "E-11: DELETE answers id and slug, byte for byte; a second one is 404",
  }),
  ...from("http/management/groups.test.ts", {
    "management POST /v1/gateway/groups": "G-1, G-10: POST answers 200 with the group, byte for byte",
  }),
  ...from("http/management/group-changes.test.ts", {
    "management GET /v1/gateway/groups": "G-7: list and single read show what was created",
    "management GET /v1/gateway/groups/:id": "G-7: list and single read show what was created",
    "management PATCH /v1/gateway/groups/:id": "G-8: PATCH takes name and models, each without the other",
    "management DELETE /v1/gateway/groups/:id":
      "G-9: DELETE answers id, metadata and deleted_at, byte for byte; a second one is 404",
  }),
  ...from("http/management/usage-shape.test.ts", {
    "management GET /v1/gateway/groups/:id/usage":
      "U-1, U-2: after requests, byte for byte: the day's count and the next midnight UTC",
  }),
  ...from("http/management/keys.test.ts", {
    "management POST /v1/gateway/groups/:id/api_keys":
      "K-1: POST answers the whole key, its prefix and its name, byte for byte",
    "management GET /v1/gateway/groups/:id/api_keys":
      "K-2: the list and a single read show prefix and name, byte for byte",
    "management GET /v1/gateway/groups/:id/api_keys/:prefix":
      "K-2: the list and a single read show prefix and name, byte for byte",
    "management DELETE /v1/gateway/groups/:id/api_keys/:prefix":
      "K-2: unknown, revoked and other groups' prefixes are 404",
  }),
  ...from("http/management/registration.test.ts", {
    "management POST /v1/gateway/groups/:id/api_keys/register":
      "K-3: a signed registration answers ok, byte for byte",
  }),
  ...from("http/management/access.test.ts", {
    "management GET /v1/spec":
      "the description needs no key and is the same at /v1/spec and on the control plane",
    "control GET /_emulator/openapi.json":
      "the description needs no key and is the same at /v1/spec and on the control plane",
  }),
  ...from("http/management/identity.test.ts", {
    "management GET /v1/users/me": "answers user and workspace, byte for byte",
  }),
  ...from("http/management/workspace-keys.test.ts", {
    "management POST /v1/api_keys": "answers the whole key, once, byte for byte",
    "management GET /v1/api_keys":
      "shows every key of the workspace without its secret, oldest first, byte for byte",
    "management DELETE /v1/api_keys/:prefix":
      "answers the prefix, byte for byte; the key is refused at once, everywhere; a second one is 404",
    "management POST /v1/teams/:id/api_keys": "makes a key for the team, as for the workspace",
  }),
  ...from("http/management/models.test.ts", {
    "management GET /v1/models": "on the management host: the workspace's models, byte for byte",
    "management GET /v1/models/:id": "one model, byte for byte, on the plain host too (Y-46)",
    "management GET /v1/models/:id/environments": "the list and a single one, byte for byte",
    "management GET /v1/models/:id/environments/:name": "the list and a single one, byte for byte",
    "management GET /v1/models/:id/deployments": "the list and a single one, byte for byte",
    "management GET /v1/models/:id/deployments/:deployment_id": "the list and a single one, byte for byte",
    "management GET /v1/model_apis": "lists what endpoints lead to, each once, byte for byte",
  }),
  ...from("http/management/secrets.test.ts", {
    "management GET /v1/secrets":
      "POST answers the secret without its value, byte for byte, and GET lists it",
    "management POST /v1/secrets":
      "POST answers the secret without its value, byte for byte, and GET lists it",
  }),
  ...from("http/chat-replies.test.ts", {
    "inference POST /v1/chat/completions": "is this, byte for byte: compact, keys in the recorded order",
  }),
  ...from("http/messages.test.ts", {
    "inference POST /v1/messages": "a whole message, byte for byte",
  }),
  ...from("http/models.test.ts", {
    "inference GET /v1/models": "is this, byte for byte: no top-level object, Python's spacing",
  }),
  ...from("http/control.test.ts", {
    "control GET /_emulator/health": "says what is running, where, and what a child process needs",
    "control POST /_emulator/reset": "goes back to the seed: rows, rules, counters, clock, ids, journal",
    "control POST /_emulator/seed": "adds to what is there, at once",
    "control GET /_emulator/clock": "frozen by the seed",
  }),
  ...from("http/control-requests.test.ts", {
    "control GET /_emulator/requests": "follow the cursor, oldest first, and lose nothing",
    "control DELETE /_emulator/requests": "DELETE forgets them; counters and later requests stay",
    "control GET /_emulator/requests/:id": "of a chat completion",
  }),
  ...from("webhooks/control.test.ts", {
    "control GET /_emulator/webhooks/deliveries":
      "deliveries: every attempt with time, duration, status or error, and the receiver's words",
    "control GET /_emulator/webhooks/dead-letters":
      "dead letters: those, and a redrive that answers the delivery",
    "control POST /_emulator/webhooks/dead-letters/:id/redrive":
      "dead letters: those, and a redrive that answers the delivery",
    "control POST /_emulator/webhooks/dead-letters/redrive": "a redrive of all answers how many there are",
    "control POST /_emulator/webhooks/rotate":
      "rotate takes a new secret, and the workspace where there are several",
  }),
  ...from("webhooks/pause.test.ts", {
    "control POST /_emulator/webhooks/pause": "over HTTP",
    "control POST /_emulator/webhooks/resume": "over HTTP",
  }),
  ...from("webhooks/events.test.ts", {
    "control GET /_emulator/billing/events":
      "over HTTP: the event as webhooks tell it, with its state, byte for byte",
    "control GET /_emulator/billing/reconcile": "reconcile over HTTP: no differences",
  }),
  ...from("http/error-coverage.test.ts", {
    "control GET /_emulator/errors": "of all that there are, with clause, message and how to provoke each",
  }),
  ...from("fidelity.test.ts", {
    "control GET /_emulator/fidelity": "GET /_emulator/fidelity has every row, by state and by evidence",
  }),
  ...from("client/worlds.test.ts", {
    "control PUT /_emulator/seed":
      "PUT: another seed is what a reset goes back to, and what worlds start from",
  }),
  ...from("client/control-api.test.ts", {
    "control GET /_emulator/snapshots/:name/image":
      "a snapshot's image goes out with GET and comes in with PUT",
    "control PUT /_emulator/snapshots/:name/image":
      "a snapshot's image goes out with GET and comes in with PUT",
    "control POST /_emulator/webhooks/idle": "webhooks/idle answers when nothing is being sent",
  }),
  ...from("http/control-rest.test.ts", {
    "control POST /_emulator/clock": "freezes, sets and goes back to real time",
    "control POST /_emulator/clock/advance": "moves by a duration, to a time and to landmarks",
    "control GET /_emulator/decisions/:id": "says why a request was admitted, and why one was refused",
  }),
  ...from("scenarios/matching.test.ts", {
    "control POST /_emulator/completions": "what is added comes first, and the list shows uses",
    "control GET /_emulator/completions": "what is added comes first, and the list shows uses",
    "control DELETE /_emulator/completions": "DELETE forgets them all; reset brings the seed's back, unused",
  }),
  ...from("worlds/worlds.test.ts", {
    "control GET /_emulator/worlds": "POST makes a world, GET lists it, DELETE ends it",
    "control POST /_emulator/worlds": "POST makes a world, GET lists it, DELETE ends it",
    "control GET /_emulator/worlds/:name": "POST makes a world, GET lists it, DELETE ends it",
    "control DELETE /_emulator/worlds/:name": "POST makes a world, GET lists it, DELETE ends it",
  }),
  ...from("worlds/snapshots.test.ts", {
    "control GET /_emulator/snapshots":
      "POST takes a snapshot, GET lists it, restore goes back, DELETE forgets it",
    "control POST /_emulator/snapshots":
      "POST takes a snapshot, GET lists it, restore goes back, DELETE forgets it",
    "control POST /_emulator/snapshots/:name/restore":
      "POST takes a snapshot, GET lists it, restore goes back, DELETE forgets it",
    "control DELETE /_emulator/snapshots/:name":
      "POST takes a snapshot, GET lists it, restore goes back, DELETE forgets it",
  }),
  ...from("clients/openai-faults.test.ts", {
    "control POST /_emulator/faults": "POST, GET and DELETE /_emulator/faults",
    "control GET /_emulator/faults": "POST, GET and DELETE /_emulator/faults",
    "control DELETE /_emulator/faults": "POST, GET and DELETE /_emulator/faults",
    "control DELETE /_emulator/faults/:id": "POST, GET and DELETE /_emulator/faults",
  }),
  ...from("dedicated/predict.test.ts", {
    ...atEachPlace(
      "POST",
      "predict",
      "predict gives the input back when no rule speaks (Y-24), whichever way the deployment is named",
    ),
    ...atEachPlace("POST", "run_remote", "chains run, models predict"),
  }),
  ...from("dedicated/replies.test.ts", {
    "control GET /_emulator/predictions": "POST, GET and DELETE /_emulator/predictions",
    "control POST /_emulator/predictions": "POST, GET and DELETE /_emulator/predictions",
    "control DELETE /_emulator/predictions": "POST, GET and DELETE /_emulator/predictions",
  }),
  ...from("dedicated/cold-start.test.ts", {
    ...atEachPlace(
      "POST",
      "wake",
      "wake begins it and answers 202 at once, whichever path names the deployment",
    ),
  }),
  ...from("dedicated/sync.test.ts", {
    ...atEachPlace("POST", "sync/v1/chat/completions", CHAT_AT_EACH_PLACE),
    "dedicated POST /v1/chat/completions": CHAT_AT_EACH_PLACE,
    ...Object.assign(
      {},
      ...["GET", "POST", "PUT", "PATCH", "DELETE"].map((method) =>
        atEachPlace(method, "sync/:route{.+}", "any other route, with any method, is by rule"),
      ),
    ),
  }),
  ...from("async/lifecycle.test.ts", {
    "dedicated POST /production/async_predict":
      "goes to the deployment that its path names, and has a place in that one's queue",
    "dedicated POST /development/async_predict":
      "goes to the deployment that its path names, and has a place in that one's queue",
    "dedicated POST /environments/:env_name/async_predict":
      "goes to the deployment that its path names, and has a place in that one's queue",
    "dedicated POST /deployment/:deployment_id/async_predict":
      "goes to the deployment that its path names, and has a place in that one's queue",
    "dedicated POST /async_predict": "on a regional host has bare paths",
    "dedicated GET /production/async_queue_status":
      "goes to the deployment that its path names, and has a place in that one's queue",
    "dedicated GET /development/async_queue_status":
      "goes to the deployment that its path names, and has a place in that one's queue",
    "dedicated GET /environments/:env_name/async_queue_status":
      "goes to the deployment that its path names, and has a place in that one's queue",
    "dedicated GET /deployment/:deployment_id/async_queue_status":
      "goes to the deployment that its path names, and has a place in that one's queue",
    "dedicated GET /async_queue_status": "on a regional host has bare paths",
    "dedicated POST /production/async_run_remote":
      "of a chain: async_run_remote, with its chain_id in status and result",
    "dedicated POST /development/async_run_remote":
      "of a chain: async_run_remote, with its chain_id in status and result",
    "dedicated POST /environments/:env_name/async_run_remote":
      "of a chain: async_run_remote, with its chain_id in status and result",
    "dedicated POST /deployment/:deployment_id/async_run_remote":
      "of a chain: async_run_remote, with its chain_id in status and result",
    "dedicated POST /async_run_remote":
      "of a chain: async_run_remote, with its chain_id in status and result",
    "dedicated GET /async_request/:request_id":
      "its status, byte for byte: in progress while the model works, then SUCCEEDED",
    "dedicated DELETE /async_request/:request_id": "a QUEUED request can be canceled, and never runs",
  }),
  ...from("cloudflare/chat.test.ts", {
    "cloudflare POST /v1/:account/:gateway/baseten/v1/chat/completions":
      "…/baseten/v1/chat/completions: same status, body and headers, with the gateway's own (Y-36)",
    "cloudflare POST /v1/:account/:gateway/baseten/chat/completions":
      "…/baseten/chat/completions, what the documents' SDK sample calls, is the same (Y-33)",
    "cloudflare POST /v1/:account/:gateway/compat/chat/completions":
      "…/compat/chat/completions takes the provider off the model's name",
    "cloudflare GET /v1/:account/:gateway/baseten/v1/models": "…/baseten/v1/models lists the key's models",
  }),
  ...from("cloudflare/documents.test.ts", {
    "cloudflare POST /v1/:account/:gateway/baseten/model/:model_id": "model-specific endpoint: JavaScript",
  }),
};

/** By code of the error catalogue (`src/domain/errors.ts`). */
export const ERROR_TESTS: Table = {
  ...from("robustness/guard.test.ts", {
    host_refused: "every surface refuses in its own shape, whatever the path says of hosts and worlds",
    origin_refused: "HTTP/2 is no way around",
    control_token: "its control API asks for the token",
  }),
  ...from("dedicated/predict.test.ts", {
    deployment_unauthorized: "another one is 401, before anything else is looked at",
    deployment_not_found:
      "an unknown model, another workspace's, an unknown environment or deployment are 404",
    deployment_inactive: "an inactive deployment is 404, its siblings answer",
    prediction_input: "JSON that is none is 400 from the server around the model",
  }),
  ...from("dedicated/replies.test.ts", {
    prediction_failed: "error: model is the model's own 500, the others are the platform's",
    deployment_not_ready: "error: model is the model's own 500, the others are the platform's",
  }),
  ...from("dedicated/sync.test.ts", {
    served_model_unknown: "a name that is not served is 404, byte for byte (I-4.2)",
    sync_route_unknown: "any other route, with any method, is by rule",
  }),
  ...from("worlds/worlds.test.ts", {
    unknown_world: "is 404 in the surface's own shape and names those that there are",
  }),
  ...from("scenarios/matching.test.ts", {
    unmatched: "400 in the model server's shape, from behind the gateway (I-4.2)",
  }),
  ...from("clients/openai-faults.test.ts", {
    client_gone:
      "longer than the client's patience: it sees a timeout, one REQUEST and the prompt are counted (Y-20)",
    injected: "headers win, whatever their case",
    payment_required: "the model's own failures are 502, 503, 504 and 529, an empty account is 402",
    model_unavailable: "the model's own failures are 502, 503, 504 and 529, an empty account is 402",
    draining: "the model's own failures are 502, 503, 504 and 529, an empty account is 402",
    timeout: "the model's own failures are 502, 503, 504 and 529, an empty account is 402",
    overloaded: "the model's own failures are 502, 503, 504 and 529, an empty account is 402",
  }),
  ...from("robustness/forwarding.test.ts", {
    loop_detected: "a rule that forwards to its own emulator ends after five rounds with 508",
  }),
  ...from("http/management/access.test.ts", {
    unauthenticated: "A-3: without an Authorization header every route answers 401",
    key_refused: "A-3: an unknown key is 403 on every route, whether or not the path leads anywhere",
    not_onboarded: "A-2: a workspace that is not onboarded is refused on every route, listing included",
    missing_scope: "A-7: WORKSPACE_INVOKE and WORKSPACE_EXPORT_METRICS are refused on every route",
    foreign: "A-4: another workspace's endpoint is 403, one that exists nowhere 404",
    not_found: "A-4: another workspace's group, its usage and its keys are 403, those of no group 404",
    unknown_path: "A-5, X-18: unknown paths are 404 NOT_FOUND, with a key or without",
    method_not_allowed:
      "A-5, X-18: a known path with another method is 405 METHOD_NOT_ALLOWED and names those allowed",
  }),
  ...from("http/management/rate.test.ts", {
    management_rate_limited: "A-6: 100 pass, the 101st is 429, byte for byte",
  }),
  ...from("http/management/bad-input.test.ts", {
    validation: "B-1: a wrong type anywhere is 400, the message naming the path and what was expected",
  }),
  ...from("http/chat-errors.test.ts", {
    invalid_body: "a streamed request gets the same error, not a stream",
    unknown_model: "the slug before the limits and the values",
    rate_limited: "429 with the observed text; the hint says which limit and until when",
  }),
  ...from("http/chat-values.test.ts", {
    body_too_large: "413 by the announced length; the limit itself still fits",
    invalid_value: "nested: indented with tabs, a newline, all headers of the model server",
  }),
  ...from("robustness/encodings.test.ts", {
    encoded_body: "a chat request that is compressed: 415, and the hint names the cause (Y-73)",
  }),
  ...from("http/messages.test.ts", {
    messages_invalid_value: "values last, in Anthropic's envelope, from behind the gateway",
  }),
  ...from("http/chat-keys.test.ts", {
    missing_key: "no header at all is 401 with the same body (X-3)",
    wrong_key: "a wrong key is 403, in exactly 50 bytes (X-2)",
    bearer_refused: "a federated key as Bearer is refused, and the hint says what to set (X-1)",
    empty_key: "an empty key is 502 before the body is looked at (I-4.1)",
  }),
  ...from("http/models.test.ts", {
    models_missing_key: "no header: 401 in plain text",
  }),
  ...from("http/control-rest.test.ts", {
    internal: "a defect of the emulator is 500 in the surface's own dialect (I-4.1)",
  }),
  ...from("async/bounds.test.ts", {
    async_invalid: "what is wrong is named, byte for byte; fields that nobody knows are passed over",
  }),
  ...from("async/lifecycle.test.ts", {
    async_request_not_found: "Y-32: of an unknown id, another model, a chain or another workspace is 404",
  }),
  ...from("cloudflare/access.test.ts", {
    cloudflare_gateway_unknown: "once one is, another is 2001, and its hint says which there are",
    cloudflare_unauthorized: "without a token, or with a wrong one, is 2009",
    cloudflare_stored_key_unknown:
      "without a default one, no alias is 2040 too; without any, the provider answers",
    cloudflare_model_not_allowed: "another model is 5018, on both chat routes and for dedicated models",
    cloudflare_wholesale_rate_limited: "wholesale rate limit, credits and spend limit, byte for byte",
    cloudflare_no_credits: "wholesale rate limit, credits and spend limit, byte for byte",
    cloudflare_spend_limit: "wholesale rate limit, credits and spend limit, byte for byte",
    cloudflare_blocked: "x-emulator-fault: cloudflare_blocked is what its firewall says, in plain text",
  }),
  ...from("cloudflare/chat.test.ts", {
    cloudflare_bad_format: "…/compat/chat/completions with a model of no or another provider is 2019",
  }),
  ...from("cloudflare/retries.test.ts", {
    cloudflare_timeout: "no first byte in time is 408, at that instant of the world's clock",
    cloudflare_no_answer: "a lost connection is tried again; without an answer it is 2005 (Y-39)",
  }),
};
