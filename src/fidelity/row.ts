/** Claims about the real service, with their evidence and how far the emulator follows them. */

/**
 * The evidence for a claim, strongest first. `documented`: the vendor's documents or API description. `observed`:
 * recorded traffic, a published measurement, or a real client's code. `third-party`: somebody else's statement only.
 * `unknown`: nothing was found. `ours`: the sources say nothing and the emulator chose, or the emulator's own promise.
 */
export const EVIDENCE = ["documented", "observed", "third-party", "unknown", "ours"] as const;
export type Evidence = (typeof EVIDENCE)[number];

export const FIDELITY_STATES = ["emulated", "partly", "not"] as const;

/** A test of this project. */
export interface TestReference {
  /** Path below `test/`. */
  readonly file: string;
  /** The title of a `test(...)` or `it(...)` in it. */
  readonly title: string;
}

export interface FidelityRow {
  /** The clause id that code and tests cite, such as `L-11` or `I-1.4a`. */
  readonly clause: string;
  /** What the real service does, in a sentence. */
  readonly what: string;
  readonly evidence: Evidence;
  /** The source: a public address without its scheme, or a decision. */
  readonly source: string;
  readonly state: (typeof FIDELITY_STATES)[number];
  /** What is missing or different, and which part of an otherwise supported claim is our guess. */
  readonly note?: string;
  /** Shows what is emulated; null when nothing is. */
  readonly test: TestReference | null;
}

/** Rows about one part of the service. */
export interface FidelityChapter {
  readonly title: string;
  readonly rows: readonly FidelityRow[];
}
