import { Hono } from "hono";
import { invalid } from "../../domain/errors.js";
import type { AppEnv } from "../env.js";
import { json } from "../respond.js";
import { pageOptions, queryOf, respondPage, textOf } from "./query.js";

const PARAMETERS = ["group", "key", "slug", "since", "until", "limit", "cursor"];

/** Billing events. */
export const billing = new Hono<AppEnv>();

billing.get("/_emulator/billing/events", (c) => {
  const query = queryOf(c, PARAMETERS);
  const filter = {
    group: textOf(query, "group"),
    key: textOf(query, "key"),
    slug: textOf(query, "slug"),
    since: instantOf(query, "since"),
    until: instantOf(query, "until"),
  };
  const { limit, after } = pageOptions(query);
  const found = c.get("services").billing.events(filter, after, limit + 1);
  return respondPage(c, found, limit, ({ seq, event, state }) => ({ ...event, state, seq }));
});

billing.get("/_emulator/billing/reconcile", (c) =>
  json(c, 200, { differences: c.get("services").billing.reconcile() }),
);

function instantOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw invalid(name, 'expected an ISO 8601 time such as "2026-06-18T00:00:00Z"');
  return at;
}
