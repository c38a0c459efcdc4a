import type { DeclaredDeployment } from "../../domain/deployments.js";
import type { DeclaredModel, Workspace } from "../../domain/model.js";
import type { DeploymentView } from "../../services/management/workspace-models.js";
import { timestamp } from "./json.js";

/**
 * Models in the shapes of the management API, with keys in the specified order. Values that the emulator does not have
 * are the defaults (Y-46).
 */

/** The smallest instance type. */
const INSTANCE_TYPE = {
  id: "1x2",
  name: "1x2",
  memory_limit_mib: 2048,
  millicpu_limit: 1000,
  gpu_count: 0,
  gpu_type: null,
  gpu_memory_limit_mib: null,
};

const PROMOTION_SETTINGS = {
  redeploy_on_promotion: false,
  rolling_deploy: false,
  promotion_cleanup_strategy: "SCALE_TO_ZERO",
  rolling_deploy_config: null,
  ramp_up_while_promoting: false,
  ramp_up_duration_seconds: 600,
};

const BACKPRESSURE_SETTINGS = { policy: null };

/** The documented default, seconds. */
const SCALE_DOWN_DELAY = 900;
/** Context window of every model, tokens (Y-12). */
const CONTEXT_LENGTH = 262_144;

export function modelJson(
  { createdAt, team }: Workspace,
  model: DeclaredModel,
  main: { readonly production: DeploymentView | null; readonly development: DeploymentView | null },
) {
  return {
    id: model.id,
    created_at: timestamp(createdAt),
    name: model.name ?? model.id,
    deployments_count: model.deployments.length,
    production_deployment_id: main.production?.deployment.id ?? null,
    development_deployment_id: main.development?.deployment.id ?? null,
    instance_type_name: INSTANCE_TYPE.name,
    team_name: team.name,
  };
}

export function deploymentJson({ createdAt }: Workspace, { model, deployment, status }: DeploymentView) {
  return {
    id: deployment.id,
    created_at: timestamp(createdAt),
    name: deployment.id,
    model_id: model.id,
    is_production: deployment.environment === "production",
    is_development: deployment.environment === "development",
    status,
    active_replica_count: status === "ACTIVE" ? 1 : 0,
    autoscaling_settings: autoscalingJson(deployment),
    instance_type_name: INSTANCE_TYPE.name,
    environment: deployment.environment,
    labels: null,
    region: null,
    request_backpressure_settings: BACKPRESSURE_SETTINGS,
  };
}

export function environmentJson(
  workspace: Workspace,
  model: DeclaredModel,
  name: string,
  current: DeploymentView | null,
) {
  return {
    name,
    created_at: timestamp(workspace.createdAt),
    model_id: model.id,
    current_deployment: current && deploymentJson(workspace, current),
    candidate_deployment: null,
    in_progress_promotion: null,
    autoscaling_settings: autoscalingJson(current?.deployment ?? null),
    promotion_settings: PROMOTION_SETTINGS,
    instance_type: INSTANCE_TYPE,
    request_backpressure_settings: BACKPRESSURE_SETTINGS,
    autoscaling_schedules: null,
  };
}

/** One replica, or down to none if the deployment scales down by itself. Times in seconds. */
function autoscalingJson(deployment: DeclaredDeployment | null) {
  const awake = deployment?.status === "ACTIVE" && deployment.scaleDownMs === null;
  const scaleDownMs = deployment?.scaleDownMs ?? null;
  return {
    min_replica: awake ? 1 : 0,
    max_replica: 1,
    autoscaling_window: 60,
    scale_down_delay: scaleDownMs === null ? SCALE_DOWN_DELAY : Math.ceil(scaleDownMs / 1000),
    concurrency_target: 1,
    target_utilization_percentage: 70,
    target_in_flight_tokens: null,
    max_scale_down_rate: null,
  };
}

/**
 * Prices are 0, as in the inference host's catalogue (Y-12).
 * @param invokeUrl base URL of the inference routes
 */
export function modelApiJson({ createdAt }: Workspace, name: string, invokeUrl: string) {
  return {
    name,
    display_name: name,
    description: "",
    model_family: null,
    release_date: timestamp(createdAt).slice(0, "YYYY-MM-DD".length),
    invoke_url: invokeUrl,
    context_length: CONTEXT_LENGTH,
    cost_per_million_input_tokens: 0,
    cost_per_million_output_tokens: 0,
    rate_limits: [],
    org_details: null,
  };
}
