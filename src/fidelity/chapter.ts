import type { Evidence, FidelityChapter, FidelityRow, TestReference } from "./row.js";
import { decidedBy, SOURCE } from "./sources.js";

/** A row as a chapter's file writes it, without what {@link chapter} adds. */
type RowEntry = Pick<FidelityRow, "clause" | "what" | "source"> &
  Partial<Pick<FidelityRow, "evidence">> &
  StateEntry;

/** What a test shows is emulated, unless the row says that it is only so in part, and why. */
type StateEntry =
  | { readonly test: TestReference; readonly note?: string; readonly state?: never }
  | { readonly test: TestReference; readonly note: string; readonly state: "partly" }
  | { readonly test?: never; readonly note?: string; readonly state: "not" };

/** A chapter of rows. Unless an entry says otherwise, its source decides the evidence, and it is emulated. */
export function chapter(title: string, entries: readonly RowEntry[]): FidelityChapter {
  const rows = entries.map(
    (entry): FidelityRow => ({ evidence: evidenceOf(entry.source), state: "emulated", test: null, ...entry }),
  );
  return { title, rows };
}

/** References to tests of one file. @param file path below `test/` */
export function testsIn(file: string): (title: string) => TestReference {
  return (title) => ({ file, title });
}

/** Vendors' documents and API descriptions. */
const DOCUMENT = /^(docs\.baseten\.co|api\.baseten\.co|developers\.cloudflare\.com)\//;

/** What kind of evidence a source is; of several sources, the first. */
function evidenceOf(source: string): Evidence {
  if (source === SOURCE.own) return "ours";
  if (source === SOURCE.silent || source.startsWith(decidedBy(""))) return "unknown";
  return DOCUMENT.test(source) ? "documented" : "observed";
}
