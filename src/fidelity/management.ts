/** Access, paging, usage and bad input of the management API: clauses A, P, U, B. */

import { chapter, testsIn } from "./chapter.js";
import { SOURCE } from "./sources.js";

const ACCESS = testsIn("http/management/access.test.ts");
const RATE = testsIn("http/management/rate.test.ts");
const PAGES = testsIn("http/management/pagination.test.ts");
const USAGE = testsIn("http/management/usage-shape.test.ts");
const BAD_INPUT = testsIn("http/management/bad-input.test.ts");
const ORDER = testsIn("http/management/order-of-checks.test.ts");

export const MANAGEMENT = chapter("Management API: access, pages, usage, bad input", [
  {
    clause: "A-1",
    what: "A workspace key works as Api-Key or as Bearer",
    source: SOURCE.managementSpec,
    note: "Ours: the scheme is case-insensitive",
    test: ACCESS("A-1: Api-Key and Bearer are both accepted, the scheme word in any case"),
  },
  {
    clause: "A-2",
    what: "403 if the workspace is not onboarded or the key has no management scope; listing groups needs only view scope",
    source: SOURCE.groups,
    note: "Ours: which key types have view scope (Y-8)",
    test: ACCESS("A-2: listing groups asks for view scope only, everything else for management scope"),
  },
  {
    clause: "A-3",
    what: "401 without an Authorization header; 403 for an unknown, revoked, malformed or federated key",
    evidence: "ours",
    source: SOURCE.silent,
    test: ACCESS("A-3: without an Authorization header every route answers 401"),
  },
  {
    clause: "A-4",
    what: "Another workspace's resource is 403, a nonexistent one 404",
    source: SOURCE.groups,
    test: ACCESS("A-4: another workspace's group, its usage and its keys are 403, those of no group 404"),
  },
  {
    clause: "A-5",
    what: "Errors are JSON with a code and a message",
    source: SOURCE.commandLine,
    note: "Ours: every code but VALIDATION_ERROR, and most messages",
    test: ACCESS("A-5: errors are JSON of exactly code and message, one code per status"),
  },
  {
    clause: "A-6",
    what: "100 requests per second for each workspace key and route, then 429 with retry_after",
    source: SOURCE.managementRates,
    note: "Ours: a rolling second",
    test: RATE("A-6: 100 pass, the 101st is 429, byte for byte"),
  },
  {
    clause: "A-7",
    what: "A workspace key's type determines whether it can manage",
    source: SOURCE.managementSpec,
    test: ACCESS("A-7: WORKSPACE_INVOKE and WORKSPACE_EXPORT_METRICS are refused on every route"),
  },
  {
    clause: "P-1",
    what: "Lists have pages with has_more and an opaque cursor; limit defaults to 100, at most 1000",
    source: SOURCE.groups,
    test: PAGES("P-1: pages of limit items; on the last has_more is false and cursor null"),
  },
  {
    clause: "P-2",
    what: "Oldest first, stable while items are added and removed; an invalid limit or cursor is 400",
    evidence: "ours",
    source: SOURCE.silent,
    test: PAGES(
      "P-2: a walk neither repeats nor skips a surviving item, whatever comes and goes between pages",
    ),
  },
  {
    clause: "U-1",
    what: "A group's usage lists usage limits by slug, never rate limits",
    source: SOURCE.groups,
    test: USAGE("U-1: only slugs with usage limits appear, rate limits never; none at all is {}"),
  },
  {
    clause: "U-2",
    what: "Count and reset are null until the first request, then those of the UTC day",
    source: SOURCE.groups,
    note: "Ours: 0 and not null on a new day without traffic",
    test: USAGE("U-1, U-2: after requests, byte for byte: the day's count and the next midnight UTC"),
  },
  {
    clause: "U-3",
    what: "Under CASCADING usage shows the nearest group that declares the limit, with its subtree's count",
    evidence: "ours",
    source: SOURCE.silent,
    test: USAGE("U-3: CASCADING shows the nearest group that declares the limit and its subtree's count"),
  },
  {
    clause: "B-1",
    what: "An invalid body is 400, and the message names the field; unknown fields are ignored",
    evidence: "ours",
    source: SOURCE.silent,
    test: BAD_INPUT("B-1: a wrong type anywhere is 400, the message naming the path and what was expected"),
  },
  {
    clause: "B-2",
    what: "Checks run in a fixed order, from key to conflicts; nothing is written unless all pass",
    evidence: "ours",
    source: SOURCE.silent,
    test: ORDER("B-2: nothing is written unless all checks pass"),
  },
]);
