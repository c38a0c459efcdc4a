import type { Statement } from "better-sqlite3";
import type { CompletionRule } from "../domain/completion/rules.js";
import type { PredictionRule } from "../domain/predictions.js";
import { createAsyncRequestStore } from "./async-requests.js";
import { createBillingStore } from "./billing-queries.js";
import { createAiCacheStore } from "./cloudflare-cache.js";
import { createAiGatewayStore } from "./cloudflare-gateways.js";
import { type Db, type Durability, imageOf, openDatabase, openImage } from "./database.js";
import { createDeliveryStore } from "./deliveries.js";
import { createDeploymentStore } from "./deployments.js";
import { createEndpointStore } from "./endpoints.js";
import { createFaultStore } from "./faults.js";
import { createFederatedKeyStore } from "./federated-keys.js";
import { createGroupStore } from "./groups.js";
import { createJournalStore } from "./journal.js";
import { LazyStatements, type Preparing } from "./lazy-statements.js";
import { createLedgerStore } from "./ledger.js";
import { createMetaStore } from "./meta.js";
import { createRuleStore } from "./rules.js";
import { createSecretStore } from "./secrets.js";
import { deleteState, StateDatabase } from "./state-database.js";
import { StateError } from "./state-file.js";
import { createWorkspaceKeyStore } from "./workspace-keys.js";
import { createWorkspaceStore } from "./workspaces.js";

/** The SQLite database of one world, one part per group of tables. */
export type Store = ReturnType<typeof storeOf>;

export interface StoreOptions {
  /** What commits survive; `process` when absent. */
  readonly durability?: Durability | undefined;
  /** Makes a damaged state file anew, empty, because nothing of it is wanted. */
  readonly replaceDamaged?: boolean;
}

/**
 * @param path a file, created if missing, or `:memory:`
 * @throws StateError
 */
export function openStore(path: string, { durability, replaceDamaged = false }: StoreOptions = {}): Store {
  const open = () => openDatabase(path, durability);
  try {
    return storeOf(new StateDatabase(path, open));
  } catch (cause) {
    if (!replaceDamaged || !(cause instanceof StateError) || cause.fault !== "damaged") throw cause;
    // Its header says that it is ours, and whoever has it open has locked it.
    deleteState(path);
    return storeOf(new StateDatabase(path, open));
  }
}

/** Opens an image of another store in memory. @param name of the image, for errors. @throws StateError */
export function openStoreImage(image: Uint8Array, name: string): Store {
  return storeOf(new StateDatabase(":memory:", () => openImage(image, name)));
}

function storeOf(state: StateDatabase) {
  const statements = new LazyStatements(state.db);
  const db = statements.preparing;
  const clear = clearing(state, db);
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
    transaction: <T>(work: () => T): T => state.transaction(work),
    /** Empties every table. */
    clear,
    /** The database as the bytes of a state file. */
    image: () => imageOf(state.db),
    /** Replaces all rows by those of an image, or none if it fails. @param name of the image, for errors */
    replace: (image: Uint8Array, name: string) => replace(state, clear, image, name),
    /** What keeps the state from being written, and what to do; null: nothing that is known. */
    problem: () => state.problem(),
    /** Makes the state file anew, empty, when it cannot be emptied. @throws StateError */
    recreate(): void {
      state.recreate();
      statements.replace(state.db);
    },
    close: () => state.close(),
  };
}

/** All tables, children before the parents that their foreign keys refer to. */
function tablesOf(db: Preparing): string[] {
  return db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid DESC")
    .pluck()
    .all();
}

/** What empties every table. A reset calls it again and again, so it keeps its statements. */
function clearing(state: StateDatabase, db: Preparing): () => void {
  let deletions: readonly Pick<Statement, "run">[] | null = null;
  return () => {
    // One statement deletes parents and children of groups; foreign keys are checked at its end.
    state.db.pragma("defer_foreign_keys = ON");
    deletions ??= tablesOf(db).map((table) => db.prepare(`DELETE FROM ${table}`));
    for (const deletion of deletions) deletion.run();
  };
}

/** Copies row by row from the image, which opening has migrated. */
function replace(state: StateDatabase, clear: () => void, image: Uint8Array, name: string): void {
  const source = openImage(image, name);
  try {
    state.transaction(() => {
      clear();
      for (const table of tablesOf(state.db)) copy(source, state.db, table);
    });
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
