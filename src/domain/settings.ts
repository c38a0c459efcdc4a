import type { WebhookFields } from "./billing-webhook.js";
import type { StreamStyle } from "./completion/style.js";

/** What an emulated model takes (inference §4.2). */
export interface ModelAbilities {
  readonly images: "accept" | "refuse";
  /** `absent`: the wish is passed over in silence, as recorded on some models; `refused`: 400, as on others. */
  readonly logprobs: "absent" | "supported" | "refused";
}

/**
 * The switches of a world: every point where the sources are silent or disagree and a user may want the
 * other behaviour. `domain/decisions.ts` says why each default is what it is.
 */
export interface Settings {
  /** federated keys may be sent as `Bearer`. */
  readonly acceptBearer: boolean;
  /** refuse more than 100 management requests a second per key and route. */
  readonly managementRateLimit: boolean;
  /** E-12: seconds until the gateway sees an endpoint change. */
  readonly endpointSyncSeconds: number;
  /** L-11: what a TOKEN limit looks at when a request arrives. */
  readonly tokenAdmission: "consumed" | "prompt" | "reserve";
  /** L-13: add `Retry-After` and `x-ratelimit-*`. */
  readonly rateLimitHeaders: boolean;
  /** shape of the model server's errors. */
  readonly modelServerErrors: "nested" | "flat";
  /** what happens to body fields that the schema does not know. */
  readonly unknownFields: "ignore" | "reject";
  /** how stream chunks look. */
  readonly streamDialect: "sparse" | "full" | "openai";
  /** how tokens are counted. */
  readonly tokenizer: "approximate" | "o200k_base" | "cl100k_base";
  /** How every answer arrives, unless its rule says otherwise. */
  readonly stream: StreamStyle;
  /** What a request that no rule fits gets. */
  readonly unmatched: "echo" | "error";
  /** What the models can do, by slug; `default` for all others. */
  readonly abilities: Readonly<Record<string, ModelAbilities>> & { readonly default: ModelAbilities };
  /** W-3: the older name of the external id goes along. */
  readonly webhookFields: WebhookFields;
  /** W-10: deliveries in flight at once, per workspace. */
  readonly webhookConcurrency: number;
  /** W-2: most events of one delivery. */
  readonly webhookBatch: number;
  /** Y-28: async requests in progress at once, per deployment. */
  readonly asyncConcurrency: number;
  /** largest request body, bytes. */
  readonly maxBodyBytes: number;
  /** another body or further headers for the inference 429. */
  readonly rateLimitedError: {
    /** undefined: as ever. */
    readonly body: unknown;
    readonly headers: Readonly<Record<string, string>>;
  } | null;
}

/** 100 MB, the documented limit at the edge. */
export const MAX_BODY_BYTES = 100 * 1024 * 1024;

export const DEFAULT_SETTINGS: Settings = {
  acceptBearer: false,
  managementRateLimit: true,
  endpointSyncSeconds: 0,
  tokenAdmission: "consumed",
  rateLimitHeaders: false,
  modelServerErrors: "nested",
  unknownFields: "ignore",
  streamDialect: "sparse",
  tokenizer: "approximate",
  stream: {},
  unmatched: "echo",
  abilities: { default: { images: "accept", logprobs: "absent" } },
  webhookFields: "new",
  webhookConcurrency: 8,
  webhookBatch: 1,
  asyncConcurrency: 1,
  maxBodyBytes: MAX_BODY_BYTES,
  rateLimitedError: null,
};
