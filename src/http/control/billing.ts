import { Hono } from "hono";
import { invalid } from "../../domain/errors.js";
import type { AppEnv } from "../env.js";
import { json } from "../respond.js";
import { PAGE, readQuery, respondPage, text } from "./query.js";

const FILTER = { group: text, key: text, slug: text, since: instant, until: instant };

export const billing = new Hono<AppEnv>();

billing.get("/_emulator/billing/events", (c) => {
  const { limit, cursor, ...filter } = readQuery(c, { ...FILTER, ...PAGE });
  return respondPage(
    c,
    { limit, cursor },
    (after, most) => c.get("services").billing.events(filter, after, most),
    ({ seq, event, state }) => ({ ...event, state, seq }),
  );
});

billing.get("/_emulator/billing/reconcile", (c) =>
  json(c, { differences: c.get("services").billing.reconcile() }),
);

function instant(given: string, name: string): number {
  const at = Date.parse(given);
  if (Number.isNaN(at)) throw invalid(name, 'expected an ISO 8601 time such as "2026-06-18T00:00:00Z"');
  return at;
}
