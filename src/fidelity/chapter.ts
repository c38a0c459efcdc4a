import type { Evidence, FidelityChapter, FidelityRow, TestReference } from "./row.js";
import type { VendorDocument } from "./sources.js";

/** A row as a chapter's file writes it, without what {@link chapter} adds. */
type RowEntry = Pick<FidelityRow, "clause" | "what"> & SourceEntry & StateEntry;

/** What a vendor's document says is documented, unless the row says otherwise. */
type SourceEntry =
  | { readonly source: VendorDocument; readonly evidence?: Evidence }
  | { readonly source: string; readonly evidence: Evidence };

/** What a test shows is emulated, unless the row says that it is only so in part, and why. */
type StateEntry =
  | { readonly test: TestReference; readonly note?: string; readonly state?: never }
  | { readonly test: TestReference; readonly note: string; readonly state: "partly" }
  | { readonly test?: never; readonly note?: string; readonly state: "not" };

/** A chapter of rows. Unless an entry says otherwise, it is documented and emulated, and there is no test. */
export function chapter(title: string, entries: readonly RowEntry[]): FidelityChapter {
  const rows = entries.map(
    (entry): FidelityRow => ({ evidence: "documented", state: "emulated", test: null, ...entry }),
  );
  return { title, rows };
}

/** References to tests of one file. @param file path below `test/` */
export function testsIn(file: string): (title: string) => TestReference {
  return (title) => ({ file, title });
}
