import { Access } from "./access.js";
import { AsyncInference } from "./async/async-inference.js";
import { DeploymentPredictor } from "./async/deployment-predictor.js";
import { Billing } from "./billing.js";
import { Chat } from "./chat.js";
import { ChatRecords } from "./chat-records.js";
import { AiCache } from "./cloudflare/cache.js";
import { AiGateways } from "./cloudflare/gateways.js";
import { Completions } from "./completions.js";
import { Deployments } from "./deployments/deployments.js";
import { Predictions } from "./deployments/predictions.js";
import { Faults } from "./faults.js";
import { Journal } from "./journal.js";
import { Limits } from "./limits.js";
import { Endpoints } from "./management/endpoints.js";
import { Groups } from "./management/groups.js";
import { Keys } from "./management/keys.js";
import { ManagementRate } from "./management/rate.js";
import { WorkspaceKeys } from "./management/workspace-keys.js";
import { WorkspaceModels } from "./management/workspace-models.js";
import { WorkspaceSecrets } from "./management/workspace-secrets.js";
import { Replies } from "./replies.js";
import { Routing } from "./routing.js";
import { Time } from "./time.js";
import { Webhooks } from "./webhooks/webhooks.js";
import type { WorldContext } from "./world-context.js";

/** The services of one world. */
export type Services = ReturnType<typeof createServices>;

export function createServices(context: WorldContext) {
  const access = new Access(context);
  const routing = new Routing(context);
  const limits = new Limits(context);
  const journal = new Journal(context);
  const completions = new Completions(context);
  const faults = new Faults(context);
  const workspaceSecrets = new WorkspaceSecrets(context);
  const deployments = new Deployments(context, { access });
  const predictions = new Predictions(context, { faults });
  return {
    context,
    access,
    routing,
    limits,
    journal,
    completions,
    faults,
    webhooks: new Webhooks(context, faults, journal),
    billing: new Billing(context, () => journal.flush()),
    endpoints: new Endpoints(context, { routing, secrets: workspaceSecrets }),
    groups: new Groups(context),
    keys: new Keys(context),
    workspaceKeys: new WorkspaceKeys(context),
    workspaceModels: new WorkspaceModels(context),
    workspaceSecrets,
    managementRate: new ManagementRate(context),
    chat: new Chat(context, { access, limits, routing, completions, faults }),
    replies: new Replies(context),
    chatRecords: new ChatRecords(context),
    time: new Time(context, limits),
    aiGateways: new AiGateways(context),
    aiCache: new AiCache(context),
    deployments,
    predictions,
    asyncInference: new AsyncInference(
      context,
      new DeploymentPredictor(context, { deployments, predictions }),
    ),
  };
}
