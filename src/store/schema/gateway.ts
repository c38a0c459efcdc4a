/**
 * The gateway's tables. Deleted endpoints, groups and keys stay as rows with a time, because their usage still counts for
 * their ancestors (L-6, L-14) and their prefixes stay taken (K-5).
 */
export const GATEWAY_SCHEMA = `
  CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE workspaces (
    id                      TEXT PRIMARY KEY,
    name                    TEXT NOT NULL UNIQUE,
    onboarded               INTEGER NOT NULL,
    org_prefixes            TEXT NOT NULL,
    registration_public_key TEXT,
    models                  TEXT NOT NULL,
    chains                  TEXT NOT NULL,
    user                    TEXT NOT NULL,
    team                    TEXT NOT NULL,
    webhook                 TEXT,
    created_at              INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE workspace_keys (
    hash         BLOB PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    prefix       TEXT NOT NULL,
    type         TEXT NOT NULL,
    name         TEXT,
    model_ids    TEXT,
    of_team      INTEGER NOT NULL,
    created_at   INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX workspace_keys_in_order ON workspace_keys (workspace_id, created_at, prefix);
  CREATE INDEX workspace_keys_by_prefix ON workspace_keys (prefix);

  CREATE TABLE secrets (
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    id           TEXT NOT NULL,
    name         TEXT NOT NULL,
    declared     INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, id)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX secrets_by_name ON secrets (workspace_id, name);

  CREATE TABLE endpoints (
    id           TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    slug         TEXT NOT NULL,
    targets      TEXT NOT NULL,
    region       TEXT,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    deleted_at   INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX endpoints_by_slug ON endpoints (slug) WHERE deleted_at IS NULL;
  CREATE INDEX endpoints_in_order ON endpoints (workspace_id, created_at, id) WHERE deleted_at IS NULL;

  CREATE TABLE routes (
    slug         TEXT PRIMARY KEY,
    endpoint_id  TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    targets      TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE groups (
    id                 TEXT PRIMARY KEY,
    workspace_id       TEXT NOT NULL REFERENCES workspaces (id),
    external_entity_id TEXT NOT NULL,
    name               TEXT,
    models             TEXT NOT NULL,
    enforcement        TEXT NOT NULL,
    parent_id          TEXT REFERENCES groups (id),
    created_at         INTEGER NOT NULL,
    deleted_at         INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX groups_by_entity ON groups (workspace_id, external_entity_id) WHERE deleted_at IS NULL;
  CREATE INDEX groups_in_order ON groups (workspace_id, created_at, id) WHERE deleted_at IS NULL;
  CREATE INDEX groups_by_parent ON groups (parent_id) WHERE parent_id IS NOT NULL;

  CREATE TABLE federated_keys (
    hash         BLOB PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    group_id     TEXT NOT NULL REFERENCES groups (id),
    prefix       TEXT NOT NULL,
    name         TEXT,
    created_at   INTEGER NOT NULL,
    revoked_at   INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX federated_keys_by_prefix ON federated_keys (workspace_id, prefix);
  CREATE INDEX federated_keys_in_order ON federated_keys (group_id, created_at, prefix) WHERE revoked_at IS NULL;

  CREATE TABLE completion_rules (
    position INTEGER PRIMARY KEY,
    rule     TEXT NOT NULL,
    used     INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE faults (
    position INTEGER PRIMARY KEY,
    rule     TEXT NOT NULL,
    matched  INTEGER NOT NULL,
    struck   INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE journal (
    seq               INTEGER PRIMARY KEY,
    at                INTEGER NOT NULL,
    duration_ms       INTEGER NOT NULL,
    surface           TEXT NOT NULL,
    method            TEXT NOT NULL,
    path              TEXT NOT NULL,
    status            INTEGER NOT NULL,
    key_prefix        TEXT,
    group_id          TEXT,
    external_entity_id TEXT,
    slug              TEXT,
    prompt_tokens     INTEGER,
    completion_tokens INTEGER,
    error             TEXT,
    hint              TEXT,
    notes             TEXT,
    decision          TEXT
  ) STRICT;

  CREATE TABLE journal_bodies (
    seq      INTEGER PRIMARY KEY,
    request  TEXT,
    response TEXT
  ) STRICT;

  CREATE TABLE ledger (
    seq                INTEGER PRIMARY KEY,
    event_id           TEXT NOT NULL,
    workspace_id       TEXT NOT NULL,
    journal_seq        INTEGER NOT NULL,
    request_id         TEXT NOT NULL,
    group_id           TEXT NOT NULL,
    external_entity_id TEXT NOT NULL,
    key_prefix         TEXT NOT NULL,
    slug               TEXT NOT NULL,
    admitted_at        INTEGER NOT NULL,
    completed_at       INTEGER NOT NULL,
    prompt_tokens      INTEGER NOT NULL,
    completion_tokens  INTEGER NOT NULL,
    cached_tokens      INTEGER NOT NULL,
    billed             INTEGER NOT NULL,
    metadata           TEXT
  ) STRICT;

  CREATE TABLE deliveries (
    seq          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    workspace_id TEXT NOT NULL,
    url          TEXT NOT NULL,
    body         TEXT NOT NULL,
    flaws        TEXT,
    state        TEXT NOT NULL,
    reason       TEXT,
    created_at   INTEGER NOT NULL,
    started_at   INTEGER,
    due_at       INTEGER NOT NULL,
    attempts     INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX deliveries_pending ON deliveries (workspace_id, seq) WHERE state = 'pending';
  CREATE INDEX deliveries_dead ON deliveries (seq) WHERE state = 'dead';

  CREATE TABLE delivery_events (
    delivery_seq INTEGER NOT NULL REFERENCES deliveries (seq),
    ledger_seq   INTEGER NOT NULL,
    PRIMARY KEY (delivery_seq, ledger_seq)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX delivery_events_by_ledger ON delivery_events (ledger_seq);

  CREATE TABLE delivery_attempts (
    delivery_seq INTEGER NOT NULL REFERENCES deliveries (seq),
    number       INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    duration_ms  INTEGER NOT NULL,
    status       INTEGER,
    error        TEXT,
    answer       TEXT,
    PRIMARY KEY (delivery_seq, number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE outbox (
    workspace_id TEXT PRIMARY KEY,
    began_after  INTEGER NOT NULL,
    handed_over  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE declared_usage (
    group_id TEXT NOT NULL,
    slug     TEXT NOT NULL,
    unit     TEXT NOT NULL,
    at       INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    tokens   INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE usage_days (
    group_id TEXT NOT NULL,
    slug     TEXT NOT NULL,
    day      INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    tokens   INTEGER NOT NULL,
    PRIMARY KEY (group_id, slug, day)
  ) STRICT, WITHOUT ROWID;
`;
