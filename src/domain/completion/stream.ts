/** The frames of a streamed answer (inference §1.4). */

import type { ChatRequest, Reply } from "../chat.js";
import type { Settings } from "../settings.js";
import { type Chunking, type Delta, producedTokens, replyDeltas } from "./deltas.js";
import { dialectOf } from "./dialects.js";
import { type CompletionMeta, usageWriter } from "./encode.js";
import { logprobsPieces } from "./logprobs.js";

/** One server-sent event, as it goes on the wire. */
export interface StreamFrame {
  /** `data: ...` with the two line feeds that end it. */
  readonly data: string;
  /** Completion tokens sent once this frame is out: what a stream cut after it is charged (L-4). */
  readonly completionTokens: number;
}

/** `stream_options` of a request. */
export interface StreamOptions extends Pick<ChatRequest, "includeUsage" | "continuousUsage"> {
  /** false leaves `[DONE]` out, as was recorded after stop sequences. */
  readonly done?: boolean | undefined;
}

export const DONE_FRAME = "data: [DONE]\n\n";

/**
 * Usage after each delta. Counts follow the text and are stretched to the reply's usage, which a rule may have
 * set to anything: they never fall, the last delta reaches the final completion, and reasoning stays within it.
 */
function runningUsage(reply: Reply) {
  const produced = producedTokens(reply);
  const share = (sent: number, of: number, final: number) =>
    sent >= of ? final : Math.floor((sent * final) / of);
  return {
    completionAfter: (sent: number) => share(sent, produced.total, reply.usage.completion),
    reasoningAfter(sent: number): number {
      const completion = share(sent, produced.total, reply.usage.completion);
      return Math.min(completion, share(sent, produced.reasoning, reply.usage.reasoning));
    },
  };
}

/**
 * The frames of a streamed answer, made one by one as they are asked for; see {@link streamFrames}. For paced
 * streams, so that thousands of them do not hold all their bytes at once.
 */
export function* iterateFrames(
  meta: CompletionMeta,
  options: StreamOptions,
  reply: Reply,
  dialectName: Settings["streamDialect"],
  chunking: Chunking,
): Generator<StreamFrame, void, undefined> {
  const dialect = dialectOf(dialectName, reply);
  const usageOnChunks = dialect.runningUsage(options);
  const running = runningUsage(reply);
  const usage = usageWriter(reply.usage);

  const head = joined(`data: {"id":`, JSON.stringify(meta.id), `,"choices":[`);
  const tail = joined(
    `],"created":${meta.created},"model":`,
    JSON.stringify(meta.model),
    `,${dialect.extraKeys}"object":"chat.completion.chunk"`,
  );
  const openHead = joined(head, `{"index":0,"delta":`);
  /** From the end of the delta to the end of the event, or to the numbers of its usage. */
  const afterDelta = (ending: string): string => {
    switch (usageOnChunks) {
      case "numbers":
        return joined(ending, "}", tail, `,"usage":`, usage.head);
      case "null":
        return joined(ending, "}", tail, `,"usage":null}\n\n`);
      case "absent":
        return joined(ending, "}", tail, "}\n\n");
    }
  };
  const openTail = afterDelta(dialect.ending(null, null));
  const finalTail = afterDelta(dialect.ending(reply.finishReason, null));
  const logprobs = reply.logprobs ? logprobsPieces(reply.logprobs) : null;
  const tailOf = ({ kind, length, carriesFinish }: Delta): string => {
    if (carriesFinish) return finalTail;
    if (logprobs === null || kind !== "content") return openTail;
    return afterDelta(dialect.ending(null, logprobs(length)));
  };

  const chunk = (delta: string, end: string, completion: number, reasoning: number): StreamFrame => ({
    data:
      usageOnChunks === "numbers"
        ? `${openHead}${delta}${end}${usage.numbers(completion, reasoning)}}\n\n`
        : `${openHead}${delta}${end}`,
    completionTokens: completion,
  });

  if (dialect.opening !== null) yield chunk(dialect.opening, openTail, 0, 0);

  let sent = 0;
  let first = true;
  let finished = reply.finishReason === null;
  for (const delta of replyDeltas(reply, chunking)) {
    sent += delta.tokens;
    yield chunk(
      dialect.delta(delta, first),
      tailOf(delta),
      running.completionAfter(sent),
      running.reasoningAfter(sent),
    );
    first = false;
    finished ||= delta.carriesFinish;
  }

  const { completion, reasoning } = reply.usage;
  if (!finished) yield chunk(dialect.closing, finalTail, completion, reasoning);
  if (options.includeUsage) {
    yield {
      data: `${head}${tail},"usage":${usage.head}${usage.numbers(completion, reasoning)}}\n\n`,
      completionTokens: completion,
    };
  }
  if (options.done !== false) yield { data: DONE_FRAME, completionTokens: completion };
}

/** The bytes of frames in one string, for a stream that is not paced. */
export function joinFrames(frames: Iterable<StreamFrame>): string {
  let joined = "";
  for (const frame of frames) joined += frame.data;
  return joined;
}

/** One flat string. Concatenated ones are trees, which every chunk that they are part of would walk again. */
function joined(...parts: readonly string[]): string {
  return parts.join("");
}
