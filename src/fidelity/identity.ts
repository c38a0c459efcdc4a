/** Workspace keys, users, models and secrets: clauses I-7. */

import { chapter, testsIn } from "./chapter.js";
import { SOURCE } from "./sources.js";

const KEYS = testsIn("http/management/workspace-keys.test.ts");
const USERS = testsIn("http/management/identity.test.ts");
const MODELS = testsIn("http/management/models.test.ts");
const SECRETS = testsIn("http/management/secrets.test.ts");

export const IDENTITY = chapter("Workspace keys, users, models and secrets", [
  {
    clause: "I-7.1a",
    what: "POST /v1/api_keys creates a workspace key of a given type and shows it once",
    source: SOURCE.managementSpec,
    test: KEYS("answers the whole key, once, byte for byte"),
  },
  {
    clause: "I-7.1b",
    what: "model_ids restrict invoke and metrics keys to some models",
    source: SOURCE.managementSpec,
    note: "Ours: how another model is refused (Y-44). There are no metrics to export",
    test: KEYS("another model is refused as a slug that is not granted, byte for byte (X-4)"),
  },
  {
    clause: "I-7.1c",
    what: "GET /v1/api_keys lists prefix, name, type, models, team and owner",
    source: SOURCE.managementSpec,
    test: KEYS("shows every key of the workspace without its secret, oldest first, byte for byte"),
  },
  {
    clause: "I-7.1d",
    what: "DELETE /v1/api_keys/{prefix} returns the prefix; the key no longer works",
    source: SOURCE.managementSpec,
    test: KEYS(
      "answers the prefix, byte for byte; the key is refused at once, everywhere; a second one is 404",
    ),
  },
  {
    clause: "I-7.1e",
    what: "Keys can be created for a team",
    source: SOURCE.managementSpec,
    state: "partly",
    note: "A workspace has one team (Y-42)",
    test: KEYS("makes a key for the team, as for the workspace"),
  },
  {
    clause: "I-7.1f",
    what: "Keys can be restricted to environments",
    source: SOURCE.workspaceKeys,
    state: "not",
  },
  {
    clause: "I-7.2a",
    what: "Federated keys are minted, registered, listed and revoked under their group",
    source: SOURCE.groupKeys,
    note: "See K-1 to K-6",
    test: testsIn("http/management/keys.test.ts")(
      "K-2: the list and a single read show prefix and name, byte for byte",
    ),
  },
  {
    clause: "I-7.2b",
    what: "A federated key on the management API",
    source: SOURCE.silent,
    note: "A guess: 403 (A-3)",
    test: testsIn("http/management/access.test.ts")(
      "A-3: a federated key is 403 here, though it works on chat",
    ),
  },
  {
    clause: "I-7.3a",
    what: "GET /v1/users/me returns the calling user",
    source: SOURCE.managementSpec,
    note: "Ours: a workspace has one user (Y-41)",
    test: USERS("answers user and workspace, byte for byte"),
  },
  {
    clause: "I-7.3b",
    what: "POST /v1/users/auth/logout ends an OAuth login",
    source: SOURCE.commandLine,
    state: "not",
    note: "There are no OAuth logins",
  },
  {
    clause: "I-7.3c",
    what: "GET /v1/model_apis lists Model APIs",
    source: SOURCE.managementSpec,
    state: "partly",
    note: "Those that the workspace's endpoints name (Y-46)",
    test: MODELS("lists what endpoints lead to, each once, byte for byte"),
  },
  {
    clause: "I-7.3d",
    what: "Models, their environments and deployments can be listed and read",
    source: SOURCE.managementSpec,
    state: "partly",
    note: "Those of the seed; instances, settings and times are made up (Y-46). Nothing can be created, changed, activated or deployed",
    test: MODELS("on the management host: the workspace's models, byte for byte"),
  },
  {
    clause: "I-7.3e",
    what: "Secrets can be set and listed",
    source: SOURCE.managementSpec,
    note: "Values are not stored, because nothing uses them",
    test: SECRETS("POST answers the secret without its value, byte for byte, and GET lists it"),
  },
  {
    clause: "I-7.3f",
    what: "The management API has more routes: training, logs, metrics, instance types, teams, users",
    source: SOURCE.managementSpec,
    state: "not",
    note: "404, like any unknown path (X-18)",
  },
  {
    clause: "I-7.4a",
    what: "Clients send headers with a request id, a client name, a timeout or a deadline",
    source: `${SOURCE.commandLine}; ${SOURCE.goClient}; ${SOURCE.truss}`,
    state: "not",
    note: "Accepted but without effect",
  },
]);
