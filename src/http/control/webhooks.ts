import * as z from "zod";
import { invalid } from "../../domain/errors.js";
import type { Delivery, DeliveryState } from "../../services/webhooks/webhooks.js";
import { type Answer, json } from "../answer.js";
import type { Call, Route } from "../routes.js";
import { controlBody, integerOf, knownQuery, limitOf, page } from "./call.js";

const STATES: readonly string[] = ["pending", "delivered", "dead"] satisfies DeliveryState[];

const PARAMETERS = ["state", "event", "limit", "cursor"];

const rotation = z.strictObject({ workspace: z.string().optional(), secret: z.string().min(1) });

/** Deliveries of billing events, with every attempt. */
export const WEBHOOK_ROUTES: readonly Route[] = [
  {
    surface: "control",
    method: "GET",
    path: "/_emulator/webhooks/deliveries",
    handler: (call) => deliveries(call, stateOf(call)),
  },
  {
    surface: "control",
    method: "GET",
    path: "/_emulator/webhooks/dead-letters",
    handler: (call) => deliveries(call, "dead"),
  },
  {
    surface: "control",
    method: "POST",
    path: "/_emulator/webhooks/dead-letters/:id/redrive",
    handler: async (call) =>
      json(200, deliveryJson(call, await call.services.webhooks.redrive(call.param("id")))),
  },
  {
    surface: "control",
    method: "POST",
    path: "/_emulator/webhooks/dead-letters/redrive",
    handler: ({ services }) => json(200, { redriven: services.webhooks.redriveAll() }),
  },
  {
    surface: "control",
    method: "POST",
    path: "/_emulator/webhooks/pause",
    handler({ services }) {
      services.webhooks.pause();
      return json(200, { paused: true });
    },
  },
  {
    surface: "control",
    method: "POST",
    path: "/_emulator/webhooks/resume",
    handler({ services }) {
      services.webhooks.unpause();
      return json(200, { paused: false });
    },
  },
  {
    surface: "control",
    method: "POST",
    path: "/_emulator/webhooks/idle",
    async handler({ services }) {
      await services.webhooks.idle();
      return json(200, { ok: true });
    },
  },
  {
    surface: "control",
    method: "POST",
    path: "/_emulator/webhooks/rotate",
    async handler(call) {
      const { workspace, secret } = await controlBody(call, rotation);
      call.services.webhooks.rotate(workspace ?? null, secret);
      return json(200, { ok: true });
    },
  },
];

function deliveries(call: Call, state: DeliveryState | undefined): Answer {
  knownQuery(call.query, PARAMETERS);
  const limit = limitOf(call.query);
  const after = integerOf(call.query, "cursor", 0, Number.MAX_SAFE_INTEGER) ?? 0;
  const event = call.query.get("event") ?? undefined;
  const found = call.services.webhooks.list({ state, event }, after, limit + 1);
  return page(
    found,
    limit,
    (delivery) => deliveryJson(call, delivery),
    (delivery) => delivery.seq,
  );
}

function stateOf({ query }: Call): DeliveryState | undefined {
  const state = query.get("state");
  if (state === null) return undefined;
  if (!isState(state)) throw invalid("state", `expected one of ${STATES.join(", ")}`);
  return state;
}

function isState(text: string): text is DeliveryState {
  return STATES.includes(text);
}

function deliveryJson(call: Call, delivery: Delivery) {
  const { id, url, state, reason, body } = delivery;
  const payload: unknown = JSON.parse(body);
  return {
    id,
    state,
    reason,
    url,
    created_at: iso(delivery.createdAt),
    next_attempt_at: state === "pending" ? iso(delivery.dueAt) : null,
    attempts: call.services.webhooks.attempts(delivery).map((attempt) => ({
      number: attempt.number,
      at: iso(attempt.at),
      duration_ms: attempt.durationMs,
      status: attempt.status,
      error: attempt.error,
      answer: attempt.answer,
    })),
    body: payload,
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
