/** An open question, which the sources do not answer or answer differently, and what the emulator does. */
export interface DecisionRow {
  /** `X-n`: known from the sources. `Y-n`: found while building. */
  readonly id: string;
  readonly question: string;
  readonly answer: string;
  /** The setting that changes it; null if there is none. */
  readonly switch: string | null;
}
