/** One request as the emulator saw it: what `GET /_emulator/requests` answers. */
export interface JournalEntry {
  /** Grows by one per request; also the id in `x-emulator-request`. */
  readonly seq: number;
  /** Arrival, epoch milliseconds on the world's clock. */
  readonly at: number;
  /** From arrival to the end of the answer, milliseconds on the world's clock. */
  readonly durationMs: number;
  readonly surface: Surface;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly keyPrefix: string | null;
  readonly groupId: string | null;
  readonly externalEntityId: string | null;
  readonly slug: string | null;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  /** Code of the error catalogue. */
  readonly error: string | null;
  readonly hint: string | null;
  /** Remarks such as ignored fields. */
  readonly notes: readonly string[];
  /** Why it was admitted or refused, as JSON text. */
  readonly decision: string | null;
  /** At most {@link JOURNAL_BODY_CHARS} characters; secrets left out. */
  readonly requestBody: string | null;
  readonly responseBody: string | null;
}

/** The APIs that one port serves; each has its own error dialect. */
export type Surface = "management" | "inference" | "dedicated" | "cloudflare" | "control";

/** The note on a request that was echoed because none of the rules that there are fits it. */
export const ECHO_NOTE = "no rule fits: echoed";

/** Most characters of a body that the journal keeps. */
export const JOURNAL_BODY_CHARS = 16 * 1024;
/** The same of a stream, whose chunks say little more than the answer's length. */
export const JOURNAL_STREAM_CHARS = 2 * 1024;
/** Bodies are kept for this many newest requests; the entries themselves stay. */
export const JOURNAL_BODIES_KEPT = 10_000;

/** What a list of requests can be narrowed to; every given field has to fit. */
export interface JournalFilter {
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly status?: number | undefined;
  readonly surface?: string | undefined;
  /** Key prefix. */
  readonly key?: string | undefined;
  /** Group id or external entity id. */
  readonly group?: string | undefined;
  readonly slug?: string | undefined;
  /** Code of the error catalogue. */
  readonly error?: string | undefined;
}

/** One billed or counted request of a federated key: usage record and billing event in one (W-2, L-2). */
export interface LedgerEntry {
  /** ULID, stable over retries (W-2). */
  readonly eventId: string;
  readonly workspaceId: string;
  readonly journalSeq: number;
  /** UUID of the request. */
  readonly requestId: string;
  readonly groupId: string;
  readonly externalEntityId: string;
  readonly keyPrefix: string;
  readonly slug: string;
  readonly admittedAt: number;
  readonly completedAt: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  /** False when the model produced nothing: it counts, but is not billed (L-4, W-7). */
  readonly billed: boolean;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  /** Groups whose counters it feeds: its own, and every ancestor under CASCADING (L-6). */
  readonly countedGroupIds: readonly string[];
}
