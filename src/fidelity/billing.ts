/** Billing webhooks: clauses W. */

import { chapter, testsIn } from "./chapter.js";
import { SOURCE } from "./sources.js";

const CONFIGURATION = testsIn("webhooks/configuration.test.ts");
const BODY = testsIn("webhooks/body.test.ts");
const SIGNATURE = testsIn("webhooks/signature.test.ts");
const SCHEDULE = testsIn("webhooks/schedule.test.ts");
const ANSWERS = testsIn("webhooks/answers.test.ts");
const BILLED = testsIn("webhooks/billed.test.ts");
const RESTART = testsIn("webhooks/restart.test.ts");
const CONTROL = testsIn("webhooks/control.test.ts");
const ORDER = testsIn("webhooks/order.test.ts");

export const BILLING = chapter("Billing webhooks", [
  {
    clause: "W-1",
    what: "Each request with a federated key produces one event, sent to the workspace's webhook",
    source: SOURCE.gatewayWebhooks,
    test: CONFIGURATION("each event goes to its own workspace's webhook, signed with its own secret"),
  },
  {
    clause: "W-2",
    what: "The event has an idempotency key, request, metadata, slug, entity, key and token counts",
    source: SOURCE.webhookReference,
    note: "Ours: requestMetadata is the request's metadata. One event per delivery by default",
    test: BODY("is this, byte for byte"),
  },
  {
    clause: "W-3",
    what: "Older documents call externalEntityId externalCustomerId",
    source: SOURCE.webhookReference,
    note: "webhook_fields: both sends both names",
    test: BODY("webhook_fields: both sends it beside the new one"),
  },
  {
    clause: "W-4",
    what: "Deliveries are signed with HMAC-SHA256, by both secrets for a day after a rotation",
    source: SOURCE.gatewayWebhooks,
    test: SIGNATURE("is v1= and the HMAC-SHA256 of the raw body in lower-case hex, beside a UUID"),
  },
  {
    clause: "W-5",
    what: "An attempt times out after 10 s; delays grow from 1 s to 5 s; a delivery becomes a dead letter when its next attempt would begin more than 15 s after the first",
    source: SOURCE.webhookReference,
    note: "Ours: the exact times of the attempts",
    test: SCHEDULE("all failing stops within 15 s: 0, 1, 3, 7 and 12 s, then a dead letter for good"),
  },
  {
    clause: "W-6",
    what: "2xx delivers an event, 4xx fails it without a retry, anything else is retried",
    source: SOURCE.webhookReference,
    note: "Ours: a redirect is not followed but retried",
    test: ANSWERS("a broken connection is retried, and the attempt says what the network said"),
  },
  {
    clause: "W-7",
    what: "Requests that produced an answer are billed, complete or cut; errors before any output are not",
    evidence: "ours",
    source: SOURCE.silent,
    test: BILLED("not what was refused: 400, 401, 403, 404, 429"),
  },
  {
    clause: "W-8",
    what: "No event is lost, not even in a crash; unsent events are sent after a restart",
    source: SOURCE.own,
    test: RESTART("sends what had not been sent, with the same ids, and nothing twice"),
  },
  {
    clause: "W-9",
    what: "Delivery neither delays nor fails an answer",
    source: SOURCE.own,
    test: CONTROL(
      "one that hangs for ever delays no answer, and only webhook_concurrency events are under way",
    ),
  },
  {
    clause: "W-10",
    what: "A workspace's events are sent in order of completion, several at a time",
    evidence: "ours",
    source: SOURCE.silent,
    test: ORDER("with webhook_concurrency 1 events arrive in order of completion, one at a time"),
  },
]);
