import { Hono } from "hono";
import { isoTime } from "../../domain/iso-time.js";
import type { Delivery, DeliveryState } from "../../services/webhooks/webhooks.js";
import type { AppContext, AppEnv } from "../env.js";
import { json } from "../respond.js";
import { readControlBody } from "./body.js";
import { pageOptions, queryOf, respondPage, textOf, wordOf } from "./query.js";

const STATES = ["pending", "delivered", "dead"] as const satisfies readonly DeliveryState[];
const PARAMETERS = ["state", "event", "limit", "cursor"];

/** Webhook deliveries and their attempts. */
export const webhooks = new Hono<AppEnv>();

webhooks.get("/_emulator/webhooks/deliveries", (c) => {
  const query = queryOf(c, PARAMETERS);
  return respondDeliveries(c, query, wordOf(query, "state", STATES));
});

webhooks.get("/_emulator/webhooks/dead-letters", (c) => respondDeliveries(c, queryOf(c, PARAMETERS), "dead"));

webhooks.post("/_emulator/webhooks/dead-letters/:id/redrive", async (c) => {
  const { webhooks } = c.get("services");
  return json(c, 200, deliveryJson(c, await webhooks.redrive(c.req.param("id"))));
});

webhooks.post("/_emulator/webhooks/dead-letters/redrive", (c) =>
  json(c, 200, { redriven: c.get("services").webhooks.redriveAll() }),
);

webhooks.post("/_emulator/webhooks/pause", (c) => {
  c.get("services").webhooks.pause();
  return json(c, 200, { paused: true });
});

webhooks.post("/_emulator/webhooks/resume", (c) => {
  c.get("services").webhooks.unpause();
  return json(c, 200, { paused: false });
});

webhooks.post("/_emulator/webhooks/idle", async (c) => {
  await c.get("services").webhooks.idle();
  return json(c, 200, { ok: true });
});

webhooks.post("/_emulator/webhooks/rotate", async (c) => {
  const { workspace, secret } = await readControlBody(c, (schemas) => schemas.rotationSchema);
  c.get("services").webhooks.rotate(workspace ?? null, secret);
  return json(c, 200, { ok: true });
});

function respondDeliveries(
  c: AppContext,
  query: URLSearchParams,
  state: DeliveryState | undefined,
): Response {
  const { limit, after } = pageOptions(query);
  const event = textOf(query, "event");
  const found = c.get("services").webhooks.list({ state, event }, after, limit + 1);
  return respondPage(c, found, limit, (delivery) => deliveryJson(c, delivery));
}

function deliveryJson(c: AppContext, delivery: Delivery) {
  const { id, url, state, reason, body } = delivery;
  const payload: unknown = JSON.parse(body);
  return {
    id,
    state,
    reason,
    url,
    created_at: isoTime(delivery.createdAt),
    next_attempt_at: state === "pending" ? isoTime(delivery.dueAt) : null,
    attempts: c
      .get("services")
      .webhooks.attempts(delivery)
      .map((attempt) => ({
        number: attempt.number,
        at: isoTime(attempt.at),
        duration_ms: attempt.durationMs,
        status: attempt.status,
        error: attempt.error,
        answer: attempt.answer,
      })),
    body: payload,
  };
}
