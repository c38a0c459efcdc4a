import type * as z from "zod";
import * as gateway from "../../schemas/answers.js";
import { asyncPredictSchema } from "../../schemas/async.js";
import * as async from "../../schemas/async-answers.js";
import { chatRequestSchema } from "../../schemas/chat.js";
import { createEndpointSchema, updateEndpointSchema } from "../../schemas/endpoints.js";
import {
  createGroupSchema,
  mintKeySchema,
  registerKeySchema,
  updateGroupSchema,
} from "../../schemas/groups.js";
import { messagesRequestSchema } from "../../schemas/messages.js";
import { createApiKeySchema, upsertSecretSchema } from "../../schemas/workspace.js";
import * as workspace from "../../schemas/workspace-answers.js";
import { DEPLOYMENT_PATHS, METHODS } from "../dedicated/deployment-paths.js";

/** What the description says of a route besides method and path. */
export interface Operation {
  readonly summary: string;
  readonly tag: string;
  readonly body?: z.ZodType;
  /** true when absent. */
  readonly bodyRequired?: boolean;
  /** Names of query parameters. */
  readonly query?: readonly string[];
  readonly answer?: z.ZodType;
  /** Status of a successful answer; 200 when absent. */
  readonly status?: number;
  readonly errors: readonly number[];
}

/** By `METHOD path`, with the path as Hono has it below the surface. */
type Operations<T> = Readonly<Record<string, T>>;
/** Without what {@link tagged} adds. */
type Untagged = Omit<Operation, "tag" | "errors"> & Partial<Pick<Operation, "errors">>;

/** @param errorsOf the errors of an operation that does not list its own */
function tagged(
  tag: string,
  errorsOf: (route: string, operation: Untagged) => readonly number[],
  operations: Operations<Untagged>,
): Operations<Operation> {
  const all = Object.entries(operations).map(([route, operation]) => [
    route,
    { tag, errors: errorsOf(route, operation), ...operation },
  ]);
  return Object.fromEntries(all);
}

/** `authorize` refuses with 401, 403 and 429; a body or a page can be invalid, an id unknown. */
function managementErrors(route: string, { body, query }: Untagged): number[] {
  const isChecked = body !== undefined || query?.includes("limit");
  return [...(isChecked ? [400] : []), 401, 403, ...(route.includes(":") ? [404] : []), 429];
}

/** Query parameters of a list (P-1). */
const PAGE = ["limit", "cursor"];

const ENDPOINTS = tagged("endpoints", managementErrors, {
  "POST /v1/gateway/endpoints": {
    summary: "Create an endpoint",
    body: createEndpointSchema,
    answer: gateway.endpointAnswer,
  },
  "GET /v1/gateway/endpoints": { summary: "List endpoints", query: PAGE, answer: gateway.endpointPageAnswer },
  "GET /v1/gateway/endpoints/:id": { summary: "Get an endpoint", answer: gateway.endpointAnswer },
  "PATCH /v1/gateway/endpoints/:id": {
    summary: "Update an endpoint",
    body: updateEndpointSchema,
    bodyRequired: false,
    answer: gateway.endpointAnswer,
  },
  "DELETE /v1/gateway/endpoints/:id": {
    summary: "Delete an endpoint",
    answer: gateway.endpointDeletedAnswer,
  },
});

const GROUPS = tagged("groups", managementErrors, {
  "POST /v1/gateway/groups": {
    summary: "Create a group",
    body: createGroupSchema,
    answer: gateway.groupAnswer,
    errors: [400, 401, 403, 404, 429],
  },
  "GET /v1/gateway/groups": {
    summary: "List groups",
    query: [...PAGE, "external_entity_id"],
    answer: gateway.groupPageAnswer,
  },
  "GET /v1/gateway/groups/:id": { summary: "Get a group", answer: gateway.groupAnswer },
  "PATCH /v1/gateway/groups/:id": {
    summary: "Update a group's name or models",
    body: updateGroupSchema,
    answer: gateway.groupAnswer,
  },
  "DELETE /v1/gateway/groups/:id": {
    summary: "Delete a group, its descendants and all their keys",
    answer: gateway.groupDeletedAnswer,
  },
  "GET /v1/gateway/groups/:id/usage": {
    summary: "Today's usage against the group's usage limits",
    answer: gateway.usageAnswer,
  },
});

const KEYS = tagged("keys", managementErrors, {
  "POST /v1/gateway/groups/:id/api_keys": {
    summary: "Mint a key",
    body: mintKeySchema,
    bodyRequired: false,
    answer: gateway.keyMintedAnswer,
  },
  "POST /v1/gateway/groups/:id/api_keys/register": {
    summary: "Register a key of your own, signed",
    body: registerKeySchema,
    answer: gateway.keyRegisteredAnswer,
  },
  "GET /v1/gateway/groups/:id/api_keys": { summary: "List keys", query: PAGE, answer: gateway.keyPageAnswer },
  "GET /v1/gateway/groups/:id/api_keys/:prefix": { summary: "Get a key", answer: gateway.keyAnswer },
  "DELETE /v1/gateway/groups/:id/api_keys/:prefix": {
    summary: "Revoke a key",
    answer: gateway.keyRevokedAnswer,
  },
});

const WORKSPACE = tagged("workspace", managementErrors, {
  "GET /v1/users/me": { summary: "Get the user of the key", answer: workspace.userAnswer },
  "POST /v1/api_keys": {
    summary: "Mint a workspace key",
    body: createApiKeySchema,
    answer: workspace.apiKeyMintedAnswer,
  },
  "POST /v1/teams/:id/api_keys": {
    summary: "Mint a workspace key for the team",
    body: createApiKeySchema,
    answer: workspace.apiKeyMintedAnswer,
  },
  "GET /v1/api_keys": {
    summary: "List workspace keys, without their secrets",
    answer: workspace.apiKeysAnswer,
  },
  "DELETE /v1/api_keys/:prefix": {
    summary: "Delete a workspace key",
    answer: workspace.apiKeyDeletedAnswer,
    errors: [400, 401, 403, 404, 429],
  },
  "GET /v1/models": {
    summary:
      "On the management host the workspace's models; elsewhere the models that the key may call (X-24)",
    query: ["name"],
    answer: workspace.modelsAnswer,
  },
  "GET /v1/models/:id": { summary: "Get a model", answer: workspace.modelAnswer },
  "GET /v1/models/:id/environments": {
    summary: "List a model's environments",
    answer: workspace.environmentsAnswer,
  },
  "GET /v1/models/:id/environments/:name": {
    summary: "Get an environment",
    answer: workspace.environmentAnswer,
  },
  "GET /v1/models/:id/deployments": {
    summary: "List a model's deployments",
    query: ["name"],
    answer: workspace.deploymentsAnswer,
  },
  "GET /v1/models/:id/deployments/:deployment_id": {
    summary: "Get a deployment by id, or the one that is called production or development",
    answer: workspace.deploymentAnswer,
  },
  "GET /v1/model_apis": {
    summary: "List the Model APIs that the workspace's endpoints lead to",
    query: PAGE,
    answer: workspace.modelApisAnswer,
  },
  "GET /v1/secrets": { summary: "List secrets, without their values", answer: workspace.secretsAnswer },
  "POST /v1/secrets": {
    summary: "Create a secret, or update the one of this name",
    body: upsertSecretSchema,
    answer: workspace.secretAnswer,
  },
});

const INFERENCE = tagged("inference", () => [400, 401, 403, 404, 413, 429], {
  "POST /v1/chat/completions": {
    summary: "Chat completion, JSON or server-sent events",
    body: chatRequestSchema,
  },
  "POST /v1/messages": {
    summary: "Message in Anthropic's shape, JSON or server-sent events",
    body: messagesRequestSchema,
  },
});

/** The AI Gateway's own errors, and those of the provider. */
const CLOUDFLARE = tagged("cloudflare", () => [400, 401, 402, 403, 404, 408, 413, 429], {
  "POST /v1/:account/:gateway/baseten/v1/chat/completions": {
    summary: "Chat completion through an AI Gateway",
    body: chatRequestSchema,
  },
  "POST /v1/:account/:gateway/baseten/chat/completions": {
    summary: "The same, as the documents' OpenAI SDK sample calls it",
    body: chatRequestSchema,
  },
  "POST /v1/:account/:gateway/compat/chat/completions": {
    summary: "Chat completion with model baseten/{model}",
    body: chatRequestSchema,
  },
  "POST /v1/:account/:gateway/baseten/model/:model_id": {
    summary: "Prediction of a dedicated model's production through an AI Gateway",
  },
  "GET /v1/:account/:gateway/baseten/v1/models": {
    summary: "The models that the key may call, through an AI Gateway",
    errors: [400, 401, 403],
  },
});

const LOOKUP_ERRORS = [401, 404];

/** Routes of a deployment, which `path` names. The errors are the documented ones of predictions, and 404 and 413. */
function deployment(path: string): Operations<Operation> {
  return tagged("dedicated", () => [400, 401, 404, 413, 429, 500, 502, 503, 504], {
    [`POST ${path}/predict`]: { summary: "Ask a model; takes and gives JSON or bytes" },
    [`POST ${path}/run_remote`]: { summary: "Run a chain" },
    [`POST ${path}/wake`]: {
      summary: "Wake a deployment that is scaled to zero",
      status: 202,
      errors: LOOKUP_ERRORS,
    },
    [`POST ${path}/sync/v1/chat/completions`]: {
      summary: "Chat completion by the engine of a deployment, JSON or server-sent events",
      body: chatRequestSchema,
    },
    ...Object.fromEntries(METHODS.map((method) => [`${method} ${path}/sync/:route{.+}`, ENGINE_ROUTE])),
    [`POST ${path}/async_predict`]: { summary: "Put a request into the queue of a model", ...SUBMITTED },
    [`POST ${path}/async_run_remote`]: { summary: "Put a request into the queue of a chain", ...SUBMITTED },
    [`GET ${path}/async_queue_status`]: {
      summary: "How much waits and runs",
      answer: async.asyncQueueAnswer,
      errors: LOOKUP_ERRORS,
    },
  });
}

const ENGINE_ROUTE: Untagged = {
  summary: "A route of the server inside a deployment: v1/models, v1/embeddings, health, or one of your own",
};

const SUBMITTED = {
  body: asyncPredictSchema,
  status: 201,
  answer: async.asyncAcceptedAnswer,
  errors: [400, 401, 404, 413],
};

const ASYNC = tagged("dedicated", () => LOOKUP_ERRORS, {
  "GET /async_request/:request_id": {
    summary: "Status of an async request",
    answer: async.asyncStatusAnswer,
  },
  "DELETE /async_request/:request_id": {
    summary: "Cancel an async request that is still queued",
    answer: async.asyncCanceledAnswer,
  },
});

/** Every operation by `METHOD path`, the path as Hono has it and below the surface. */
export const OPERATIONS: Operations<Operation> = {
  ...ENDPOINTS,
  ...GROUPS,
  ...KEYS,
  ...WORKSPACE,
  ...INFERENCE,
  ...CLOUDFLARE,
  ...Object.assign({}, ...Object.keys(DEPLOYMENT_PATHS).map(deployment)),
  ...ASYNC,
};
