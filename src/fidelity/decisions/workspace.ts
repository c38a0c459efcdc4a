import type { DecisionRow } from "./row.js";

/** Open questions about users, workspace keys, secrets and models on the management API. */
export const WORKSPACE_DECISIONS: readonly DecisionRow[] = [
  {
    id: "Y-41",
    question: "The user that GET /v1/users/me returns",
    answer: "the workspace's only user, for every managing key; this user also owns all PERSONAL keys",
    switch: "user of a workspace in the seed",
  },
  {
    id: "Y-42",
    question: "Teams",
    answer:
      "a workspace has one team of the same name; it is the team_name of models and secrets, and of keys created under /v1/teams/{id}",
    switch: "team of a workspace in the seed",
  },
  {
    id: "Y-43",
    question: "Which keys can use the routes outside /v1/gateway, and whether onboarding matters there",
    answer:
      "PERSONAL and WORKSPACE_MANAGE_ALL all of them, WORKSPACE_MANAGE_API_KEYS those for keys and users; other keys none (A-7). Workspaces that are not onboarded can use them",
    switch: null,
  },
  {
    id: "Y-44",
    question: "A WORKSPACE_INVOKE key with model_ids, used for another model",
    answer:
      "like a slug that is not granted (X-4); a slug is allowed if its target's model_id is in the list. On a model's own host like a wrong key (Y-21)",
    switch: null,
  },
  {
    id: "Y-45",
    question: "Undocumented behaviour of keys and secrets",
    answer:
      "DELETE of a prefix that several keys of a seed share is 400; another workspace's prefix is 404; model_ids that is empty, or has an unknown model although models are declared, is 400; the value of a secret is not stored; endpoints can use new secrets at once",
    switch: null,
  },
  {
    id: "Y-46",
    question: "Fields of models that the emulator has no data for",
    answer:
      "created_at is the workspace's, instances are 1x2, settings are the defaults; /v1/model_apis lists the models of BASETEN_MODEL_API targets; /v1/models/{id} and paths below it belong to the management API on the plain host too",
    switch: "Host header, /_host/",
  },
];
