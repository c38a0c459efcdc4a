import * as z from "zod";
import { DEPLOYMENT_STATUSES } from "../domain/deployments.js";
import { WORKSPACE_KEY_TYPES } from "../domain/model.js";
import { pageAnswer, time } from "./answers.js";

/** Answers of the identity and workspace routes (I-7.1a to I-7.3e), for the API description only. The routes build them by hand. */

const person = { user_id: z.string(), email: z.string().nullable(), name: z.string().nullable() };

export const userAnswer = z.object({ ...person, workspace_name: z.string().nullable() }).meta({ id: "User" });

export const apiKeyMintedAnswer = z
  .object({ api_key: z.string().describe("The whole key, shown this once") })
  .meta({ id: "ApiKeyMinted" });
export const apiKeyDeletedAnswer = z.object({ prefix: z.string() }).meta({ id: "ApiKeyDeleted" });
export const apiKeysAnswer = z
  .object({
    keys: z.array(
      z
        .object({
          prefix: z.string(),
          name: z.string().nullable(),
          type: z.enum(WORKSPACE_KEY_TYPES),
          model_ids: z.array(z.string()).nullable(),
          team_name: z.string().nullable(),
          owner: z.object(person).nullable().describe("Of personal keys only"),
        })
        .meta({ id: "ApiKey" }),
    ),
  })
  .meta({ id: "ApiKeys" });

export const secretAnswer = z
  .object({ id: z.string(), created_at: time, name: z.string(), team_name: z.string() })
  .meta({ id: "Secret" });
export const secretsAnswer = z.object({ secrets: z.array(secretAnswer) }).meta({ id: "Secrets" });

export const modelAnswer = z
  .object({
    id: z.string(),
    created_at: time,
    name: z.string(),
    deployments_count: z.int(),
    production_deployment_id: z.string().nullable(),
    development_deployment_id: z.string().nullable(),
    instance_type_name: z.string(),
    team_name: z.string(),
  })
  .meta({ id: "Model" });
export const modelsAnswer = z
  .object({ models: z.array(modelAnswer) })
  .meta({ id: "Models", description: "The workspace's models, on the management host (X-24)" });

const autoscaling = z
  .object({
    min_replica: z.int(),
    max_replica: z.int(),
    autoscaling_window: z.int().nullable(),
    scale_down_delay: z.int().nullable(),
    concurrency_target: z.int(),
    target_utilization_percentage: z.int().nullable(),
    target_in_flight_tokens: z.int().nullable(),
    max_scale_down_rate: z.int().nullable(),
  })
  .meta({ id: "AutoscalingSettings" });
const backpressure = z
  .object({ policy: z.enum(["QUEUE_ON_FULL", "REJECT_ON_FULL"]).nullable() })
  .meta({ id: "RequestBackpressureSettings" });

export const deploymentAnswer = z
  .object({
    id: z.string(),
    created_at: time,
    name: z.string(),
    model_id: z.string(),
    is_production: z.boolean(),
    is_development: z.boolean(),
    status: z.enum([...DEPLOYMENT_STATUSES, "WAKING_UP"]),
    active_replica_count: z.int(),
    autoscaling_settings: autoscaling.nullable(),
    instance_type_name: z.string().nullable(),
    environment: z.string().nullable(),
    labels: z.record(z.string(), z.unknown()).nullable(),
    region: z.object({ slug: z.string(), display_name: z.string() }).nullable(),
    request_backpressure_settings: backpressure,
  })
  .meta({ id: "Deployment" });
export const deploymentsAnswer = z
  .object({ deployments: z.array(deploymentAnswer) })
  .meta({ id: "Deployments" });

export const environmentAnswer = z
  .object({
    name: z.string(),
    created_at: time,
    model_id: z.string(),
    current_deployment: deploymentAnswer.nullable(),
    candidate_deployment: deploymentAnswer.nullable(),
    in_progress_promotion: z.null(),
    autoscaling_settings: autoscaling,
    promotion_settings: z.object({
      redeploy_on_promotion: z.boolean(),
      rolling_deploy: z.boolean(),
      promotion_cleanup_strategy: z.enum(["KEEP", "SCALE_TO_ZERO", "DEACTIVATE"]),
      rolling_deploy_config: z.null(),
      ramp_up_while_promoting: z.boolean(),
      ramp_up_duration_seconds: z.int(),
    }),
    instance_type: z.object({
      id: z.string(),
      name: z.string(),
      memory_limit_mib: z.int(),
      millicpu_limit: z.int(),
      gpu_count: z.int(),
      gpu_type: z.string().nullable(),
      gpu_memory_limit_mib: z.int().nullable(),
    }),
    request_backpressure_settings: backpressure,
    autoscaling_schedules: z.null(),
  })
  .meta({ id: "Environment" });
export const environmentsAnswer = z
  .object({ environments: z.array(environmentAnswer) })
  .meta({ id: "Environments" });

export const modelApisAnswer = pageAnswer(
  z
    .object({
      name: z.string(),
      display_name: z.string(),
      description: z.string(),
      model_family: z.string().nullable(),
      release_date: z.iso.date(),
      invoke_url: z.string(),
      context_length: z.int(),
      cost_per_million_input_tokens: z.number(),
      cost_per_million_output_tokens: z.number(),
      rate_limits: z.array(z.unknown()),
      org_details: z.null(),
    })
    .meta({ id: "ModelApi" }),
).meta({ id: "ModelApiPage" });
