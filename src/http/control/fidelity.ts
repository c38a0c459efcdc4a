import { Hono } from "hono";
import { EVIDENCE, FIDELITY_STATES, type FidelityChapter } from "../../fidelity/row.js";
import type { AppEnv } from "../env.js";
import { jsonPage } from "../respond.js";
import { readQuery, word } from "./query.js";

/** The fidelity table: clauses with evidence, state and test. */
export const fidelity = new Hono<AppEnv>();

fidelity.get("/_emulator/fidelity", async (c) => {
  const { state, evidence } = readQuery(c, { state: word(FIDELITY_STATES), evidence: word(EVIDENCE) });
  // Loaded on request, because the text would slow down the start.
  const { FIDELITY_CHAPTERS } = await import("../../fidelity/index.js");
  const items = FIDELITY_CHAPTERS.flatMap(itemsOf).filter(
    (item) => (state ?? item.state) === item.state && (evidence ?? item.evidence) === item.evidence,
  );
  return jsonPage(c, items);
});

function itemsOf({ title, rows }: FidelityChapter) {
  return rows.map(({ clause, what, evidence, source, state, note = null, test }) => {
    return { clause, chapter: title, what, evidence, source, state, note, test };
  });
}
