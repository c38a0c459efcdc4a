/** One request and its answer, as `GET /_emulator/requests` shows it. */
export interface JournalEntry {
  /** Number of the request; also in `x-emulator-request`. */
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
  /** Notes such as ignored fields. */
  readonly notes: readonly string[];
  /** Why it was admitted or refused, as JSON text. */
  readonly decision: string | null;
  /** At most {@link JOURNAL_BODY_CHARS} characters, without secrets. */
  readonly requestBody: string | null;
  readonly responseBody: string | null;
}

/** The APIs on one port. Each has its own error dialect. */
export type Surface = "management" | "inference" | "dedicated" | "cloudflare" | "control";

/** The note on a request that matched no rule and was echoed. */
export const ECHO_NOTE = "no rule fits: echoed";

/** Maximum characters of a body in the journal. */
export const JOURNAL_BODY_CHARS = 16 * 1024;
/** The same for a stream, whose chunks are mostly overhead. */
export const JOURNAL_STREAM_CHARS = 2 * 1024;
/** The beginning of a text, at most so many characters, without half of a pair of surrogates at its end. */
export function headOf(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const isHalf = (text.charCodeAt(characters - 1) & 0xfc00) === 0xd800;
  return text.slice(0, isHalf ? characters - 1 : characters);
}

/** Number of newest requests whose bodies are kept. `Settings.journalKeep` is for the entries. */
export const JOURNAL_BODIES_KEPT = 10_000;

/** Filter for requests; all given fields must match. */
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

/** One counted request of a federated key: its usage (L-2) and its billing event (W-2). */
export interface LedgerEntry {
  /** ULID; the same on every retry (W-2). */
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
  /** False when the model produced nothing: counted, but not billed (L-4, W-7). */
  readonly billed: boolean;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  /** The groups whose counters include it: its own, and all ancestors under CASCADING (L-6). */
  readonly countedGroupIds: readonly string[];
}
