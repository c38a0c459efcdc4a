import { invalid } from "../../domain/errors.js";
import { EVIDENCE, FIDELITY_STATES, type FidelityChapter } from "../../fidelity/row.js";
import type { Route } from "../routes.js";
import { wholeList } from "./call.js";

/** What of the real service is emulated, on which evidence, and which test shows it; by `state` and `evidence`. */
export const FIDELITY_ROUTES: readonly Route[] = [
  {
    surface: "control",
    method: "GET",
    path: "/_emulator/fidelity",
    async handler({ query }) {
      const state = oneOf(query, "state", FIDELITY_STATES);
      const evidence = oneOf(query, "evidence", EVIDENCE);
      // Loaded when it is asked for: a start does not pay for the text.
      const { FIDELITY_CHAPTERS } = await import("../../fidelity/index.js");
      return wholeList(
        FIDELITY_CHAPTERS.flatMap(itemsOf).filter(
          (item) => (state ?? item.state) === item.state && (evidence ?? item.evidence) === item.evidence,
        ),
      );
    },
  },
];

function itemsOf({ title, rows }: FidelityChapter) {
  return rows.map(({ clause, what, evidence, source, state, note = null, test }) => {
    return { clause, chapter: title, what, evidence, source, state, note, test };
  });
}

/** A word of the query that has to be one of a list, or null when it is absent. @throws GatewayError `validation` */
function oneOf<T extends string>(query: URLSearchParams, name: string, words: readonly T[]): T | null {
  const text = query.get(name);
  if (text === null) return null;
  const word = words.find((one) => one === text);
  if (word === undefined) throw invalid(name, `expected one of ${words.join(", ")}`);
  return word;
}
