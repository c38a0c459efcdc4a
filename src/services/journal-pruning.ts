import { JOURNAL_BODIES_KEPT } from "../domain/journal.js";
import type { WorldContext } from "./world-context.js";

/** Old bodies and entries are deleted after each such number of entries. */
const INTERVAL = 1_000;
/** Most entries that are deleted at once, so that no request waits long. More than come in between, to catch up. */
const MOST = 2 * INTERVAL;

/** Keeps the journal of a world within its bounds: `journal_keep` entries, and fewer bodies (Y-82). */
export class JournalPruning {
  readonly #context: WorldContext;
  #added = 0;
  /** Number of stored entries; null: not counted yet. */
  #stored: number | null = null;

  constructor(context: WorldContext) {
    this.#context = context;
  }

  /** Counts the entries again at the next pruning: the table was changed by something else. */
  recount(): void {
    this.#stored = null;
  }

  /**
   * Call after entries were inserted, in the same transaction.
   * @param seq number of the newest request
   */
  added(entries: number, seq: number): void {
    this.#added += entries;
    if (this.#added < INTERVAL) return;
    const { store, settings } = this.#context;
    store.journal.dropBodies(seq - JOURNAL_BODIES_KEPT);
    this.#stored = this.#stored === null ? store.journal.total() : this.#stored + this.#added;
    this.#added = 0;
    const surplus = Math.min(this.#stored - settings.journalKeep, MOST);
    if (surplus <= 0) return;
    store.journal.dropOldest(surplus);
    this.#stored -= surplus;
  }
}
