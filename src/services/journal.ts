import {
  JOURNAL_BODIES_KEPT,
  JOURNAL_BODY_CHARS,
  type JournalEntry,
  type JournalFilter,
  type LedgerEntry,
  type Surface,
} from "../domain/journal.js";
import { dayOf } from "../domain/limits/time.js";
import { waitFor } from "../runtime/wait.js";
import type { Cache, WorldContext } from "./world-context.js";

/** A request under way; what is learnt about it is written down here until its answer ends. */
export interface RequestInProgress {
  readonly seq: number;
  readonly at: number;
  readonly surface: Surface;
  readonly method: string;
  readonly path: string;
  /** The state it began in; a reset meanwhile makes it nobody's. */
  readonly generation: number;
  keyPrefix: string | null;
  groupId: string | null;
  externalEntityId: string | null;
  slug: string | null;
  promptTokens: number | null;
  completionTokens: number | null;
  error: string | null;
  hint: string | null;
  notes: string[];
  decision: string | null;
  requestBody: string | null;
  /** What the journal keeps of the answer; without secrets. */
  responseBody: string | null;
  /** What it counts and costs, of an admitted request to a model. */
  ledgerEntry: LedgerEntry | null;
}

interface Pending {
  readonly entry: JournalEntry;
  readonly ledger: LedgerEntry | null;
  readonly generation: number;
  readonly done: (failure: Error | null) => void;
}

/** Every so many entries, old bodies are forgotten. */
const PRUNE_EVERY = 1_000;

/**
 * Writes down every request. What ends in one turn of the event loop goes into one transaction, journal and
 * ledger together (W-8), and the answers wait for it: nothing acknowledged is lost, and it stays fast.
 */
export class Journal implements Cache {
  readonly #context: WorldContext;
  readonly #listeners = new Set<(entry: JournalEntry) => void>();
  readonly #end = new AbortController();
  #onBilled: () => void = () => {};
  #pending: Pending[] = [];
  #scheduled = false;
  #seq: number;
  #sincePrune = 0;
  #generation = 0;

  constructor(context: WorldContext) {
    this.#context = context;
    this.#seq = context.store.journal.lastSeq();
    context.caches.push(this);
  }

  configurationChanged(): void {}

  /** Requests under way belong to the state that is gone: they are answered, but not written down. */
  stateReplaced(): void {
    this.#generation++;
    this.#seq = this.#context.store.journal.lastSeq();
  }

  begin(surface: Surface, method: string, path: string): RequestInProgress {
    return {
      seq: ++this.#seq,
      at: this.#context.clock.now(),
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

  /**
   * Stores a finished request and, when it was admitted, what it counts.
   * @returns after the commit: what went wrong, or null
   */
  finish(inProgress: RequestInProgress, status: number): Promise<Error | null> {
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
      slug: inProgress.slug,
      promptTokens: inProgress.promptTokens,
      completionTokens: inProgress.completionTokens,
      error: inProgress.error,
      hint: inProgress.hint,
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

  /** Writes what is waiting, now. */
  flush(): void {
    this.#scheduled = false;
    const batch = this.#pending;
    if (batch.length === 0) return;
    this.#pending = [];
    const failure = this.#commit(batch);
    if (failure && batch.length > 1) {
      // One that cannot be stored must not take the others along.
      for (const pending of batch) this.#finished([pending], this.#commit([pending]));
    } else {
      this.#finished(batch, failure);
    }
  }

  /** All of it, or nothing. @returns what went wrong */
  #commit(batch: readonly Pending[]): Error | null {
    try {
      this.#context.store.transaction(() => this.#write(batch));
      return null;
    } catch (cause) {
      return cause instanceof Error ? cause : new Error(String(cause));
    }
  }

  #finished(batch: readonly Pending[], failure: Error | null): void {
    if (!failure && batch.some(({ ledger }) => ledger?.billed)) this.#onBilled();
    for (const { entry, done } of batch) {
      done(failure);
      for (const listener of this.#listeners) listener(entry);
    }
  }

  /** Called after a commit that holds billing events. */
  onBilled(listener: () => void): void {
    this.#onBilled = listener;
  }

  /** @returns a function that ends it */
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
   * Waits, in real time, until exactly `count` fit, or any when that is null.
   * @param patienceMs milliseconds
   * @returns whether they did in time, and before {@link endWaits}
   */
  waitForEntries(filter: JournalFilter, count: number | null, patienceMs: number): Promise<boolean> {
    const met = (): boolean => {
      const fitting = this.count(filter);
      return count === null ? fitting > 0 : fitting === count;
    };
    return waitFor(met, (listener) => this.onEntry(listener), patienceMs, this.#end.signal);
  }

  /** The world ends, or its emulator stops: nothing that is waited for will come. */
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
  }

  #write(batch: readonly Pending[]): void {
    const { journal } = this.#context.store;
    const days = new DayTotals();
    for (const { entry, ledger, generation } of batch) {
      if (generation !== this.#generation) continue;
      journal.insert(entry);
      if (ledger) {
        this.#context.store.ledger.insert(ledger);
        days.add(ledger);
      }
      this.#sincePrune++;
    }
    days.write(this.#context);
    if (this.#sincePrune >= PRUNE_EVERY) {
      this.#sincePrune = 0;
      journal.dropBodies(this.#seq - JOURNAL_BODIES_KEPT);
    }
  }
}

/** Usage of one batch, summed, so that a busy group costs one write per batch and not one per request. */
class DayTotals {
  readonly #totals = new Map<string, { entry: LedgerEntry; day: number; requests: number; tokens: number }>();

  add(entry: LedgerEntry): void {
    const day = dayOf(entry.admittedAt);
    const key = `${entry.groupId} ${day} ${entry.slug}`;
    const tokens = entry.promptTokens + entry.completionTokens;
    const total = this.#totals.get(key);
    if (!total) {
      this.#totals.set(key, { entry, day, requests: 1, tokens });
      return;
    }
    total.requests++;
    total.tokens += tokens;
  }

  write(context: WorldContext): void {
    for (const { entry, day, requests, tokens } of this.#totals.values()) {
      for (const groupId of entry.countedGroupIds) {
        context.store.ledger.addToDay(groupId, entry.slug, day, requests, tokens);
      }
    }
  }
}

function cap(body: string | null): string | null {
  return body !== null && body.length > JOURNAL_BODY_CHARS ? body.slice(0, JOURNAL_BODY_CHARS) : body;
}
