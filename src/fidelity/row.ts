/** One claim about the real service, what it rests on, and how far the emulator keeps to it. */

/**
 * What a claim rests on, strongest first. `documented`: the vendor's documents or API description. `observed`:
 * recorded traffic, a published measurement, or a real client's code. `third-party`: only somebody's word for it.
 * `unknown`: nothing was found. `ours`: the sources are silent, the emulator chose; or a promise of its own.
 */
export const EVIDENCE = ["documented", "observed", "third-party", "unknown", "ours"] as const;
export type Evidence = (typeof EVIDENCE)[number];

export const FIDELITY_STATES = ["emulated", "partly", "not"] as const;
export type FidelityState = (typeof FIDELITY_STATES)[number];

/** A test of this project. */
export interface TestReference {
  /** Below `test/`. */
  readonly file: string;
  /** The title of a `test(...)` or `it(...)` in it. */
  readonly title: string;
}

interface Claim {
  /** Id in the contract; rows of inference §1.4 are I-1.4a, I-1.4b and so on. */
  readonly clause: string;
  /** What the real service does, in a sentence. */
  readonly what: string;
  readonly evidence: Evidence;
  /** Where it is said: a public address without its scheme, or the decision that settles it. */
  readonly source: string;
}

/** `note` says what is missing or differs, and which part of an otherwise founded claim is our guess. */
export type FidelityRow = Claim &
  (
    | { readonly state: "emulated"; readonly note?: string; readonly test: TestReference }
    | { readonly state: "partly"; readonly note: string; readonly test: TestReference }
    | { readonly state: "not"; readonly note?: string; readonly test: null }
  );

/** Rows about one part of the service. */
export interface FidelityChapter {
  readonly title: string;
  readonly rows: readonly FidelityRow[];
}
