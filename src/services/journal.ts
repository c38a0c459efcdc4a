import type { GatewayError } from "../domain/errors.js";
import {
  headOf,
  JOURNAL_BODY_CHARS,
  type JournalEntry,
  type JournalFilter,
  type LedgerEntry,
  type Surface,
} from "../domain/journal.js";
import { storageFailure } from "../domain/storage-error.js";
import { setImmediate } from "../runtime/timers.js";
import { waitFor } from "../runtime/wait.js";
import { DayTotals } from "./day-totals.js";
import { JournalPruning } from "./journal-pruning.js";
import type { Cache, WorldContext } from "./world-context.js";

/** What is known of a journal entry before its request has ended. */
type KnownEntry = Omit<JournalEntry, "status" | "durationMs">;

/** A request in progress, with what is known for its journal entry. */
export interface RequestInProgress extends Mutable<KnownEntry> {
  readonly notes: string[];
  /** Its arrival, as HTTP writes it (RFC 9110 section 5.6.7). */
  readonly date: string;
  /** Stale after a reset; then not recorded. */
  readonly generation: number;
  /** The usage of an admitted request to a model. */
  ledgerEntry: LedgerEntry | null;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

interface Pending {
  readonly entry: JournalEntry;
  readonly ledger: LedgerEntry | null;
  readonly generation: number;
  readonly done: (failure: GatewayError | null) => void;
}

/**
 * Records all requests. Requests that end in the same turn of the event loop share one transaction for journal and
 * ledger (W-8). Answers wait for it, so no answered request is lost.
 */
export class Journal implements Cache {
  readonly #context: WorldContext;
  readonly #listeners = new Set<(entry: JournalEntry) => void>();
  readonly #end = new AbortController();
  readonly #pruning: JournalPruning;
  #onBilled: () => void = () => {};
  #pending: Pending[] = [];
  #scheduled = false;
  #seq: number;
  #generation = 0;
  #problem: string | null = null;
  /** The second for which {@link begin} has written the date. */
  #second = Number.NaN;
  #date = "";

  constructor(context: WorldContext) {
    this.#context = context;
    this.#pruning = new JournalPruning(context);
    this.#seq = context.store.journal.lastSeq();
    context.caches.push(this);
  }

  /** Why the newest entries could not be stored, and what to do; null: they were. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Requests in progress get an answer, but are not recorded. */
  stateReplaced(): void {
    this.#generation++;
    this.#problem = null;
    this.#pruning.recount();
    this.#seq = this.#context.store.journal.lastSeq();
  }

  /** Starts a request; pass the result to {@link finish}. */
  begin(surface: Surface, method: string, path: string): RequestInProgress {
    const at = this.#context.clock.now();
    return {
      seq: ++this.#seq,
      at,
      date: this.#dateOf(at),
      surface,
      method,
      path,
      generation: this.#generation,
      keyPrefix: null,
      groupId: null,
      externalEntityId: null,
      slug: null,
      promptTokens: null,
      completionTokens: null,
      error: null,
      hint: null,
      notes: [],
      decision: null,
      requestBody: null,
      responseBody: null,
      ledgerEntry: null,
    };
  }

  /** Most requests come in the same second as the one before. */
  #dateOf(at: number): string {
    const second = Math.floor(at / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#date = new Date(at).toUTCString();
    }
    return this.#date;
  }

  /**
   * Stores a finished request and its ledger entry.
   * @returns after the commit: the error to answer with, or null
   */
  finish(inProgress: RequestInProgress, status: number): Promise<GatewayError | null> {
    const entry: JournalEntry = {
      seq: inProgress.seq,
      at: inProgress.at,
      durationMs: this.#context.clock.now() - inProgress.at,
      surface: inProgress.surface,
      method: inProgress.method,
      path: inProgress.path,
      status,
      keyPrefix: inProgress.keyPrefix,
      groupId: inProgress.groupId,
      externalEntityId: inProgress.externalEntityId,
      slug: inProgress.slug && asSent(inProgress.slug),
      promptTokens: inProgress.promptTokens,
      completionTokens: inProgress.completionTokens,
      error: inProgress.error,
      hint: inProgress.hint && asSent(inProgress.hint),
      notes: inProgress.notes,
      decision: inProgress.decision,
      requestBody: cap(inProgress.requestBody),
      responseBody: cap(inProgress.responseBody),
    };
    const { ledgerEntry, generation } = inProgress;
    return new Promise((done) => {
      this.#pending.push({ entry, ledger: ledgerEntry, generation, done });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(() => this.flush());
    });
  }

  /** Writes all pending entries now. */
  flush(): void {
    this.#scheduled = false;
    const batch = this.#pending;
    if (batch.length === 0) return;
    this.#pending = [];
    const failure = this.#commit(batch);
    if (failure && batch.length > 1) {
      // One entry that cannot be stored must not affect the others.
      for (const pending of batch) this.#finished([pending], this.#commit([pending]));
    } else {
      this.#finished(batch, failure);
    }
  }

  /** Writes all entries or none. @returns the error, or null */
  #commit(batch: readonly Pending[]): GatewayError | null {
    try {
      this.#context.store.transaction(() => this.#write(batch));
      this.#problem = null;
      return null;
    } catch (cause) {
      const failure = storageFailure(cause);
      this.#problem = failure.hint ?? failure.message;
      this.#pruning.recount();
      return failure;
    }
  }

  #finished(batch: readonly Pending[], failure: GatewayError | null): void {
    if (!failure && batch.some(({ ledger }) => ledger?.billed)) this.#onBilled();
    for (const pending of batch) {
      const refused = failure && !mayBeLost(pending);
      pending.done(refused ? failure : null);
      const entry = refused ? failedEntry(pending.entry, failure) : pending.entry;
      for (const listener of this.#listeners) listener(entry);
    }
  }

  /** Calls back after each commit with billing events. */
  onBilled(listener: () => void): void {
    this.#onBilled = listener;
  }

  /** Calls back for each entry after its commit. @returns a function that removes the listener */
  onEntry(listener: (entry: JournalEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** At most `limit` entries after number `after`, oldest first. */
  page(filter: JournalFilter, after: number, limit: number): JournalEntry[] {
    this.flush();
    return this.#context.store.journal.page(filter, after, limit);
  }

  count(filter: JournalFilter): number {
    this.flush();
    return this.#context.store.journal.count(filter);
  }

  /**
   * Waits, in real time, until exactly `count` entries match; null: at least one.
   * @param timeoutMs milliseconds
   * @returns false after the timeout, or when {@link endWaits} ends the wait
   */
  waitForEntries(filter: JournalFilter, count: number | null, timeoutMs: number): Promise<boolean> {
    const reached = (): boolean => {
      const matching = this.count(filter);
      return count === null ? matching > 0 : matching === count;
    };
    return waitFor(reached, (listener) => this.onEntry(listener), timeoutMs, this.#end.signal);
  }

  /** Aborted by {@link endWaits}, for waits that are not for entries. */
  get waitsEnd(): AbortSignal {
    return this.#end.signal;
  }

  /** Ends all waits: the world ends, or its emulator stops. */
  endWaits(): void {
    this.#end.abort();
  }

  find(seq: number): JournalEntry | null {
    this.flush();
    return this.#context.store.journal.bySeq(seq);
  }

  clear(): void {
    this.flush();
    this.#context.store.journal.clear();
    this.#pruning.recount();
  }

  #write(batch: readonly Pending[]): void {
    const { journal, ledger } = this.#context.store;
    const current = batch.filter(({ generation }) => generation === this.#generation);
    const used = current.flatMap((pending) => pending.ledger ?? []);
    journal.insert(current.map(({ entry }) => entry));
    ledger.insert(used);
    const days = new DayTotals();
    for (const entry of used) days.add(entry);
    days.write(this.#context);
    this.#pruning.added(current.length, this.#seq);
  }
}

/** What is only read can be answered without a record (Y-80): the state is as before. */
function mayBeLost({ entry, ledger }: Pending): boolean {
  return ledger === null && (entry.method === "GET" || entry.method === "HEAD");
}

/** The entry of a request whose answer was replaced, for listeners such as the log. */
function failedEntry(entry: JournalEntry, { code, status, hint }: GatewayError): JournalEntry {
  return { ...entry, status, error: code, hint: hint ?? null };
}

/** A half of a character goes out as U+FFFD; SQLite would give back three of them. */
function asSent(text: string): string {
  return text.toWellFormed();
}

function cap(body: string | null): string | null {
  return body === null ? null : asSent(headOf(body, JOURNAL_BODY_CHARS));
}
