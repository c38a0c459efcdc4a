import type { CompletionRule } from "../domain/completion/rules.js";
import type { PredictionRule } from "../domain/predictions.js";
import { type AsyncRequestStore, createAsyncRequestStore } from "./async-requests.js";
import { type BillingStore, createBillingStore } from "./billing-queries.js";
import { type AiCacheStore, createAiCacheStore } from "./cloudflare-cache.js";
import { type AiGatewayStore, createAiGatewayStore } from "./cloudflare-gateways.js";
import { type Db, imageOf, openDatabase, openImage } from "./database.js";
import { createDeliveryStore, type DeliveryStore } from "./deliveries.js";
import { createDeploymentStore, type DeploymentStore } from "./deployments.js";
import { createEndpointStore, type EndpointStore } from "./endpoints.js";
import { createFaultStore, type FaultStore } from "./faults.js";
import { createFederatedKeyStore, type FederatedKeyStore } from "./federated-keys.js";
import { createGroupStore, type GroupStore } from "./groups.js";
import { createJournalStore, type JournalStore } from "./journal.js";
import { createLedgerStore, type LedgerStore } from "./ledger.js";
import { createMetaStore, type MetaStore } from "./meta.js";
import { createRuleStore, type RuleStore } from "./rules.js";
import { createSecretStore, type SecretStore } from "./secrets.js";
import { createWorkspaceKeyStore, type WorkspaceKeyStore } from "./workspace-keys.js";
import { createWorkspaceStore, type WorkspaceStore } from "./workspaces.js";

/** The SQLite database of one world, one part per group of tables. */
export interface Store {
  readonly meta: MetaStore;
  readonly workspaces: WorkspaceStore;
  readonly workspaceKeys: WorkspaceKeyStore;
  readonly secrets: SecretStore;
  readonly endpoints: EndpointStore;
  readonly groups: GroupStore;
  readonly keys: FederatedKeyStore;
  readonly rules: RuleStore<CompletionRule>;
  readonly faults: FaultStore;
  readonly journal: JournalStore;
  readonly ledger: LedgerStore;
  readonly deliveries: DeliveryStore;
  readonly billing: BillingStore;
  readonly aiGateways: AiGatewayStore;
  readonly aiCache: AiCacheStore;
  readonly predictions: RuleStore<PredictionRule>;
  readonly deployments: DeploymentStore;
  readonly asyncRequests: AsyncRequestStore;
  /** Runs `work` in one transaction, which an exception rolls back. Nested calls join the outer transaction. */
  transaction<T>(work: () => T): T;
  /** Empties every table. */
  clear(): void;
  /** The database as the bytes of a state file. */
  image(): Buffer;
  /** Replaces all rows by those of an image, or none if it fails. @param name of the image, for errors */
  replace(image: Uint8Array, name: string): void;
  close(): void;
}

/** In an order that respects foreign keys. */
const TABLES = [
  "meta",
  "federated_keys",
  "groups",
  "routes",
  "endpoints",
  "workspace_keys",
  "secrets",
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
  "ai_gateways",
  "ai_cache",
  "prediction_rules",
  "deployment_states",
  "async_requests",
  "async_webhook_secrets",
] as const;

/**
 * @param path a file, created if missing, or `:memory:`
 * @throws StateError
 */
export function openStore(path: string): Store {
  return storeOf(openDatabase(path));
}

/** Opens an image of another store in memory. @param name of the image, for errors. @throws StateError */
export function openStoreImage(image: Uint8Array, name: string): Store {
  return storeOf(openImage(image, name));
}

function storeOf(db: Db): Store {
  return {
    meta: createMetaStore(db),
    workspaces: createWorkspaceStore(db),
    workspaceKeys: createWorkspaceKeyStore(db),
    secrets: createSecretStore(db),
    endpoints: createEndpointStore(db),
    groups: createGroupStore(db),
    keys: createFederatedKeyStore(db),
    rules: createRuleStore(db, "completion_rules"),
    faults: createFaultStore(db),
    journal: createJournalStore(db),
    ledger: createLedgerStore(db),
    deliveries: createDeliveryStore(db),
    billing: createBillingStore(db),
    aiGateways: createAiGatewayStore(db),
    aiCache: createAiCacheStore(db),
    predictions: createRuleStore(db, "prediction_rules"),
    deployments: createDeploymentStore(db),
    asyncRequests: createAsyncRequestStore(db),
    transaction: (work) => (db.inTransaction ? work() : db.transaction(work).immediate()),
    clear: () => clear(db),
    image: () => imageOf(db),
    replace: (image, name) => replace(db, image, name),
    close: () => db.close(),
  };
}

function clear(db: Db): void {
  // One statement deletes parents and children of groups; foreign keys are checked at its end.
  db.pragma("defer_foreign_keys = ON");
  for (const table of TABLES) db.exec(`DELETE FROM ${table}`);
}

/** Copies row by row from the image, which opening has migrated. */
function replace(db: Db, image: Uint8Array, name: string): void {
  const source = openImage(image, name);
  try {
    db.transaction(() => {
      clear(db);
      for (const table of TABLES) copy(source, db, table);
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
