import type { Statement } from "better-sqlite3";
import type { CompletionRule } from "../domain/completion/rules.js";
import type { PredictionRule } from "../domain/predictions.js";
import { createAsyncRequestStore } from "./async-requests.js";
import { createBillingStore } from "./billing-queries.js";
import { createAiCacheStore } from "./cloudflare-cache.js";
import { createAiGatewayStore } from "./cloudflare-gateways.js";
import { type Db, imageOf, openDatabase, openImage } from "./database.js";
import { createDeliveryStore } from "./deliveries.js";
import { createDeploymentStore } from "./deployments.js";
import { createEndpointStore } from "./endpoints.js";
import { createFaultStore } from "./faults.js";
import { createFederatedKeyStore } from "./federated-keys.js";
import { createGroupStore } from "./groups.js";
import { createJournalStore } from "./journal.js";
import { withLazyStatements } from "./lazy-statements.js";
import { createLedgerStore } from "./ledger.js";
import { createMetaStore } from "./meta.js";
import { createRuleStore } from "./rules.js";
import { createSecretStore } from "./secrets.js";
import { createWorkspaceKeyStore } from "./workspace-keys.js";
import { createWorkspaceStore } from "./workspaces.js";

/** The SQLite database of one world, one part per group of tables. */
export type Store = ReturnType<typeof storeOf>;

/**
 * @param path a file, created if missing, or `:memory:`
 * @throws StateError
 */
export function openStore(path: string): Store {
  return storeOf(withLazyStatements(openDatabase(path)));
}

/** Opens an image of another store in memory. @param name of the image, for errors. @throws StateError */
export function openStoreImage(image: Uint8Array, name: string): Store {
  return storeOf(withLazyStatements(openImage(image, name)));
}

function storeOf(db: Db) {
  const clear = clearing(db);
  const inTransaction = db.transaction((work: () => unknown) => work());
  return {
    meta: createMetaStore(db),
    workspaces: createWorkspaceStore(db),
    workspaceKeys: createWorkspaceKeyStore(db),
    secrets: createSecretStore(db),
    endpoints: createEndpointStore(db),
    groups: createGroupStore(db),
    keys: createFederatedKeyStore(db),
    rules: createRuleStore<CompletionRule>(db, "completion_rules"),
    faults: createFaultStore(db),
    journal: createJournalStore(db),
    ledger: createLedgerStore(db),
    deliveries: createDeliveryStore(db),
    billing: createBillingStore(db),
    aiGateways: createAiGatewayStore(db),
    aiCache: createAiCacheStore(db),
    predictions: createRuleStore<PredictionRule>(db, "prediction_rules"),
    deployments: createDeploymentStore(db),
    asyncRequests: createAsyncRequestStore(db),
    /** Runs `work` in one transaction, which an exception rolls back. Nested calls join the outer transaction. */
    transaction: <T>(work: () => T): T => (db.inTransaction ? work() : (inTransaction.immediate(work) as T)),
    /** Empties every table. */
    clear,
    /** The database as the bytes of a state file. */
    image: () => imageOf(db),
    /** Replaces all rows by those of an image, or none if it fails. @param name of the image, for errors */
    replace: (image: Uint8Array, name: string) => replace(db, clear, image, name),
    close: () => void db.close(),
  };
}

/** All tables, children before the parents that their foreign keys refer to. */
function tablesOf(db: Db): string[] {
  return db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid DESC")
    .pluck()
    .all();
}

/** What empties every table. A reset calls it again and again, so it keeps its statements. */
function clearing(db: Db): () => void {
  let deletions: readonly Statement[] | null = null;
  return () => {
    // One statement deletes parents and children of groups; foreign keys are checked at its end.
    db.pragma("defer_foreign_keys = ON");
    deletions ??= tablesOf(db).map((table) => db.prepare(`DELETE FROM ${table}`));
    for (const deletion of deletions) deletion.run();
  };
}

/** Copies row by row from the image, which opening has migrated. */
function replace(db: Db, clear: () => void, image: Uint8Array, name: string): void {
  const source = openImage(image, name);
  try {
    db.transaction(() => {
      clear();
      for (const table of tablesOf(db)) copy(source, db, table);
    }).immediate();
  } finally {
    source.close();
  }
}

function copy(source: Db, target: Db, table: string): void {
  const rows = source.prepare<[], unknown[]>(`SELECT * FROM ${table}`);
  const places = rows.columns().map(() => "?");
  const insert = target.prepare(`INSERT INTO ${table} VALUES (${places.join(",")})`);
  for (const row of rows.raw().iterate()) insert.run(row);
}
