/** What rules and faults match: a request and its sender. */

import type { ChatMessage, ChatRequest } from "../chat.js";

/** One property per match key. */
export interface MatchSubject {
  readonly model: string;
  /** External entity id and id of the key's group; empty for a workspace key. */
  readonly group: readonly string[];
  /** Name and prefix of the key. */
  readonly key: readonly string[];
  readonly lastMessage: string;
  /** All system messages, joined by line feeds. */
  readonly system: string;
  /** Number of user messages. */
  readonly turn: number;
  /** Whether there is a tool result after the last user message. */
  readonly hasToolResult: boolean;
  /** Names of the tools that the assistant has called. */
  readonly toolsCalled: readonly string[];
  /** `text`, `json_object`, `json_schema`, ... */
  readonly responseFormat: string;
  readonly stream: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** A request header, by its lower-case name. */
  readonly header: (name: string) => string | undefined;
}

/** Getters compute a property only when a rule asks for it. */
export class ChatSubject implements MatchSubject {
  readonly model: string;
  readonly group: readonly string[];
  readonly key: readonly string[];
  readonly header: MatchSubject["header"];
  readonly #request: ChatRequest | null;

  /** @param request null when its values are invalid: then only model and sender can match */
  constructor(
    model: string,
    request: ChatRequest | null,
    { group, key, header }: Pick<MatchSubject, "group" | "key" | "header">,
  ) {
    this.model = model;
    this.group = group;
    this.key = key;
    this.header = header;
    this.#request = request;
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

  get #messages(): readonly ChatMessage[] {
    return this.#request?.messages ?? [];
  }
}

/** Text of the last user message, its text parts joined; "" without one. */
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
