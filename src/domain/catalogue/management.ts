import type { CatalogueEntry } from "./entry.js";

/** Errors of the management API, and of unknown paths, methods and worlds. */
export const MANAGEMENT_ERRORS = {
  unauthenticated: {
    status: 401,
    clause: "A-3",
    message: "Authentication credentials were not provided.",
    provoke: "call a management route without an Authorization header",
  },
  key_refused: {
    status: 403,
    clause: "A-3",
    message: "Invalid API key.",
    provoke: "call a management route with an unknown key, or with a federated one",
  },
  not_onboarded: {
    status: 403,
    clause: "A-2",
    message: "This workspace is not onboarded to Frontier Gateway.",
    provoke: "seed a workspace with `onboarded: false` and call a management route with its key",
  },
  missing_scope: {
    status: 403,
    clause: "A-2, A-7",
    message: "This API key does not have management scope.",
    provoke: "seed a key of type WORKSPACE_INVOKE and create a group with it",
  },
  foreign: {
    status: 403,
    clause: "A-4",
    message: "You do not have access to this resource.",
    provoke: "read another workspace's group or endpoint",
  },
  management_rate_limited: {
    status: 429,
    clause: "A-6",
    message: "Rate limit exceeded. Please try again later.",
    provoke: "send more than 100 requests in a second to one management route",
  },
  not_found: {
    status: 404,
    clause: "A-4",
    message: "Not found.",
    provoke: "read a group that was deleted",
  },
  validation: {
    status: 400,
    clause: "B-1",
    message: "The request is invalid.",
    provoke: "create a group without `metadata.external_entity_id`",
  },
  unknown_path: {
    status: 404,
    clause: "X-18",
    message: "Not found.",
    provoke: "call a path that does not exist",
  },
  unknown_world: {
    status: 404,
    clause: "Y-47",
    message: "There is no such world.",
    provoke: "call /_worlds/nowhere/v1/models",
  },
  method_not_allowed: {
    status: 405,
    clause: "X-18",
    message: "Method not allowed.",
    provoke: "send PUT to a route that exists",
  },
} as const satisfies Record<string, CatalogueEntry>;
