import * as z from "zod";
import { DEPLOYMENT_STATUSES } from "../domain/deployments.js";
import { durationSchema } from "./duration.js";

/** Ids are part of host names (I-5.1a). */
const hostId = z.string().regex(/^[A-Za-z0-9_-]{1,63}$/, {
  error: "expected 1 to 63 letters, digits, _ or -: it is part of a host name",
});
const name = z.string().min(1).max(255);
const environmentName = z.string().min(1).max(255);

const environment = z.union(
  [
    environmentName,
    z.strictObject({
      name: environmentName,
      deployment: name.optional().describe("Id of the deployment that serves it"),
    }),
  ],
  { error: "expected a name or { name, deployment }" },
);

const deployment = z.strictObject({
  id: name,
  environment: environmentName
    .optional()
    .describe("The environment that it serves; without one it is addressed by its id only"),
  status: z.enum(DEPLOYMENT_STATUSES).default("ACTIVE"),
  cold_start: durationSchema
    .optional()
    .describe("Time from the first request, or wake, until it answers; 0 when absent"),
  scale_down_delay: durationSchema
    .optional()
    .describe("Idle time after which it scales to zero; never when absent"),
});

const deployable = {
  name: name.optional(),
  environments: z
    .array(environment)
    .default(["production"])
    .describe("production always exists; development only if listed"),
  deployments: z.array(deployment).optional(),
};

/** A model of a workspace: a possible target of endpoints (E-7), with dedicated deployments at `model-<id>`. */
export const modelSchema = z
  .strictObject({
    id: hostId,
    ...deployable,
    served_model_names: z
      .array(name)
      .optional()
      .describe("Names as in --served-model-name; any name is served when absent"),
    embedding_dimensions: z
      .int()
      .min(1)
      .max(8192)
      .optional()
      .describe("Length of embeddings if a request has no dimensions; 1536 when absent"),
  })
  .meta({ id: "ModelSeed" });

/** A chain of a workspace, at `chain-<id>`. */
export const chainSchema = z.strictObject({ id: hostId, ...deployable }).meta({ id: "ChainSeed" });

export type ModelSeed = z.output<typeof modelSchema>;
export type ChainSeed = z.output<typeof chainSchema>;
