import type { ChatRequest, Reply } from "../chat.js";
import type { Settings } from "../settings.js";
import { type Chunking, type Delta, producedTokens, replyParts } from "./deltas.js";
import { dialectOf } from "./dialects.js";
import { type CompletionMeta, usageWriter } from "./encode.js";
import { logprobsPieces } from "./logprobs.js";

/** One server-sent event, as it goes on the wire. */
export interface StreamFrame {
  /** `data: ...` and two line feeds. */
  readonly data: string;
  /** Completion tokens up to and including this frame. A stream cut after it is charged for them (L-4). */
  readonly completionTokens: number;
}

/** `stream_options` of a request. */
export interface StreamOptions extends Pick<ChatRequest, "includeUsage" | "continuousUsage"> {
  /** false: no `[DONE]`, as recorded after stop sequences (I-1.4f). */
  readonly done?: boolean | undefined;
}

const DONE_FRAME = "data: [DONE]\n\n";

/**
 * The running usage. A rule may set any usage, so the counts of the text are scaled to the reply's usage: they never
 * fall, the last delta reaches the final count, and reasoning never exceeds the completion.
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
 * The frames of a streamed answer, `[DONE]` last (I-1.4a, X-11, X-12). A generator, so that thousands of paced streams
 * do not hold all their bytes at once.
 *
 * Chunk keys are `id, choices, created, model, [service_tier, system_fingerprint,] object, usage`. `finish_reason`
 * has a chunk of its own, except in the `fragments` tool style. A reply without one has no such chunk.
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
  /** The text from the end of the delta to the end of the event, or to the numbers of its usage. */
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
  for (const part of replyParts(reply, chunking)) {
    for (const delta of part) {
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

/** All frames in one string, for unpaced streams. */
export function joinFrames(frames: Iterable<StreamFrame>): string {
  let joined = "";
  for (const frame of frames) joined += frame.data;
  return joined;
}

/** One flat string. V8 stores concatenated strings as trees, which each chunk would flatten again. */
function joined(...parts: readonly string[]): string {
  return parts.join("");
}
