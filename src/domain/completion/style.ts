/** The `stream` block of the settings or of a reply: pace, pieces and recorded irregularities of an answer. */
export interface StreamStyle {
  /** Time to the first token, milliseconds. */
  readonly ttft_ms?: number | undefined;
  /** Pace after the first token; absent: unpaced. */
  readonly tokens_per_second?: number | undefined;
  /** Maximum random delay of each chunk, milliseconds, by the seeded random source. */
  readonly jitter_ms?: number | undefined;
  /** Size of the pieces in tokens or characters; default: one token. */
  readonly chunk_tokens?: number | undefined;
  readonly chunk_characters?: number | undefined;
  /** The exact pieces of the content. */
  readonly chunks?: readonly string[] | undefined;
  /** How tool calls are streamed (I-1.4h). */
  readonly tool_deltas?: ToolDeltaStyle | undefined;
  /** false: no `[DONE]` after a stop sequence (I-1.4f). */
  readonly done_after_stop?: boolean | undefined;
  /** false: no `finish_reason` in JSON mode (I-1.3d, I-1.4g). */
  readonly finish_reason_in_json_mode?: boolean | undefined;
  /** false: never a usage chunk (I-1.4g). */
  readonly usage_chunk?: boolean | undefined;
}

export const TOOL_DELTA_STYLES = ["whole", "fragments", "new-id-per-delta"] as const;
type ToolDeltaStyle = (typeof TOOL_DELTA_STYLES)[number];

/** Merges two blocks; keys of the narrower one win. */
export function mergeStyles(wider: StreamStyle, narrower: StreamStyle | undefined): StreamStyle {
  return narrower === undefined ? wider : { ...wider, ...narrower };
}

/** Time for this many tokens, milliseconds; 0 when unpaced. Pass total counts, so that rounding errors do not add up. */
export function paceMs(style: StreamStyle, tokens: number): number {
  return style.tokens_per_second === undefined ? 0 : (tokens * 1000) / style.tokens_per_second;
}

/** Whether the answer waits for the clock at all. */
export function isPaced(style: StreamStyle): boolean {
  return style.tokens_per_second !== undefined || (style.ttft_ms ?? 0) > 0 || (style.jitter_ms ?? 0) > 0;
}
