import * as z from "zod";
import { TOOL_DELTA_STYLES } from "../domain/completion/style.js";

/** Slowest and fastest pace, in tokens per second. */
const MIN_PACE = 0.01;
const MAX_PACE = 1_000_000;
/** Ten minutes. */
const MAX_WAIT_MS = 600_000;

/** How answers are streamed: pace, chunking, and irregularities seen in recorded traffic. */
export const streamStyleSchema = z
  .strictObject({
    ttft_ms: z.number().min(0).max(MAX_WAIT_MS).describe("Time to the first token"),
    tokens_per_second: z.number().min(MIN_PACE).max(MAX_PACE),
    jitter_ms: z.number().min(0).max(MAX_WAIT_MS),
    chunk_tokens: z.int().min(1),
    chunk_characters: z.int().min(1),
    chunks: z.array(z.string()).describe("The exact pieces of the content"),
    tool_deltas: z.enum(TOOL_DELTA_STYLES),
    done_after_stop: z
      .boolean()
      .describe("false: no [DONE] after a stop sequence, as seen in recorded traffic"),
    finish_reason_in_json_mode: z.boolean(),
    usage_chunk: z.boolean(),
  })
  .partial()
  .meta({ id: "StreamStyle" });
