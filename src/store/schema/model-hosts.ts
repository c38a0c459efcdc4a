/** Tables of dedicated deployments, async requests and the AI Gateway. */
export const MODEL_HOSTS_SCHEMA = `
  CREATE TABLE prediction_rules (
    position INTEGER PRIMARY KEY,
    rule     TEXT NOT NULL,
    used     INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE deployment_states (
    workspace_id  TEXT NOT NULL,
    kind          TEXT NOT NULL,
    owner_id      TEXT NOT NULL,
    deployment_id TEXT NOT NULL,
    ready_at      INTEGER NOT NULL,
    used_at       INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, kind, owner_id, deployment_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE async_requests (
    seq              INTEGER PRIMARY KEY,
    id               TEXT NOT NULL UNIQUE,
    workspace_id     TEXT NOT NULL,
    kind             TEXT NOT NULL,
    owner_id         TEXT NOT NULL,
    deployment_id    TEXT NOT NULL,
    key_names        TEXT NOT NULL,
    input            TEXT NOT NULL,
    webhook_endpoint TEXT,
    priority         INTEGER NOT NULL,
    max_attempts     INTEGER NOT NULL,
    initial_delay_ms INTEGER NOT NULL,
    max_delay_ms     INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,
    status           TEXT NOT NULL,
    status_at        INTEGER NOT NULL,
    webhook_status   TEXT NOT NULL,
    errors           TEXT NOT NULL,
    attempts         INTEGER NOT NULL,
    due_at           INTEGER NOT NULL,
    result           TEXT,
    webhook_attempts INTEGER NOT NULL,
    completed_at     INTEGER
  ) STRICT;
  CREATE INDEX async_requests_open
    ON async_requests (workspace_id, kind, owner_id, deployment_id, status, priority, seq) WHERE completed_at IS NULL;
  CREATE INDEX async_requests_by_expiry ON async_requests (expires_at, seq) WHERE status = 'QUEUED';
  CREATE INDEX async_requests_untold ON async_requests (seq) WHERE webhook_status = 'PENDING' AND result IS NOT NULL;
  CREATE INDEX async_requests_by_end ON async_requests (completed_at) WHERE completed_at IS NOT NULL;

  CREATE TABLE async_webhook_secrets (
    workspace_id TEXT NOT NULL,
    position     INTEGER NOT NULL,
    secret       TEXT NOT NULL,
    until        INTEGER,
    PRIMARY KEY (workspace_id, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE ai_gateways (
    account_id TEXT NOT NULL,
    gateway_id TEXT NOT NULL,
    gateway    TEXT NOT NULL,
    PRIMARY KEY (account_id, gateway_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE ai_cache (
    key          BLOB PRIMARY KEY,
    content_type TEXT NOT NULL,
    body         BLOB NOT NULL,
    journal_seq  INTEGER NOT NULL,
    until        INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX ai_cache_by_end ON ai_cache (until);
`;
