import type { ChatRequest, Reply } from "../domain/chat.js";
import type { RuleReply } from "../domain/completion/rules.js";
import type { StreamStyle } from "../domain/completion/style.js";
import type { MatchSubject } from "../domain/completion/subject.js";
import type { Credential } from "../domain/credential.js";
import type { Fault } from "../domain/faults.js";
import type { FederatedKey } from "../domain/model.js";
import type { RequestInProgress } from "./journal.js";
import type { Grant } from "./limits.js";

/** What a test can set for one answer by headers. */
export interface RequestOverrides {
  /** The exact usage of this answer. */
  readonly usage?: { readonly prompt: number; readonly completion: number } | undefined;
}

/** What the gateway has read of a chat request. */
export interface ChatInput {
  readonly credential: Credential;
  readonly model: string;
  readonly overrides: RequestOverrides;
  /** The fault of the request's `x-emulator-fault` header. */
  readonly fault: Fault | null;
  /** A request header, by its lower-case name. */
  header(name: string): string | undefined;
}

/** A parsed body: valid, or with the model server's error message. */
export type ParsedChat =
  | { readonly ok: true; readonly request: ChatRequest }
  | { readonly ok: false; readonly message: string };

/** The federated key and limits that a request is counted for. */
export interface Account {
  readonly key: FederatedKey;
  readonly grant: Grant;
  /** Tokens charged on arrival (L-11). */
  readonly reserved: number;
}

/** A request that passed all checks. */
export interface AdmittedChat {
  readonly inProgress: RequestInProgress;
  /** null when a fault replaces the answer and the values are invalid. */
  readonly request: ChatRequest | null;
  readonly subject: MatchSubject;
  readonly overrides: RequestOverrides;
  /** Reply of the matching rule, or null. */
  readonly rule: RuleReply | null;
  readonly fault: Fault | null;
  /** UUID, also the `requestId` of the billing event (W-2). */
  readonly requestId: string;
  readonly modelId: string;
  /** null for workspace keys, which are neither limited nor billed, and for refusals by a fault. */
  readonly account: Account | null;
  /** Rate-limit headers (L-13); empty by default. */
  readonly limitHeaders: Readonly<Record<string, string>>;
}

/** An admitted request with its reply. */
export interface AnsweredChat extends AdmittedChat {
  readonly request: ChatRequest;
  readonly reply: Reply;
  readonly style: StreamStyle;
}
