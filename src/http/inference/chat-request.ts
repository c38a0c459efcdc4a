import type * as z from "zod";
import type { ChatRequest, ResponseFormat, ToolChoice } from "../../domain/chat.js";
import { asObject, parseJson } from "../../domain/parse-json.js";
import type { Settings } from "../../domain/settings.js";
import {
  type ChatBody,
  chatRequestSchema,
  KNOWN_FIELDS,
  PLAIN_FIELDS,
  plainChatRequestSchema,
} from "../../schemas/chat.js";
import { extraField, fieldErrors, invalidRequest, pythonStr, valueAt } from "./pydantic-messages.js";

/** `max_tokens` of a request that names none (I-1.1). */
const DEFAULT_MAX_TOKENS = 4096;

/**
 * Bodies longer than this get only their first error: millions of findings would take more memory than the
 * body, and zod fails on very many at once. UTF-16 units; our own choice.
 */
const MAX_SIZE_FOR_FULL_REPORT = 64 * 1024;

/** zod stops at the first finding that it cannot get past. The type is wider than zod's public options. */
const STOP_EARLY: z.core.ParseContextInternal<z.core.$ZodIssue> = { abortEarly: true };

/** Checks the values of a body against a schema; see {@link MAX_SIZE_FOR_FULL_REPORT}. */
export function checkBody<T>(schema: z.ZodType<T>, { body, size }: ChatEnvelope): z.ZodSafeParseResult<T> {
  // Without options the schema runs twice as fast, so the usual body gets none.
  return size > MAX_SIZE_FOR_FULL_REPORT ? schema.safeParse(body, STOP_EARLY) : schema.safeParse(body);
}

/** What the gateway itself needs from a body, before key, slug and limits. */
export interface ChatEnvelope {
  readonly ok: true;
  readonly body: Record<string, unknown>;
  readonly model: string;
  readonly messages: unknown[];
  /** Length of the body, UTF-16 units. */
  readonly size: number;
}

/**
 * The gateway's own check of a chat body: a JSON object with text `model` and a list `messages`, without byte
 * order mark. Of a repeated key the last counts.
 */
export function parseEnvelope(body: string): ChatEnvelope | { ok: false } {
  const parsed = asObject(parseJson(body));
  if (!parsed) return { ok: false };
  const { model, messages } = parsed;
  if (typeof model !== "string" || !Array.isArray(messages)) return { ok: false };
  return { ok: true, body: parsed, model, messages, size: body.length };
}

/**
 * The model server's check of the values, last in the order of checks, and the defaults of I-1.1. A refusal's
 * `message` goes into the error of X-8. Findings of the schema come first and all together
 * (`Invalid request: [...]`), then the server's own rules, one at a time (`Validation: ...`).
 * @returns with the request the body as it came, for a real server that is asked in the model's place
 */
export function parseChatRequest(
  envelope: ChatEnvelope,
  settings: Pick<Settings, "unknownFields">,
):
  | { ok: true; request: ChatRequest; body: Readonly<Record<string, unknown>> }
  | { ok: false; message: string } {
  const { body } = envelope;
  const unknownFields = Object.keys(body).filter((name) => !KNOWN_FIELDS.has(name));
  const extraNames = settings.unknownFields === "reject" ? [...unknownFields] : [];
  if (given(body.max_tokens) && given(body.max_completion_tokens)) {
    extraNames.unshift("max_completion_tokens");
  }

  const schema: z.ZodType<ChatBody> = Object.keys(body).every((name) => PLAIN_FIELDS.has(name))
    ? plainChatRequestSchema
    : chatRequestSchema;
  const parsed = checkBody(schema, envelope);
  if (parsed.success && extraNames.length === 0) {
    const message = relationMessage(parsed.data);
    return message === null
      ? { ok: true, request: chatRequest(parsed.data, unknownFields), body }
      : { ok: false, message };
  }
  return { ok: false, message: refusal(body, parsed.error?.issues ?? [], extraNames) };
}

/** The message for a body with findings of the schema, extra fields, or both. */
function refusal(
  body: Readonly<Record<string, unknown>>,
  issues: readonly z.core.$ZodIssue[],
  extraNames: readonly string[],
): string {
  const ownRules: string[] = [];
  const schemaIssues: z.core.$ZodIssue[] = [];
  for (const issue of issues) {
    const message = ownRuleMessage(issue, body);
    if (message !== null) ownRules.push(message);
    // Only the first extra field can be one that the schema knows; it is reported as extra, whatever its value.
    else if (issue.path[0] !== extraNames[0]) schemaIssues.push(issue);
  }
  const errors = fieldErrors(schemaIssues, body);
  for (const name of extraNames) errors.push(extraField(body, [name]));
  return errors.length === 0 && ownRules[0] !== undefined ? ownRules[0] : invalidRequest(errors);
}

/** Bounds that the server checks by itself, after the schema, in its own words (X-9, I-2). */
function ownRuleMessage(issue: z.core.$ZodIssue, body: unknown): string | null {
  if (issue.code !== "too_small" && issue.code !== "too_big") return null;
  switch (issue.path.join(".")) {
    case "temperature":
      return `Validation: Temperature must be between 0 and 2, got ${pythonStr(valueAt(body, issue.path))}`;
    case "response_format.json_schema.name":
      return "Validation: `response_format.json_schema.name` cannot be empty";
    default:
      return null;
  }
}

/** Rules between fields. The wording is ours, after the observed ones: no capture of it exists. */
function relationMessage(body: ChatBody): string | null {
  return (body.top_logprobs ?? 0) > 0 && body.logprobs !== true
    ? "Validation: `top_logprobs` requires `logprobs` to be true"
    : null;
}

/** Fills in the defaults of I-1.1 and I-2. */
function chatRequest(body: ChatBody, unknownFields: readonly string[]): ChatRequest {
  const stop = body.stop ?? [];
  const tools = (body.tools ?? []).map(({ function: { name, description, parameters } }) => {
    return { name, description: description ?? null, parameters: parameters ?? null };
  });
  return {
    model: body.model,
    messages: body.messages,
    stream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? true,
    continuousUsage: body.stream_options?.continuous_usage_stats ?? true,
    maxTokens: body.max_tokens ?? body.max_completion_tokens ?? DEFAULT_MAX_TOKENS,
    stop: typeof stop === "string" ? [stop] : stop,
    includeStop: body.include_stop_str_in_output ?? false,
    logprobs: body.logprobs ?? false,
    topLogprobs: body.top_logprobs ?? 0,
    responseFormat: responseFormat(body.response_format),
    tools,
    toolChoice: toolChoice(body.tool_choice, tools.length > 0),
    metadata: body.metadata ?? null,
    unknownFields,
  };
}

function responseFormat(format: ChatBody["response_format"]): ResponseFormat {
  if (format === undefined || format === null) return { type: "text" };
  switch (format.type) {
    case "json_schema":
      return { type: "json_schema", name: format.json_schema.name, schema: format.json_schema.schema };
    case "structural_tag":
      return { type: "structural_tag", structuralTag: format.structural_tag };
    case "text":
    case "json_object":
    case "grammar":
      return format;
  }
}

function toolChoice(choice: ChatBody["tool_choice"], hasTools: boolean): ToolChoice {
  if (choice === undefined || choice === null) return hasTools ? "auto" : "none";
  return typeof choice === "string" ? choice : { name: choice.function.name };
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null;
}
