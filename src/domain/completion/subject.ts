/** What rules and faults look at: one request with who sent it. */

import type { ChatMessage, ChatRequest } from "../chat.js";

/** Every property a match key needs; those that cost something are computed when first asked for. */
export interface MatchSubject {
  readonly model: string;
  /** External entity id and id of the key's group; none for a workspace key. */
  readonly group: readonly string[];
  /** Name and prefix of the key. */
  readonly key: readonly string[];
  readonly lastMessage: string;
  /** All system messages, joined by line feeds. */
  readonly system: string;
  /** How many user messages there are. */
  readonly turn: number;
  /** Whether a tool's result came after the last user message. */
  readonly hasToolResult: boolean;
  /** Names of the tools that the assistant called so far. */
  readonly toolsCalled: readonly string[];
  /** `text`, `json_object`, `json_schema`, ... */
  readonly responseFormat: string;
  readonly stream: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** A request header, by its lower-case name. */
  header(name: string): string | undefined;
}

/** Who sent a request, for {@link matchSubject}. */
export interface Sender {
  readonly group: readonly string[];
  readonly key: readonly string[];
  header(name: string): string | undefined;
}

/** @param request null while the values are invalid: then only model and sender can match */
export function matchSubject(model: string, request: ChatRequest | null, sender: Sender): MatchSubject {
  return new ChatSubject(model, request, sender);
}

/** A class, because every request makes one: its getters are shared and run only when a rule asks. */
class ChatSubject implements MatchSubject {
  readonly model: string;
  readonly #request: ChatRequest | null;
  readonly #sender: Sender;

  constructor(model: string, request: ChatRequest | null, sender: Sender) {
    this.model = model;
    this.#request = request;
    this.#sender = sender;
  }

  get group(): readonly string[] {
    return this.#sender.group;
  }

  get key(): readonly string[] {
    return this.#sender.key;
  }

  get lastMessage(): string {
    return lastMessageText(this.#messages);
  }

  get system(): string {
    return this.#messages
      .filter(({ role }) => role === "system")
      .map(messageText)
      .join("\n");
  }

  get turn(): number {
    return this.#messages.filter(({ role }) => role === "user").length;
  }

  get hasToolResult(): boolean {
    const lastUser = this.#messages.findLastIndex(({ role }) => role === "user");
    return this.#messages.some(({ role }, index) => role === "tool" && index > lastUser);
  }

  get toolsCalled(): readonly string[] {
    return this.#messages.flatMap(({ tool_calls }) => (tool_calls ?? []).map((call) => call.function.name));
  }

  get responseFormat(): string {
    return this.#request?.responseFormat.type ?? "text";
  }

  get stream(): boolean {
    return this.#request?.stream ?? false;
  }

  get metadata(): Readonly<Record<string, unknown>> {
    return this.#request?.metadata ?? {};
  }

  header(name: string): string | undefined {
    return this.#sender.header(name);
  }

  get #messages(): readonly ChatMessage[] {
    return this.#request?.messages ?? [];
  }
}

/** Text of the last user message: the string, or its text parts joined; "" when there is none. */
export function lastMessageText(messages: readonly ChatMessage[]): string {
  const message = messages.findLast(({ role }) => role === "user");
  return message === undefined ? "" : messageText(message);
}

function messageText({ content }: ChatMessage): string {
  if (typeof content === "string") return content;
  let text = "";
  for (const part of content ?? []) if (part.type === "text") text += part.text;
  return text;
}
