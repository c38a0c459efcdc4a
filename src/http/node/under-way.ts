/** Answers that are not finished, by kind. */
export interface UnderWay {
  /** They have begun, and their length is not known: streams. */
  readonly streams: number;
  /** All others. */
  readonly requests: number;
}

export const NOTHING_UNDER_WAY: UnderWay = { streams: 0, requests: 0 };
