import type { DecisionRow } from "./management.js";

/** What is silent about users, workspace keys, secrets and models on the management API. */
export const WORKSPACE_DECISIONS: readonly DecisionRow[] = [
  {
    id: "Y-41",
    question: "Who GET /v1/users/me says it is",
    answer:
      "the workspace's one user, whatever managing key asks; also the owner of its PERSONAL keys, new ones too",
    switch: "user of a workspace in the seed",
  },
  {
    id: "Y-42",
    question: "Teams",
    answer:
      "a workspace has one, named after it; team_name of models and secrets is its name, that of keys only when they were made under /v1/teams/{id}",
    switch: "team of a workspace in the seed",
  },
  {
    id: "Y-43",
    question: "Which keys may use the routes outside /v1/gateway, and whether onboarding matters there",
    answer:
      "PERSONAL and WORKSPACE_MANAGE_ALL all of them, WORKSPACE_MANAGE_API_KEYS those of keys and users; the others none (A-7). Workspaces that are not onboarded may use them",
    switch: null,
  },
  {
    id: "Y-44",
    question: "A WORKSPACE_INVOKE key with model_ids, asked for another model",
    answer:
      "as a slug that is not granted (X-4); a slug is reached when its target's model_id is in the list. On a model's own host as a wrong key (Y-21)",
    switch: null,
  },
  {
    id: "Y-45",
    question: "Keys and secrets where nothing is known",
    answer:
      "DELETE of a prefix that several keys of a seed share is 400; another workspace's prefix is 404; model_ids that is empty, or names an unknown model where some are declared, is 400; the value of a secret is kept nowhere; new secrets can be named by endpoints at once",
    switch: null,
  },
  {
    id: "Y-46",
    question: "What models show that the emulator has nothing for",
    answer:
      "created_at is the workspace's, instances are 1x2, settings are the defaults; /v1/model_apis lists what BASETEN_MODEL_API targets name; /v1/models/{id} and below belong to the management API on the plain host too",
    switch: "Host header, /_host/",
  },
];
