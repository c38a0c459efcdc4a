import { invalid } from "../../domain/errors.js";
import { json } from "../answer.js";
import type { Route } from "../routes.js";
import { integerOf, knownQuery, limitOf, page } from "./call.js";

const PARAMETERS = ["group", "key", "slug", "since", "until", "limit", "cursor"];

/** What was billed. */
export const BILLING_ROUTES: readonly Route[] = [
  {
    surface: "control",
    method: "GET",
    path: "/_emulator/billing/events",
    handler({ query, services }) {
      knownQuery(query, PARAMETERS);
      const text = (name: string): string | undefined => query.get(name) ?? undefined;
      const filter = {
        group: text("group"),
        key: text("key"),
        slug: text("slug"),
        since: instantOf(query, "since"),
        until: instantOf(query, "until"),
      };
      const limit = limitOf(query);
      const after = integerOf(query, "cursor", 0, Number.MAX_SAFE_INTEGER) ?? 0;
      return page(
        services.billing.events(filter, after, limit + 1),
        limit,
        ({ seq, event, state }) => ({ ...event, state, seq }),
        ({ seq }) => seq,
      );
    },
  },
  {
    surface: "control",
    method: "GET",
    path: "/_emulator/billing/reconcile",
    handler: ({ services }) => json(200, { differences: services.billing.reconcile() }),
  },
];

function instantOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw invalid(name, 'expected an ISO 8601 time such as "2026-06-18T00:00:00Z"');
  return at;
}
