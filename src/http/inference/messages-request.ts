import type { ChatMessage, ChatRequest, ContentPart, ToolChoice } from "../../domain/chat.js";
import type { Settings } from "../../domain/settings.js";
import { KNOWN_MESSAGES_FIELDS, type MessagesBody, messagesRequestSchema } from "../../schemas/messages.js";
import { type ChatEnvelope, checkBody } from "./chat-request.js";
import { extraField, type FieldError, fieldErrors } from "./pydantic-messages.js";

type BodyMessage = MessagesBody["messages"][number];
type UserBlock = Exclude<Extract<BodyMessage, { role: "user" }>["content"], string>[number];
type AssistantBlock = Exclude<Extract<BodyMessage, { role: "assistant" }>["content"], string>[number];
type TextOrImage = Extract<UserBlock, { type: "text" | "image" }>;

/**
 * The model server's check of a Messages body, last in the order of checks, and its translation into the
 * request that the pipeline knows. A refusal's `message` goes into the error envelope of I-3; its
 * wording, `<field>: <reason>` for the first finding, is that of Anthropic's own API (Y-16).
 */
export function parseMessagesRequest(
  envelope: ChatEnvelope,
  settings: Pick<Settings, "unknownFields">,
): { ok: true; request: ChatRequest } | { ok: false; message: string } {
  const { body } = envelope;
  const parsed = checkBody(messagesRequestSchema, envelope);
  const unknownFields = Object.keys(body).filter((name) => !KNOWN_MESSAGES_FIELDS.has(name));
  const errors: FieldError[] = parsed.success ? [] : fieldErrors(parsed.error.issues, body);
  if (settings.unknownFields === "reject") {
    for (const name of unknownFields) errors.push(extraField(body, [name]));
  }
  const [first] = errors;
  if (parsed.success && first === undefined) {
    return { ok: true, request: chatRequest(parsed.data, unknownFields) };
  }
  return {
    ok: false,
    message: first === undefined ? "Invalid request" : `${first.path.map(String).join(".")}: ${first.text}`,
  };
}

/**
 * What this route cannot ask for has its neutral value. Usage is always reported whole at the end, and running
 * usage has no place in the events.
 */
function chatRequest(body: MessagesBody, unknownFields: readonly string[]): ChatRequest {
  const tools = (body.tools ?? []).map(({ name, description, input_schema }) => {
    return { name, description: description ?? null, parameters: input_schema };
  });
  return {
    model: body.model,
    messages: conversation(body),
    stream: body.stream ?? false,
    includeUsage: true,
    continuousUsage: false,
    maxTokens: body.max_tokens,
    stop: body.stop_sequences ?? [],
    includeStop: false,
    logprobs: false,
    topLogprobs: 0,
    responseFormat: { type: "text" },
    tools,
    toolChoice: toolChoice(body.tool_choice, tools.length > 0),
    metadata: body.metadata ?? null,
    unknownFields,
  };
}

function conversation(body: MessagesBody): ChatMessage[] {
  const messages: ChatMessage[] = [];
  if (body.system !== undefined) messages.push({ role: "system", content: body.system });
  for (const message of body.messages) {
    switch (message.role) {
      case "user":
        messages.push(...userMessages(message.content));
        break;
      case "assistant":
        messages.push(assistantMessage(message.content));
        break;
    }
  }
  return messages;
}

/** Tool results become messages of their own, before what the user says, as they stand in a request. */
function userMessages(content: string | readonly UserBlock[]): ChatMessage[] {
  if (typeof content === "string") return [{ role: "user", content }];
  const results: ChatMessage[] = [];
  const parts: ContentPart[] = [];
  for (const block of content) {
    switch (block.type) {
      case "text":
      case "image":
        parts.push(contentPart(block));
        break;
      case "tool_result":
        results.push({
          role: "tool",
          tool_call_id: block.tool_use_id,
          content: typeof block.content === "object" ? block.content.map(contentPart) : (block.content ?? ""),
        });
        break;
    }
  }
  if (parts.length > 0 || results.length === 0) results.push({ role: "user", content: parts });
  return results;
}

function contentPart(block: TextOrImage): ContentPart {
  switch (block.type) {
    case "text":
      return { type: "text", text: block.text };
    case "image":
      return { type: "image_url", image_url: { url: imageUrl(block.source) } };
  }
}

function imageUrl(source: Extract<TextOrImage, { type: "image" }>["source"]): string {
  switch (source.type) {
    case "base64":
      return `data:${source.media_type};base64,${source.data}`;
    case "url":
      return source.url;
  }
}

function assistantMessage(content: string | readonly AssistantBlock[]): ChatMessage {
  if (typeof content === "string") return { role: "assistant", content };
  const parts: ContentPart[] = [];
  const calls: { id: string; function: { name: string; arguments: Record<string, unknown> } }[] = [];
  let reasoning = "";
  for (const block of content) {
    switch (block.type) {
      case "text":
        parts.push({ type: "text", text: block.text });
        break;
      case "tool_use":
        calls.push({ id: block.id, function: { name: block.name, arguments: block.input } });
        break;
      case "thinking":
        reasoning += block.thinking;
        break;
    }
  }
  return {
    role: "assistant",
    content: parts.length > 0 ? parts : null,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
  };
}

/** `any` is what chat calls `required`. */
function toolChoice(choice: MessagesBody["tool_choice"], hasTools: boolean): ToolChoice {
  if (choice === undefined) return hasTools ? "auto" : "none";
  switch (choice.type) {
    case "auto":
    case "none":
      return choice.type;
    case "any":
      return "required";
    case "tool":
      return { name: choice.name };
  }
}
