import * as z from "zod";
import * as answers from "./answers.js";
import { ASYNC_OPERATIONS } from "./async-operations.js";
import { chatRequestSchema } from "./chat.js";
import { CLOUDFLARE_OPERATIONS } from "./cloudflare-operations.js";
import { DEDICATED_OPERATIONS } from "./dedicated-operations.js";
import { createEndpointSchema, updateEndpointSchema } from "./endpoints.js";
import { createGroupSchema, mintKeySchema, registerKeySchema, updateGroupSchema } from "./groups.js";
import { messagesRequestSchema } from "./messages.js";
import type { Operation } from "./operation.js";
import { WORKSPACE_OPERATIONS } from "./workspace-operations.js";

const PAGE = ["limit", "cursor"];

const OPERATIONS: readonly Operation[] = [
  {
    method: "post",
    path: "/v1/gateway/endpoints",
    summary: "Create an endpoint",
    tag: "endpoints",
    body: createEndpointSchema,
    answer: answers.endpointAnswer,
    errors: [400, 401, 403, 429],
  },
  {
    method: "get",
    path: "/v1/gateway/endpoints",
    summary: "List endpoints",
    tag: "endpoints",
    query: PAGE,
    answer: answers.endpointPageAnswer,
    errors: [400, 401, 403, 429],
  },
  {
    method: "get",
    path: "/v1/gateway/endpoints/{id}",
    summary: "Get an endpoint",
    tag: "endpoints",
    answer: answers.endpointAnswer,
    errors: [401, 403, 404, 429],
  },
  {
    method: "patch",
    path: "/v1/gateway/endpoints/{id}",
    summary: "Update an endpoint",
    tag: "endpoints",
    body: updateEndpointSchema,
    bodyRequired: false,
    answer: answers.endpointAnswer,
    errors: [400, 401, 403, 404, 429],
  },
  {
    method: "delete",
    path: "/v1/gateway/endpoints/{id}",
    summary: "Delete an endpoint",
    tag: "endpoints",
    answer: answers.endpointDeletedAnswer,
    errors: [401, 403, 404, 429],
  },
  {
    method: "post",
    path: "/v1/gateway/groups",
    summary: "Create a group",
    tag: "groups",
    body: createGroupSchema,
    answer: answers.groupAnswer,
    errors: [400, 401, 403, 404, 429],
  },
  {
    method: "get",
    path: "/v1/gateway/groups",
    summary: "List groups",
    tag: "groups",
    query: [...PAGE, "external_entity_id"],
    answer: answers.groupPageAnswer,
    errors: [400, 401, 403, 429],
  },
  {
    method: "get",
    path: "/v1/gateway/groups/{id}",
    summary: "Get a group",
    tag: "groups",
    answer: answers.groupAnswer,
    errors: [401, 403, 404, 429],
  },
  {
    method: "patch",
    path: "/v1/gateway/groups/{id}",
    summary: "Update a group's name or models",
    tag: "groups",
    body: updateGroupSchema,
    answer: answers.groupAnswer,
    errors: [400, 401, 403, 404, 429],
  },
  {
    method: "delete",
    path: "/v1/gateway/groups/{id}",
    summary: "Delete a group, its descendants and all their keys",
    tag: "groups",
    answer: answers.groupDeletedAnswer,
    errors: [401, 403, 404, 429],
  },
  {
    method: "get",
    path: "/v1/gateway/groups/{id}/usage",
    summary: "Today's usage against the group's usage limits",
    tag: "groups",
    answer: answers.usageAnswer,
    errors: [401, 403, 404, 429],
  },
  {
    method: "post",
    path: "/v1/gateway/groups/{id}/api_keys",
    summary: "Mint a key",
    tag: "keys",
    body: mintKeySchema,
    bodyRequired: false,
    answer: answers.keyMintedAnswer,
    errors: [400, 401, 403, 404, 429],
  },
  {
    method: "get",
    path: "/v1/gateway/groups/{id}/api_keys",
    summary: "List keys",
    tag: "keys",
    query: PAGE,
    answer: answers.keyPageAnswer,
    errors: [400, 401, 403, 404, 429],
  },
  {
    method: "post",
    path: "/v1/gateway/groups/{id}/api_keys/register",
    summary: "Register a key of your own, signed",
    tag: "keys",
    body: registerKeySchema,
    answer: answers.keyRegisteredAnswer,
    errors: [400, 401, 403, 404, 429],
  },
  {
    method: "get",
    path: "/v1/gateway/groups/{id}/api_keys/{prefix}",
    summary: "Get a key",
    tag: "keys",
    answer: answers.keyAnswer,
    errors: [401, 403, 404, 429],
  },
  {
    method: "delete",
    path: "/v1/gateway/groups/{id}/api_keys/{prefix}",
    summary: "Revoke a key",
    tag: "keys",
    answer: answers.keyRevokedAnswer,
    errors: [401, 403, 404, 429],
  },
  {
    method: "post",
    path: "/v1/chat/completions",
    summary: "Chat completion, JSON or server-sent events",
    tag: "inference",
    body: chatRequestSchema,
    errors: [400, 401, 403, 404, 413, 429],
  },
  {
    method: "post",
    path: "/v1/messages",
    summary: "Message in Anthropic's shape, JSON or server-sent events",
    tag: "inference",
    body: messagesRequestSchema,
    errors: [400, 401, 403, 404, 413, 429],
  },
  ...WORKSPACE_OPERATIONS,
  ...DEDICATED_OPERATIONS,
  ...ASYNC_OPERATIONS,
  ...CLOUDFLARE_OPERATIONS,
];

/** The description of what is emulated, from the same schemas that parse the requests (OpenAPI 3.1). */
export function openApi(version: string) {
  const components: Record<string, unknown> = {};
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation, components) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "gateway-emulator",
      version,
      description: "A local stand-in for Baseten's Frontier Gateway.",
    },
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        ApiKey: { type: "apiKey", in: "header", name: "Authorization", description: "Api-Key <key>" },
      },
    },
    security: [{ ApiKey: [] }],
  };
}

/** The (method, path) pairs that are described. */
export function describedOperations(): readonly { method: string; path: string }[] {
  return OPERATIONS.map(({ method, path }) => ({ method: method.toUpperCase(), path }));
}

function describe(operation: Operation, components: Record<string, unknown>) {
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => String(match[1]));
  const parameters = [
    ...names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
    ...(operation.query ?? []).map((name) => ({
      name,
      in: "query",
      required: false,
      schema:
        name === "limit" ? { type: "integer", minimum: 1, maximum: 1000, default: 100 } : { type: "string" },
    })),
  ];
  const ok = operation.answer
    ? { content: { "application/json": { schema: reference(operation.answer, "output", components) } } }
    : {};
  return {
    summary: operation.summary,
    tags: [operation.tag],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation.body
      ? {
          requestBody: {
            required: operation.bodyRequired ?? true,
            content: { "application/json": { schema: reference(operation.body, "input", components) } },
          },
        }
      : {}),
    responses: Object.fromEntries([
      [String(operation.status ?? 200), { description: "OK", ...ok }],
      ...operation.errors.map((status) => [String(status), { description: `Error ${status}` }]),
    ]),
  };
}

/** Puts a schema and the named ones inside it among the components, and answers a reference to it. */
function reference(schema: z.ZodType, io: "input" | "output", components: Record<string, unknown>) {
  const {
    $defs,
    $schema: _dialect,
    id,
    ...body
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
  }) as Record<string, unknown>;
  for (const [name, definition] of Object.entries(($defs ?? {}) as Record<string, object>)) {
    components[name] = relocate(definition);
  }
  if (typeof id !== "string") return relocate(body);
  components[id] = relocate(body);
  return { $ref: `#/components/schemas/${id}` };
}

/** `#/$defs/X` becomes `#/components/schemas/X`; ids are names here, not addresses. */
function relocate(definition: object): unknown {
  return JSON.parse(
    JSON.stringify(definition).replaceAll("#/$defs/", "#/components/schemas/"),
    (key, value) => (key === "id" && typeof value === "string" ? undefined : value),
  );
}
