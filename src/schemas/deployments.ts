import * as z from "zod";
import { DEPLOYMENT_STATUSES } from "../domain/deployments.js";
import { durationSchema } from "./duration.js";

/** Ids stand in host names (inference §5). */
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
      deployment: name.optional().meta({ description: "Id of the deployment that serves it" }),
    }),
  ],
  { error: "expected a name or { name, deployment }" },
);

const deployment = z.strictObject({
  id: name,
  environment: environmentName
    .optional()
    .meta({ description: "The environment it serves; without one it is reached by its id alone" }),
  status: z.enum(DEPLOYMENT_STATUSES).default("ACTIVE"),
  cold_start: durationSchema
    .optional()
    .meta({ description: "From the first request, or wake, until it answers; 0 when absent" }),
  scale_down_delay: durationSchema
    .optional()
    .meta({ description: "Idle for so long, it scales to zero; never when absent" }),
});

const deployable = {
  name: name.optional(),
  environments: z
    .array(environment)
    .default(["production"])
    .meta({ description: "production is always there; development only when named" }),
  deployments: z.array(deployment).optional(),
};

/** A model of a workspace: what endpoints may name (E-7), and the dedicated deployments behind `model-<id>`. */
export const modelSchema = z
  .strictObject({
    id: hostId,
    ...deployable,
    served_model_names: z
      .array(name)
      .optional()
      .meta({ description: "What --served-model-name says; any name is served when absent" }),
    embedding_dimensions: z
      .int()
      .min(1)
      .max(8192)
      .optional()
      .meta({ description: "Length of embeddings when a request names none; 1536 when absent" }),
  })
  .meta({ id: "ModelSeed" });

/** A chain of a workspace, behind `chain-<id>`. */
export const chainSchema = z.strictObject({ id: hostId, ...deployable }).meta({ id: "ChainSeed" });

export type ModelSeed = z.output<typeof modelSchema>;
export type ChainSeed = z.output<typeof chainSchema>;
