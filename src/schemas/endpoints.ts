import * as z from "zod";
import { PROVIDERS, REGIONS } from "../domain/model.js";

const text = z.string().min(1).max(1024);

/** A target of an endpoint. Which fields its provider needs and allows is checked elsewhere (E-6). */
export const targetSchema = z
  .object({
    provider: z.enum(PROVIDERS),
    model_id: text.nullish().describe("BASETEN only"),
    environment_name: text.nullish().describe("BASETEN only; `production` when absent"),
    secret_id: text.nullish().describe("Id of the secret with an external provider's key"),
    target_model: text.nullish().describe("The upstream model name"),
    base_url: text.nullish().describe("OPENAI_COMPATIBLE only: https, no port"),
    vertex_config: z.object({ project_id: text, location: text }).nullish().describe("VERTEX only"),
  })
  .meta({ id: "Target" });

const targets = z.array(targetSchema).describe("Exactly one (E-5)");
/** Its form is checked elsewhere, with the other rules for slugs (E-2 to E-4). */
const slug = z.string().meta({ examples: ["my-org/glm-5.2"] });

/** Body of `POST /v1/gateway/endpoints` (E-1). */
export const createEndpointSchema = z
  .object({ slug, targets, region: z.enum(REGIONS).nullish() })
  .meta({ id: "CreateEndpoint" });

/** Body of `PATCH /v1/gateway/endpoints/{id}` (E-10). */
export const updateEndpointSchema = z
  .object({ slug: slug.nullish(), targets: targets.nullish() })
  .meta({ id: "UpdateEndpoint" });
