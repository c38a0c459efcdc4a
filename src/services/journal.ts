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
import type { Kernel, Projection } from "./kernel.js";

/** A request under way; what is learnt about it is written down here until its answer ends. */
export interface Exchange {
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
export class Journal implements Projection {
  readonly #kernel: Kernel;
  readonly #listeners = new Set<(entry: JournalEntry) => void>();
  #onBilled: () => void = () => {};
  #pending: Pending[] = [];
  #scheduled = false;
  #seq: number;
  #sincePrune = 0;
  #generation = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#seq = kernel.store.journal.lastSeq();
    kernel.projections.push(this);
  }

  configurationChanged(): void {}

  /** Requests under way belong to the state that is gone: they are answered, but not written down. */
  stateReplaced(): void {
    this.#generation++;
    this.#seq = this.#kernel.store.journal.lastSeq();
  }

  begin(surface: Surface, method: string, path: string): Exchange {
    return {
      seq: ++this.#seq,
      at: this.#kernel.clock.now(),
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
    };
  }

  /**
   * Stores a finished request and, when it was admitted, what it counts.
   * @param done called once after the commit, or with what went wrong
   */
  finish(
    exchange: Exchange,
    status: number,
    responseBody: string | null,
    ledger: LedgerEntry | null,
    done: (failure: Error | null) => void,
  ): void {
    const entry: JournalEntry = {
      seq: exchange.seq,
      at: exchange.at,
      durationMs: this.#kernel.clock.now() - exchange.at,
      surface: exchange.surface,
      method: exchange.method,
      path: exchange.path,
      status,
      keyPrefix: exchange.keyPrefix,
      groupId: exchange.groupId,
      externalEntityId: exchange.externalEntityId,
      slug: exchange.slug,
      promptTokens: exchange.promptTokens,
      completionTokens: exchange.completionTokens,
      error: exchange.error,
      hint: exchange.hint,
      notes: exchange.notes,
      decision: exchange.decision,
      requestBody: cap(exchange.requestBody),
      responseBody: cap(responseBody),
    };
    this.#pending.push({ entry, ledger, generation: exchange.generation, done });
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.flush());
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
      this.#kernel.store.transaction(() => this.#write(batch));
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
    return this.#kernel.store.journal.page(filter, after, limit);
  }

  count(filter: JournalFilter): number {
    this.flush();
    return this.#kernel.store.journal.count(filter);
  }

  /**
   * Waits, in real time, until exactly `count` fit, or any when that is null.
   * @param patienceMs milliseconds
   * @returns whether they did in time
   */
  arrival(filter: JournalFilter, count: number | null, patienceMs: number): Promise<boolean> {
    const met = (): boolean => {
      const fitting = this.count(filter);
      return count === null ? fitting > 0 : fitting === count;
    };
    return waitFor(met, (listener) => this.onEntry(listener), patienceMs);
  }

  find(seq: number): JournalEntry | null {
    this.flush();
    return this.#kernel.store.journal.bySeq(seq);
  }

  clear(): void {
    this.flush();
    this.#kernel.store.journal.clear();
  }

  #write(batch: readonly Pending[]): void {
    const { journal } = this.#kernel.store;
    const days = new DayTotals();
    for (const { entry, ledger, generation } of batch) {
      if (generation !== this.#generation) continue;
      journal.insert(entry);
      if (ledger) {
        this.#kernel.store.ledger.insert(ledger);
        days.add(ledger);
      }
      this.#sincePrune++;
    }
    days.write(this.#kernel);
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

  write(kernel: Kernel): void {
    for (const { entry, day, requests, tokens } of this.#totals.values()) {
      for (const groupId of entry.feeds) {
        kernel.store.ledger.addToDay(groupId, entry.slug, day, requests, tokens);
      }
    }
  }
}

function cap(body: string | null): string | null {
  return body !== null && body.length > JOURNAL_BODY_CHARS ? body.slice(0, JOURNAL_BODY_CHARS) : body;
}
