import type { WebhookFields } from "./billing-webhook.js";
import type { StreamStyle } from "./completion/style.js";

/** What an emulated model supports (I-1.2d, I-1.3f). */
export interface ModelAbilities {
  readonly images: "accept" | "refuse";
  /** `absent`: the request's `logprobs` is ignored, as by some models; `refused`: 400, as by others. */
  readonly logprobs: "absent" | "supported" | "refused";
}

/**
 * The switches of a world, for behaviour that the sources leave open or disagree about. `docs/decisions.md` explains
 * the defaults.
 */
export interface Settings {
  /** Accepts federated keys as `Bearer`. */
  readonly acceptBearer: boolean;
  /** Refuses more than 100 management requests per second, key and route. */
  readonly managementRateLimit: boolean;
  /** Interval at which the gateway sees endpoint changes, seconds; 0: at once (E-12). */
  readonly endpointSyncSeconds: number;
  /** Which tokens a TOKEN limit checks when a request arrives (L-11). */
  readonly tokenAdmission: "consumed" | "prompt" | "reserve";
  /** Sends `Retry-After` and `x-ratelimit-*` (L-13). */
  readonly rateLimitHeaders: boolean;
  /** Shape of the model server's errors. */
  readonly modelServerErrors: "nested" | "flat";
  /** What happens to unknown body fields. */
  readonly unknownFields: "ignore" | "reject";
  /** Form of stream chunks. */
  readonly streamDialect: "sparse" | "full" | "openai";
  /** How tokens are counted. */
  readonly tokenizer: "approximate" | "o200k_base" | "cl100k_base";
  /** Default pace and form of answers; a rule may change them. */
  readonly stream: StreamStyle;
  /** Answer to a request that matches no rule. */
  readonly unmatched: "echo" | "error";
  /** What the models support, by slug; `default` for all others. */
  readonly abilities: Readonly<Record<string, ModelAbilities>> & { readonly default: ModelAbilities };
  /** `both` also sends the older name of the external id (W-3). */
  readonly webhookFields: WebhookFields;
  /** Maximum attempts at deliveries in flight per workspace (W-10). */
  readonly webhookConcurrency: number;
  /** Maximum events per delivery (W-2). */
  readonly webhookBatch: number;
  /** Maximum async requests in progress per deployment (Y-28). */
  readonly asyncConcurrency: number;
  /** Maximum size of a request body, bytes. */
  readonly maxBodyBytes: number;
  /** Newest entries that the journal keeps (Y-82). */
  readonly journalKeep: number;
  /** Maximum worlds of the process; the default world's counts (Y-82). */
  readonly maxWorlds: number;
  /** Maximum snapshots of a world that were taken without a name (Y-82). */
  readonly maxUnnamedSnapshots: number;
  /** Maximum size of all snapshots of the process, bytes; the default world's counts (Y-82). */
  readonly maxSnapshotBytes: number;
  /** How long a value for a JSON Schema may be searched for, milliseconds of real time (Y-65). */
  readonly generationBudgetMs: number;
  /** Maximum size of the headers of a request, bytes; the default world's counts, when it starts (Y-82). */
  readonly maxHeaderBytes: number;
  /** Maximum size of the answer of a server that a rule forwards to, bytes (Y-76). */
  readonly maxAnswerBytes: number;
  /** Body and additional headers of the inference 429; null: the default body. */
  readonly rateLimitedError: {
    /** undefined: the default body. */
    readonly body: unknown;
    readonly headers: Readonly<Record<string, string>>;
  } | null;
}

/** 100 MB, the documented limit at the edge. */
export const MAX_BODY_BYTES = 100 * 1024 * 1024;

/** 64 MiB, of an answer of a server that a rule forwards to (Y-76). */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

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
  journalKeep: 100_000,
  maxWorlds: 256,
  maxUnnamedSnapshots: 32,
  maxSnapshotBytes: 512 * 1024 * 1024,
  generationBudgetMs: 500,
  // Keys and metadata fit many times.
  maxHeaderBytes: 64 * 1024,
  maxAnswerBytes: MAX_ANSWER_BYTES,
  rateLimitedError: null,
};
