import type { ChatRequest, Reply } from "../domain/chat.js";
import type { RuleReply } from "../domain/completion/rules.js";
import type { StreamStyle } from "../domain/completion/style.js";
import type { MatchSubject } from "../domain/completion/subject.js";
import type { Credential } from "../domain/credential.js";
import type { Fault } from "../domain/faults.js";
import type { FederatedKey } from "../domain/model.js";
import type { RequestInProgress } from "./journal.js";
import type { Grant } from "./limits.js";
import type { RequestOverrides } from "./replies.js";

/** What the gateway layer has read of a request. */
export interface ChatInput {
  readonly credential: Credential;
  readonly model: string;
  readonly overrides: RequestOverrides;
  /** The fault that a header asks for, for this request alone. */
  readonly fault: Fault | null;
  /** A request header, by its lower-case name. */
  header(name: string): string | undefined;
}

/** A body as the HTTP layer read it: valid, or what the model server would say about it. */
export type ParsedChat =
  | { readonly ok: true; readonly request: ChatRequest }
  | { readonly ok: false; readonly message: string };

/** Whose limits and ledger a request belongs to. */
export interface Account {
  readonly key: FederatedKey;
  readonly grant: Grant;
  /** Tokens charged on arrival (L-11). */
  readonly reserved: number;
}

/** A request that passed all checks, before its answer is known. */
export interface AdmittedChat {
  readonly inProgress: RequestInProgress;
  /** Null when a fault answers in the place of the model and the values were never looked at. */
  readonly request: ChatRequest | null;
  readonly subject: MatchSubject;
  readonly overrides: RequestOverrides;
  /** What the rule that speaks says; null: none does. */
  readonly rule: RuleReply | null;
  readonly fault: Fault | null;
  /** UUID; `requestId` of the billing event (W-2). */
  readonly requestId: string;
  readonly modelId: string;
  /** Null for a workspace key, which is neither limited nor billed, and for a refusal by fault. */
  readonly account: Account | null;
  /** L-13; empty unless the world asks for them. */
  readonly limitHeaders: Readonly<Record<string, string>>;
}

/** An admitted request with its answer, on the way to the client. */
export interface AnsweredChat extends AdmittedChat {
  readonly request: ChatRequest;
  readonly reply: Reply;
  readonly style: StreamStyle;
}
