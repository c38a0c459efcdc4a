/** A chat request after parsing, and the answer the emulator gives to it, as plain data. */

export const CHAT_ROLES = ["system", "user", "assistant", "tool"] as const;
export type ChatRole = (typeof CHAT_ROLES)[number];

/** Parts of a message's content (inference §1.2). */
export type ContentPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string; readonly detail?: string } }
  | {
      readonly type: "input_audio";
      readonly input_audio: { readonly data: string; readonly format: "wav" | "mp3" };
    };

/** A call the model asks for; `arguments` is JSON text on the way out, text or object on the way in. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

export interface ChatMessage {
  readonly role: ChatRole;
  readonly content?: string | readonly ContentPart[] | null | undefined;
  readonly name?: string | undefined;
  readonly tool_calls?:
    | readonly {
        readonly id: string;
        readonly function: {
          readonly name: string;
          readonly arguments: string | Readonly<Record<string, unknown>>;
        };
      }[]
    | null
    | undefined;
  readonly tool_call_id?: string | undefined;
  readonly reasoning_content?: string | null | undefined;
}

export interface ToolDefinition {
  readonly name: string;
  readonly description: string | null;
  readonly parameters: Readonly<Record<string, unknown>> | null;
}

export type ToolChoice = "none" | "auto" | "required" | { readonly name: string };

export type ResponseFormat =
  | { readonly type: "text" }
  | { readonly type: "json_object" }
  | {
      readonly type: "json_schema";
      readonly name: string;
      readonly schema: Readonly<Record<string, unknown>>;
    }
  | { readonly type: "grammar"; readonly grammar: string }
  | { readonly type: "structural_tag"; readonly structuralTag: string };

/** A validated `POST /v1/chat/completions` body, defaults filled in (inference §1.1). */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly stream: boolean;
  /** `stream_options`, both true unless asked otherwise. */
  readonly includeUsage: boolean;
  readonly continuousUsage: boolean;
  /** Most tokens of the answer: `max_tokens` or `max_completion_tokens`, 4096 by default. */
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly includeStop: boolean;
  readonly logprobs: boolean;
  readonly topLogprobs: number;
  readonly responseFormat: ResponseFormat;
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  /** Names of body fields that the schema does not know. */
  readonly unknownFields: readonly string[];
}

export type FinishReason = "stop" | "length" | "tool_calls";

/** Tokens of one answer (inference §1.3). `cached` is part of `prompt`, `reasoning` of `completion`. */
export interface Usage {
  readonly prompt: number;
  readonly completion: number;
  readonly cached: number;
  readonly reasoning: number;
}

export interface ScoredToken {
  readonly token: string;
  /** Natural logarithm of the probability, at most 0. */
  readonly logprob: number;
  /** The token in UTF-8. */
  readonly bytes: readonly number[];
}

/** One element of `choices[].logprobs.content`, keys in the documented order (I-1.3f). */
export interface TokenLogprob extends ScoredToken {
  /** The likeliest tokens at this position, this one first. */
  readonly top_logprobs: readonly ScoredToken[];
}

/** The answer of the emulated model, before it is encoded. */
export interface Reply {
  readonly content: string | null;
  readonly reasoning: string | null;
  readonly toolCalls: readonly ToolCall[];
  /** null: leave `finish_reason` out altogether, as some models do. */
  readonly finishReason: FinishReason | null;
  /** The stop sequence that ended it; absent when none did. */
  readonly stopSequence?: string;
  /** Of the content's tokens, when they were asked for and the model gives them (inference §1.3). */
  readonly logprobs?: readonly TokenLogprob[];
  readonly usage: Usage;
}
