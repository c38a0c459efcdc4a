import { Access } from "./access.js";
import { AsyncInference } from "./async/async-inference.js";
import { DeploymentPredictor } from "./async/deployment-predictor.js";
import { Billing } from "./billing.js";
import { Chat } from "./chat.js";
import { AiCache } from "./cloudflare/cache.js";
import { AiGateways } from "./cloudflare/gateways.js";
import { Completions } from "./completions.js";
import { Deployments } from "./deployments/deployments.js";
import { Predictions } from "./deployments/predictions.js";
import { Faults } from "./faults.js";
import { Journal } from "./journal.js";
import type { Kernel } from "./kernel.js";
import { Limits } from "./limits.js";
import { Endpoints } from "./management/endpoints.js";
import { Groups } from "./management/groups.js";
import { Keys } from "./management/keys.js";
import { ManagementRate } from "./management/rate.js";
import { UsageReport } from "./management/usage.js";
import { WorkspaceKeys } from "./management/workspace-keys.js";
import { WorkspaceModels } from "./management/workspace-models.js";
import { WorkspaceSecrets } from "./management/workspace-secrets.js";
import { Models } from "./models.js";
import { Replies } from "./replies.js";
import { Routing } from "./routing.js";
import { Time } from "./time.js";
import { Webhooks } from "./webhooks/webhooks.js";

/** The services of one world, wired to each other. */
export interface Services {
  readonly kernel: Kernel;
  readonly access: Access;
  readonly routing: Routing;
  readonly limits: Limits;
  readonly journal: Journal;
  readonly completions: Completions;
  readonly faults: Faults;
  readonly webhooks: Webhooks;
  readonly billing: Billing;
  readonly endpoints: Endpoints;
  readonly groups: Groups;
  readonly keys: Keys;
  readonly workspaceKeys: WorkspaceKeys;
  readonly workspaceModels: WorkspaceModels;
  readonly workspaceSecrets: WorkspaceSecrets;
  readonly usage: UsageReport;
  readonly managementRate: ManagementRate;
  readonly chat: Chat;
  readonly models: Models;
  readonly time: Time;
  readonly aiGateways: AiGateways;
  readonly aiCache: AiCache;
  readonly deployments: Deployments;
  readonly predictions: Predictions;
  readonly asyncInference: AsyncInference;
}

export function createServices(kernel: Kernel): Services {
  const access = new Access(kernel);
  const routing = new Routing(kernel);
  const limits = new Limits(kernel);
  const journal = new Journal(kernel);
  const completions = new Completions(kernel);
  const faults = new Faults(kernel);
  const replies = new Replies(kernel);
  const workspaceSecrets = new WorkspaceSecrets(kernel);
  const deployments = new Deployments(kernel, { access });
  const predictions = new Predictions(kernel, { faults });
  return {
    kernel,
    access,
    routing,
    limits,
    journal,
    completions,
    faults,
    webhooks: new Webhooks(kernel, faults, journal),
    billing: new Billing(kernel, () => journal.flush()),
    endpoints: new Endpoints(kernel, { routing, secrets: workspaceSecrets }),
    groups: new Groups(kernel),
    keys: new Keys(kernel),
    workspaceKeys: new WorkspaceKeys(kernel),
    workspaceModels: new WorkspaceModels(kernel),
    workspaceSecrets,
    usage: new UsageReport(kernel, limits),
    managementRate: new ManagementRate(kernel),
    chat: new Chat(kernel, { access, limits, routing, completions, replies, faults, journal }),
    models: new Models(kernel, { access, routing }),
    time: new Time(kernel, limits),
    aiGateways: new AiGateways(kernel),
    aiCache: new AiCache(kernel),
    deployments,
    predictions,
    asyncInference: new AsyncInference(kernel, new DeploymentPredictor(kernel, { deployments, predictions })),
  };
}
