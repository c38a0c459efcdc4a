/** Endpoints of the gateway: clauses E. */

import { chapter, testsIn } from "./chapter.js";
import { SOURCE } from "./sources.js";

const ENDPOINTS = testsIn("http/management/endpoints.test.ts");
const TARGETS = testsIn("http/management/targets.test.ts");
const SYNC = testsIn("limits/endpoint-sync.test.ts");

export const ENDPOINT_CHAPTER = chapter("Management API: endpoints", [
  {
    clause: "E-1",
    what: "POST creates an endpoint from slug and targets, and returns it with 200",
    source: SOURCE.endpoints,
    test: ENDPOINTS("E-1: POST answers 200 with the endpoint, byte for byte"),
  },
  {
    clause: "E-2",
    what: "A slug is an organization's prefix, one slash and a name, both URL-safe",
    source: SOURCE.endpoints,
    test: ENDPOINTS("E-2: a slug is two URL-safe segments with exactly one slash"),
  },
  {
    clause: "E-3",
    what: "The organization must own the prefix",
    source: SOURCE.endpoints,
    note: "Ours: if the seed declares no prefixes, all are owned",
    test: ENDPOINTS("E-3: the prefix must be one that the organization owns"),
  },
  {
    clause: "E-4",
    what: "Slugs are unique over all workspaces",
    source: SOURCE.endpoints,
    test: ENDPOINTS("E-4: a slug that any workspace holds is 400"),
  },
  {
    clause: "E-5",
    what: "An endpoint has exactly one target",
    source: SOURCE.endpoints,
    test: ENDPOINTS("E-5: exactly one target"),
  },
  {
    clause: "E-6",
    what: "The provider determines which fields a target allows and needs",
    source: `${SOURCE.endpoints}, ${SOURCE.managementSpec}`,
    note: "Ours: the fields of VERTEX and BASETEN_MODEL_API (Y-13). For every provider the emulator itself answers, or the server that a rule forwards to",
    test: TARGETS("E-6, E-8: every provider takes its own fields and they are echoed as set"),
  },
  {
    clause: "E-7",
    what: "An unknown environment, model or secret in a target is 400",
    source: SOURCE.endpoints,
    note: "Ours: the status for models and secrets, and that there is no check if the seed declares none",
    test: TARGETS(
      "E-7: where models and secrets are declared, unknown ones and unknown environments are 400",
    ),
  },
  {
    clause: "E-8",
    what: "Answers contain the fields that were set, and omit the production environment",
    source: SOURCE.endpoints,
    test: TARGETS("E-8: absent fields and environment_name production are left out of every answer"),
  },
  {
    clause: "E-9",
    what: "Endpoints can be listed and read individually",
    source: SOURCE.endpoints,
    test: ENDPOINTS("E-9: the list and a single read show what was created"),
  },
  {
    clause: "E-10",
    what: "PATCH replaces the targets, renames the slug, or both",
    source: SOURCE.endpoints,
    note: "Ours: an empty body changes nothing. A newer API description calls the slug immutable (X-20)",
    test: ENDPOINTS("E-10: PATCH targets replaces the list, slug stays, updated_at moves"),
  },
  {
    clause: "E-11",
    what: "DELETE returns id and slug; the slug stops working and can be used again",
    source: SOURCE.endpoints,
    test: ENDPOINTS("E-11: DELETE answers id and slug, byte for byte; a second one is 404"),
  },
  {
    clause: "E-12",
    what: "The gateway sees endpoint changes up to a minute later",
    source: SOURCE.gatewayEndpoints,
    note: "Immediately by default; endpoint_sync_seconds sets a delay",
    test: SYNC("created: unknown until then, though the management API shows it"),
  },
  {
    clause: "E-13",
    what: "An endpoint may have a region",
    source: SOURCE.managementSpec,
    note: "Ours: returned only if it was set. It has no effect",
    test: ENDPOINTS("E-13: region is echoed only when it was given"),
  },
]);
