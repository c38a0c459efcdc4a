import { type BillingStore, createBillingStore } from "./billing.js";
import { type Db, openDatabase } from "./database.js";
import { createDeliveryStore, type DeliveryStore } from "./deliveries.js";
import { createEndpointStore, type EndpointStore } from "./endpoints.js";
import { createFaultStore, type FaultStore } from "./faults.js";
import { createFederatedKeyStore, type FederatedKeyStore } from "./federated-keys.js";
import { createGroupStore, type GroupStore } from "./groups.js";
import { createJournalStore, type JournalStore } from "./journal.js";
import { createLedgerStore, type LedgerStore } from "./ledger.js";
import { createMetaStore, type MetaStore } from "./meta.js";
import { createRuleStore, type RuleStore } from "./rules.js";
import { createWorkspaceStore, type WorkspaceStore } from "./workspaces.js";

/** All state of one world: one SQLite database, one part per table group. */
export interface Store {
  readonly meta: MetaStore;
  readonly workspaces: WorkspaceStore;
  readonly endpoints: EndpointStore;
  readonly groups: GroupStore;
  readonly keys: FederatedKeyStore;
  readonly rules: RuleStore;
  readonly faults: FaultStore;
  readonly journal: JournalStore;
  readonly ledger: LedgerStore;
  readonly deliveries: DeliveryStore;
  readonly billing: BillingStore;
  /** Runs `work` in one transaction; what it throws undoes everything. Nested calls join the outer one. */
  transaction<T>(work: () => T): T;
  /** Empties every table. */
  clear(): void;
  close(): void;
}

/** In an order that no foreign key minds. */
const TABLES = [
  "meta",
  "federated_keys",
  "groups",
  "routes",
  "endpoints",
  "workspace_keys",
  "workspaces",
  "completion_rules",
  "faults",
  "journal",
  "journal_bodies",
  "ledger",
  "delivery_attempts",
  "delivery_events",
  "deliveries",
  "outbox",
  "declared_usage",
  "usage_days",
] as const;

/**
 * @param path a file, made when it is not there, or `:memory:`
 * @throws StateError
 */
export function openStore(path: string): Store {
  const db = openDatabase(path);
  return {
    meta: createMetaStore(db),
    workspaces: createWorkspaceStore(db),
    endpoints: createEndpointStore(db),
    groups: createGroupStore(db),
    keys: createFederatedKeyStore(db),
    rules: createRuleStore(db),
    faults: createFaultStore(db),
    journal: createJournalStore(db),
    ledger: createLedgerStore(db),
    deliveries: createDeliveryStore(db),
    billing: createBillingStore(db),
    transaction: (work) => (db.inTransaction ? work() : db.transaction(work).immediate()),
    clear: () => clear(db),
    close: () => db.close(),
  };
}

function clear(db: Db): void {
  // Parents and children of groups go in one statement, whose references are checked at its end.
  db.pragma("defer_foreign_keys = ON");
  for (const table of TABLES) db.exec(`DELETE FROM ${table}`);
}
