/** How an answer arrives: its pace, its pieces, and the irregularities that were recorded. */

/** A `stream:` block of the settings or of a reply; what is absent comes from the wider one. */
export interface StreamStyle {
  /** Until the first byte, milliseconds. */
  readonly ttft_ms?: number | undefined;
  /** Pace of the tokens after the first; unpaced when absent. */
  readonly tokens_per_second?: number | undefined;
  /** Each chunk comes up to so many milliseconds later, by the seeded random source. */
  readonly jitter_ms?: number | undefined;
  /** Size of the pieces: tokens, or characters. One token when neither is given. */
  readonly chunk_tokens?: number | undefined;
  readonly chunk_characters?: number | undefined;
  /** The pieces of the content, word for word; in place of cutting it. */
  readonly chunks?: readonly string[] | undefined;
  /** How tool calls are cut (inference §1.4). */
  readonly tool_deltas?: ToolDeltaStyle | undefined;
  /** false: no `[DONE]` when a stop sequence ended the answer (recorded, inference §1.4). */
  readonly done_after_stop?: boolean | undefined;
  /** false: no `finish_reason` in JSON mode (recorded, inference §1.3, §1.4). */
  readonly finish_reason_in_json_mode?: boolean | undefined;
  /** false: no usage chunk, whatever was asked (recorded, inference §1.4). */
  readonly usage_chunk?: boolean | undefined;
}

export const TOOL_DELTA_STYLES = ["whole", "fragments", "new-id-per-delta"] as const;
export type ToolDeltaStyle = (typeof TOOL_DELTA_STYLES)[number];

/** The narrower block over the wider one, key by key. */
export function mergeStyles(wider: StreamStyle, narrower: StreamStyle | undefined): StreamStyle {
  return narrower === undefined ? wider : { ...wider, ...narrower };
}

/** Milliseconds that so many tokens take; 0 when unpaced. Of a sum of tokens, so that nothing adds up wrongly. */
export function paceMs(style: StreamStyle, tokens: number): number {
  return style.tokens_per_second === undefined ? 0 : (tokens * 1000) / style.tokens_per_second;
}

/** Whether any of the answer waits for the clock. */
export function isPaced(style: StreamStyle): boolean {
  return style.tokens_per_second !== undefined || (style.ttft_ms ?? 0) > 0 || (style.jitter_ms ?? 0) > 0;
}
