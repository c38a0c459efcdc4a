import { queriesOf } from "./columns.js";
import type { Preparing } from "./lazy-statements.js";
import { type LedgerRow, ledgerQueriesOf } from "./ledger.js";

/** Filter for billing events; all given fields must match. */
export interface EventFilter {
  /** Group id or external entity id. */
  readonly group?: string | undefined;
  /** Key prefix. */
  readonly key?: string | undefined;
  readonly slug?: string | undefined;
  /** Completed at this instant or later, epoch milliseconds. */
  readonly since?: number | undefined;
  /** Completed before this instant. */
  readonly until?: number | undefined;
}

export type EventState = "recorded" | "waiting" | "pending" | "delivered" | "dead";

export interface Sums {
  readonly requests: number;
  readonly tokens: number;
}

/** Two sums of one group, key and slug that should be equal. */
export interface SumPair {
  readonly group: string;
  readonly external_entity_id: string | null;
  readonly key: string | null;
  readonly slug: string;
  readonly left: Sums;
  readonly right: Sums;
}

/** An event with several deliveries, made by a duplicate fault, has the most advanced of their states. */
const STATE = `
  CASE
    WHEN outbox.handed_over IS NULL THEN 'recorded'
    ELSE coalesce(
      (SELECT state FROM delivery_events JOIN deliveries ON deliveries.seq = delivery_seq
       WHERE ledger_seq = ledger.seq ORDER BY state = 'delivered' DESC, state = 'pending' DESC LIMIT 1),
      CASE WHEN ledger.seq > outbox.handed_over THEN 'waiting' ELSE 'recorded' END)
  END`;

/** Queries over ledger, journal, limits and deliveries. */
export function createBillingStore(db: Preparing) {
  const { all } = queriesOf<SumPair>(db, { json: ["left", "right"] });
  const ledger = ledgerQueriesOf<LedgerRow & { readonly state: EventState }>(db);
  const events = ledger.all<[object]>(
    `SELECT ${ledger.columns}, ${STATE} AS state FROM ledger LEFT JOIN outbox USING (workspace_id)
     WHERE ledger.seq > :after AND billed = 1
       AND (:group IS NULL OR group_id = :group OR external_entity_id = :group)
       AND (:key IS NULL OR key_prefix = :key) AND (:slug IS NULL OR slug = :slug)
       AND (:since IS NULL OR completed_at >= :since) AND (:until IS NULL OR completed_at < :until)
     ORDER BY ledger.seq LIMIT :limit`,
  );
  // Starts from the journal, because deleted entries cannot be compared. An answer is a request of a group with
  // token counts.
  const answers = all<[]>(
    `WITH compared AS (
       SELECT coalesce(ledger.group_id, journal.group_id) AS group_id,
         coalesce(ledger.external_entity_id, journal.external_entity_id) AS external_entity_id,
         coalesce(ledger.key_prefix, journal.key_prefix) AS key, coalesce(ledger.slug, journal.slug) AS slug,
         journal.prompt_tokens IS NOT NULL AS answered,
         coalesce(journal.prompt_tokens + journal.completion_tokens, 0) AS sent,
         ledger.seq IS NOT NULL AS recorded,
         coalesce(ledger.prompt_tokens + ledger.completion_tokens, 0) AS charged
       FROM journal LEFT JOIN ledger ON ledger.journal_seq = journal.seq
       WHERE journal.group_id IS NOT NULL AND (journal.prompt_tokens IS NOT NULL OR ledger.billed = 1)
     )
     SELECT group_id AS "group", external_entity_id, key, slug,
       json_object('requests', sum(answered), 'tokens', sum(sent)) AS "left",
       json_object('requests', sum(recorded), 'tokens', sum(charged)) AS "right"
     FROM compared GROUP BY group_id, key, slug`,
  );
  const limits = all<[]>(
    `WITH RECURSIVE
       counting (group_id, counting_group_id) AS (
         SELECT id, id FROM groups
         UNION ALL
         SELECT counting.group_id, groups.parent_id FROM counting JOIN groups ON groups.id = counting.counting_group_id
         WHERE groups.parent_id IS NOT NULL AND groups.enforcement = 'CASCADING'
       ),
       spent (group_id, slug, requests, tokens) AS (
         SELECT counting_group_id, slug, count(*), sum(prompt_tokens + completion_tokens)
         FROM ledger JOIN counting USING (group_id) GROUP BY counting_group_id, slug
         UNION ALL
         SELECT group_id, slug, sum(requests), sum(tokens) FROM declared_usage WHERE unit = 'DAY'
         GROUP BY group_id, slug
       ),
       expected AS (
         SELECT group_id, slug, sum(requests) AS requests, sum(tokens) AS tokens FROM spent GROUP BY group_id, slug
       ),
       counted AS (
         SELECT group_id, slug, sum(requests) AS requests, sum(tokens) AS tokens FROM usage_days
         GROUP BY group_id, slug
       )
     SELECT coalesce(expected.group_id, counted.group_id) AS "group",
       (SELECT external_entity_id FROM groups WHERE id = coalesce(expected.group_id, counted.group_id)) AS external_entity_id,
       NULL AS key, coalesce(expected.slug, counted.slug) AS slug,
       json_object('requests', coalesce(expected.requests, 0), 'tokens', coalesce(expected.tokens, 0)) AS "left",
       json_object('requests', coalesce(counted.requests, 0), 'tokens', coalesce(counted.tokens, 0)) AS "right"
     FROM expected FULL OUTER JOIN counted ON counted.group_id = expected.group_id AND counted.slug = expected.slug`,
  );
  // Every handed over event must be in a delivery with its tokens, unless it is older than the webhook.
  const deliveries = all<[]>(
    `WITH handed AS (
       SELECT ledger.*, (
         SELECT json_extract(event.value, '$.tokens.inputTokens') + json_extract(event.value, '$.tokens.outputTokens')
         FROM delivery_events JOIN deliveries ON deliveries.seq = delivery_seq,
           json_each(deliveries.body, '$.data.events') AS event
         WHERE ledger_seq = ledger.seq AND json_extract(event.value, '$.idempotencyKey') = event_id
         LIMIT 1
       ) AS delivered
       FROM ledger JOIN outbox USING (workspace_id)
       WHERE billed = 1 AND ledger.seq <= outbox.handed_over AND ledger.seq > outbox.began_after
     )
     SELECT group_id AS "group", external_entity_id, key_prefix AS key, slug,
       json_object('requests', count(*), 'tokens', sum(prompt_tokens + completion_tokens)) AS "left",
       json_object('requests', sum(delivered IS NOT NULL), 'tokens', coalesce(sum(delivered), 0)) AS "right"
     FROM handed GROUP BY group_id, key_prefix, slug`,
  );
  return {
    /** Billed entries after row `after`, in order of completion. */
    events: ({ group, key, slug, since, until }: EventFilter, after: number, limit: number) =>
      events({ group, key, slug, since, until, after, limit }),
    answersAgainstLedger: answers,
    ledgerAgainstLimits: limits,
    ledgerAgainstDeliveries: deliveries,
  };
}
