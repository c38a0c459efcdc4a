import type { LedgerEntry } from "../domain/journal.js";
import { dayOf } from "../domain/limits/time.js";
import type { WorldContext } from "./world-context.js";

/** The summed usage of a batch: one write per group and batch, not per request. */
export class DayTotals {
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
