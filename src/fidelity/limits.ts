/** Rate and usage limits: clauses L. */

import { chapter, testsIn } from "./chapter.js";
import { SOURCE } from "./sources.js";

const COUNTS = testsIn("limits/what-counts.test.ts");
const WINDOWS = testsIn("limits/windows.test.ts");
const EFFECTIVE = testsIn("limits/effective.test.ts");
const EXAMPLES = testsIn("limits/worked-examples.test.ts");
const CONCURRENCY = testsIn("limits/concurrency.test.ts");
const ADMISSION = testsIn("limits/token-admission.test.ts");
const REFUSAL = testsIn("limits/refusal.test.ts");
const HEADERS = testsIn("limits/headers.test.ts");
const CHANGES = testsIn("limits/changes.test.ts");
const RESTART = testsIn("limits/restart.test.ts");

export const LIMITS = chapter("Limits", [
  {
    clause: "L-1",
    what: "A limit belongs to a group and a slug; all keys of the group share it",
    source: SOURCE.gatewayLimits,
    test: COUNTS("two keys of one group share one budget, and a key minted later does too"),
  },
  {
    clause: "L-2",
    what: "REQUEST counts requests; TOKEN counts prompt and completion tokens together",
    source: SOURCE.gatewayLimits,
    note: "With the emulator's own token counts (X-14)",
    test: COUNTS("REQUEST counts requests whatever their size, TOKEN prompt plus completion"),
  },
  {
    clause: "L-3",
    what: "Rate limits have rolling windows of one second or one minute; usage limits apply to the UTC day",
    source: SOURCE.gatewayLimits,
    note: "Ours: exact to the millisecond",
    test: WINDOWS("rolls: what was spent comes free one by one, not at the full minute"),
  },
  {
    clause: "L-4",
    what: "Refused requests do not count; failed and interrupted ones count what was actually produced",
    evidence: "ours",
    source: SOURCE.silent,
    test: COUNTS("the server cut the stream: one REQUEST, the prompt, and the completion tokens sent so far"),
  },
  {
    clause: "L-5",
    what: "INDEPENDENT: the closest declaration applies, and each group counts for itself",
    source: SOURCE.gatewayLimits,
    test: EFFECTIVE("siblings never draw on each other, nor on their parent, though they share its limit"),
  },
  {
    clause: "L-6",
    what: "CASCADING: the group's own limits and those of all ancestors apply together",
    source: SOURCE.gatewayLimits,
    test: EFFECTIVE(
      "an ancestor's counter is fed by its whole subtree; exhausted, it refuses what fits the child",
    ),
  },
  {
    clause: "L-7",
    what: "The documents' example of inheritance: free-tier, john and sally",
    source: SOURCE.gatewayLimits,
    test: EXAMPLES(
      "john has 100M, then 150M once the parent is raised; sally has her 120M; the parent its own",
    ),
  },
  {
    clause: "L-8",
    what: "The documents' example of a shared budget: finance and engineering",
    source: SOURCE.gatewayLimits,
    test: EXAMPLES("finance spends 70M, engineering has 30M left in that minute"),
  },
  {
    clause: "L-9",
    what: "A child may list a slug that its parent lacks; then only its own limits apply",
    evidence: "ours",
    source: SOURCE.silent,
    test: testsIn("http/management/hierarchy.test.ts")(
      "L-9: a child may list a slug that its parent lacks, and then has only its own limits",
    ),
  },
  {
    clause: "L-10",
    what: "Of concurrent requests exactly as many pass as the limit allows",
    source: SOURCE.gatewayLimits,
    note: "Ours: exact at any concurrency",
    test: CONCURRENCY("CASCADING, four keys in a tree that share the root's 50"),
  },
  {
    clause: "L-11",
    what: "A request is admitted while its counter is below the threshold; the one that crosses it completes",
    evidence: "ours",
    source: SOURCE.silent,
    note: "token_admission selects two other ways",
    test: ADMISSION("exactly at the threshold there is no room; one below there is"),
  },
  {
    clause: "L-12",
    what: "A request over any limit is 429, for the first exceeded limit",
    source: SOURCE.gatewayLimits,
    note: "Ours: the order of limits, which only the hint shows, and the body (X-6)",
    test: REFUSAL("rate limits before usage limits"),
  },
  {
    clause: "L-13",
    what: "Answers and refusals carry no rate-limit headers",
    evidence: "ours",
    source: `${SOURCE.recordings}; ${SOURCE.clientTests}`,
    note: "No recorded answer has any, and no 429 was recorded; rate_limit_headers turns them on",
    test: HEADERS("are off by default, on admitted and refused requests"),
  },
  {
    clause: "L-14",
    what: "A changed limit applies from the next request on; counters keep their values",
    source: SOURCE.gatewayLimits,
    note: "Ours: usage before the limit existed counts too (Y-5)",
    test: CHANGES("raised, lowered, and lowered below what is spent"),
  },
  {
    clause: "L-15",
    what: "Counters survive a restart",
    source: SOURCE.own,
    test: RESTART("streams count as well, and so does what a request charged without its limit (Y-5)"),
  },
]);
