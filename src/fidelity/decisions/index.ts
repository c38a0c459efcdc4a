import { ASYNC_DECISIONS } from "./async.js";
import { CLOUDFLARE_DECISIONS } from "./cloudflare.js";
import { COMPLETION_DECISIONS } from "./completions.js";
import { DEDICATED_DECISIONS } from "./dedicated.js";
import { GATEWAY_DECISIONS } from "./gateway.js";
import type { DecisionRow } from "./row.js";
import { WORKSPACE_DECISIONS } from "./workspace.js";

/**
 * All guesses. Code that follows one cites its id. `docs/decisions.md` is generated from this list.
 */
export const DECISIONS: readonly DecisionRow[] = [
  ...GATEWAY_DECISIONS,
  ...ASYNC_DECISIONS,
  ...CLOUDFLARE_DECISIONS,
  ...COMPLETION_DECISIONS,
  ...DEDICATED_DECISIONS,
  ...WORKSPACE_DECISIONS,
];
