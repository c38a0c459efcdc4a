import { Hono } from "hono";
import { isoTime } from "../../domain/iso-time.js";
import type { Delivery, DeliveryFilter, DeliveryState } from "../../services/webhooks/webhooks.js";
import type { AppContext, AppEnv } from "../env.js";
import { json } from "../respond.js";
import { readControlBody } from "./body.js";
import { PAGE, type PageOptions, readQuery, respondPage, text, word } from "./query.js";

const STATES = ["pending", "delivered", "dead"] as const satisfies readonly DeliveryState[];

/** Webhook deliveries and their attempts. */
export const webhooks = new Hono<AppEnv>();

webhooks.get("/_emulator/webhooks/deliveries", (c) =>
  respondDeliveries(c, readQuery(c, { state: word(STATES), event: text, ...PAGE })),
);

webhooks.get("/_emulator/webhooks/dead-letters", (c) =>
  respondDeliveries(c, { ...readQuery(c, { state: text, event: text, ...PAGE }), state: "dead" }),
);

webhooks.post("/_emulator/webhooks/dead-letters/:id/redrive", async (c) => {
  const { webhooks } = c.get("services");
  return json(c, deliveryJson(c, await webhooks.redrive(c.req.param("id"))));
});

webhooks.post("/_emulator/webhooks/dead-letters/redrive", (c) =>
  json(c, { redriven: c.get("services").webhooks.redriveAll() }),
);

webhooks.post("/_emulator/webhooks/pause", (c) => {
  c.get("services").webhooks.pause();
  return json(c, { paused: true });
});

webhooks.post("/_emulator/webhooks/resume", (c) => {
  c.get("services").webhooks.unpause();
  return json(c, { paused: false });
});

webhooks.post("/_emulator/webhooks/idle", async (c) => {
  const { webhooks, journal } = c.get("services");
  // Nothing can be said of webhooks that are not idle when the emulator stops.
  const stopped = (): void => c.env.connection.destroy();
  journal.waitsEnd.addEventListener("abort", stopped, { once: true });
  await webhooks.idle();
  journal.waitsEnd.removeEventListener("abort", stopped);
  return json(c, { ok: true });
});

webhooks.post("/_emulator/webhooks/rotate", async (c) => {
  const { workspace, secret } = await readControlBody(c, (schemas) => schemas.rotationSchema);
  c.get("services").webhooks.rotate(workspace ?? null, secret);
  return json(c, { ok: true });
});

function respondDeliveries(
  c: AppContext,
  { limit, cursor, ...filter }: DeliveryFilter & PageOptions,
): Response {
  return respondPage(
    c,
    { limit, cursor },
    (after, most) => c.get("services").webhooks.list(filter, after, most),
    (delivery) => deliveryJson(c, delivery),
  );
}

function deliveryJson(c: AppContext, delivery: Delivery) {
  const { webhooks } = c.get("services");
  const { id, url, state, reason, body } = delivery;
  return {
    id,
    state,
    reason,
    url,
    created_at: isoTime(delivery.createdAt),
    next_attempt_at: state === "pending" ? isoTime(delivery.dueAt) : null,
    attempts: webhooks.attempts(delivery).map((attempt) => ({
      number: attempt.number,
      at: isoTime(attempt.at),
      duration_ms: attempt.durationMs,
      status: attempt.status,
      error: attempt.error,
      answer: attempt.answer,
    })),
    body: JSON.parse(body),
  };
}
