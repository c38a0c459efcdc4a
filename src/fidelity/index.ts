/**
 * How faithful the emulator is: every clause with its evidence, state and test. `GET /_emulator/fidelity` and
 * `docs/fidelity.md` show this table. Import it only on request: it is some 90 KB of text.
 */

import { ASYNC } from "./async.js";
import { BILLING } from "./billing.js";
import { CHAT } from "./chat.js";
import { CLIENTS } from "./clients.js";
import { CLOUDFLARE } from "./cloudflare.js";
import { DECISION_CHAPTER } from "./decisions.js";
import { DEDICATED } from "./dedicated.js";
import { ENDPOINT_CHAPTER } from "./endpoints.js";
import { ERROR_CHAPTER } from "./errors.js";
import { GROUP_CHAPTER } from "./groups.js";
import { IDENTITY } from "./identity.js";
import { ROUTES, RULES } from "./inference.js";
import { LIMITS } from "./limits.js";
import { MANAGEMENT } from "./management.js";
import type { FidelityChapter, FidelityRow } from "./row.js";
import { STREAMS } from "./streams.js";

/** All chapters, in the order of `docs/fidelity.md`. */
export const FIDELITY_CHAPTERS: readonly FidelityChapter[] = [
  MANAGEMENT,
  ENDPOINT_CHAPTER,
  GROUP_CHAPTER,
  LIMITS,
  BILLING,
  CHAT,
  STREAMS,
  ROUTES,
  ERROR_CHAPTER,
  RULES,
  DEDICATED,
  ASYNC,
  CLOUDFLARE,
  IDENTITY,
  CLIENTS,
  DECISION_CHAPTER,
];

export const FIDELITY: readonly FidelityRow[] = FIDELITY_CHAPTERS.flatMap(({ rows }) => rows);
