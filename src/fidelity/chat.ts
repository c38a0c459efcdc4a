/** Chat completions: clauses I-1.1 to I-1.3 and I-2. */

import { chapter, testsIn } from "./chapter.js";
import { SOURCE } from "./sources.js";

const REQUEST = testsIn("http/chat-request.test.ts");
const REPLY = testsIn("domain/completion/reply.test.ts");
const SYNC = testsIn("domain/completion/sync.test.ts");
const REPLIES = testsIn("scenarios/replies.test.ts");
const CHAT_REPLIES = testsIn("http/chat-replies.test.ts");
const LOGPROBS = testsIn("scenarios/logprobs.test.ts");
const CLIENT = testsIn("clients/openai-scenarios.test.ts");

export const CHAT = chapter("Chat completions: request, answer, tools", [
  {
    clause: "I-1.1a",
    what: "model and messages are required; types and ranges of the described fields are checked",
    source: SOURCE.chat,
    note: "Ours: null counts as absent for some more fields, because SDKs send it",
    test: REQUEST("lists several findings in the order of the schema, before the server's own rules"),
  },
  {
    clause: "I-1.1b",
    what: "Absent fields have defaults, such as max_tokens 4096",
    source: SOURCE.chat,
    test: REQUEST("has the defaults of I-1.1"),
  },
  {
    clause: "I-1.1c",
    what: "max_tokens and stop end the answer",
    source: SOURCE.chat,
    state: "partly",
    note: "No context window: a long prompt leaves max_tokens as it is",
    test: REPLY("with stop, the one that comes first while producing ends the answer"),
  },
  {
    clause: "I-1.1d",
    what: "Sampling fields such as temperature, top_p, penalties, seed and logit_bias shape the answer",
    source: SOURCE.chat,
    state: "partly",
    note: "Checked but without effect: completion rules determine the answer",
    test: REQUEST("gives a request within the bounds, or a message of a known form (X-8)"),
  },
  {
    clause: "I-1.1e",
    what: "Accepted beyond the description: max_completion_tokens, reasoning_effort, chat_template_kwargs",
    source: `${SOURCE.recordings}; ${SOURCE.measurement}; ${SOURCE.reasoning}`,
    state: "partly",
    note: "max_completion_tokens works; the others have no effect, and every value of reasoning_effort is accepted. x-session-affinity is ignored",
    test: testsIn("limits/token-admission.test.ts")(
      "an absent max_tokens reserves the default of 4096; max_completion_tokens counts like it",
    ),
  },
  {
    clause: "I-1.1f",
    what: "Unknown fields: some model servers ignore them, others reject them",
    source: `${SOURCE.measurement}; ${SOURCE.secondWhiteLabel}`,
    note: "Ignored by default; an error with unknown_fields: reject (X-10)",
    test: REQUEST("are refused, each, when the setting says so"),
  },
  {
    clause: "I-1.2a",
    what: "Roles are system, user, assistant and tool",
    source: SOURCE.chat,
    note: "Ours: the message for other roles; one server was seen to use another",
    test: CLIENT("runs two steps with real functions, to the answer"),
  },
  {
    clause: "I-1.2b",
    what: "Content is text, or parts with text, images and audio, without extra keys",
    source: SOURCE.chat,
    note: "An image or an audio part counts as a fixed number of tokens",
    test: testsIn("domain/completion/tokens.test.ts")(
      "images and audio cost a fixed number, whatever their size",
    ),
  },
  {
    clause: "I-1.2c",
    what: "Messages may contain earlier tool calls, with text or object arguments, and reasoning_content",
    source: `${SOURCE.chat}; ${SOURCE.measurement}`,
    test: REQUEST("keeps tool calls with text or object arguments"),
  },
  {
    clause: "I-1.2d",
    what: "An image for a text-only model is 400",
    source: SOURCE.recordings,
    note: "With settings.images: refuse. By default every model accepts images",
    test: testsIn("http/messages.test.ts")("what the model cannot do is refused in the same envelope"),
  },
  {
    clause: "I-1.3a",
    what: "An answer without streaming is compact JSON with six keys and all usage keys, in a fixed order",
    source: SOURCE.recordings,
    test: CHAT_REPLIES("is this, byte for byte: compact, keys in the recorded order"),
  },
  {
    clause: "I-1.3b",
    what: "A message has only keys with a value, in a fixed order",
    source: SOURCE.recordings,
    test: SYNC("content, tool calls, role, reasoning is the order of a message"),
  },
  {
    clause: "I-1.3c",
    what: "Tool calls have ids of a known form, and arguments as text",
    source: SOURCE.recordings,
    note: "Ids in Kimi's form only by rule",
    test: REPLY("I-1.3: a pure tool call has no content, ids of its own and arguments as text"),
  },
  {
    clause: "I-1.3d",
    what: "finish_reason is stop, length or tool_calls; some models omit it in JSON mode",
    source: SOURCE.recordings,
    note: "Omitted by rule or setting only. content_filter was never seen",
    test: CHAT_REPLIES("finish_reason: null leaves it out"),
  },
  {
    clause: "I-1.3e",
    what: "Some models also send the reasoning as reasoning, or a stop_reason",
    source: SOURCE.recordings,
    state: "not",
    note: "Only reasoning_content",
  },
  {
    clause: "I-1.3f",
    what: "logprobs contain token, log probability, bytes and alternatives",
    source: SOURCE.chat,
    note: "The numbers are made up. A setting decides what a model does with logprobs: supported, absent or refused",
    test: LOGPROBS("one entry per token of the content: token, logprob, bytes, top_logprobs"),
  },
  {
    clause: "I-2a",
    what: "response_format has five forms, none of which allows extra keys",
    source: SOURCE.chat,
    test: REQUEST("reads every response format"),
  },
  {
    clause: "I-2b",
    what: "With json_schema the content is JSON that the schema allows",
    source: SOURCE.structuredOutputs,
    note: "Generated if no rule matches; the content of a rule is not checked. A schema without valid values is 400 (Y-18)",
    test: REPLIES("json_schema: content that the schema allows, the same for the same request"),
  },
  {
    clause: "I-2c",
    what: "With json_object the content is a JSON object",
    source: SOURCE.recordings,
    test: REPLIES("json_object: a JSON object"),
  },
  {
    clause: "I-2d",
    what: "With grammar or structural_tag the content follows it",
    source: SOURCE.chat,
    state: "partly",
    note: "Accepted but without effect",
    test: REQUEST("reads every response format"),
  },
  {
    clause: "I-2e",
    what: "An empty schema name is 400 with the server's own message",
    source: SOURCE.recordings,
    test: REQUEST("refuses an empty schema name in the server's own words"),
  },
  {
    clause: "I-2f",
    what: "tool_choice defaults to auto if there are tools; required or a name forces a call",
    source: SOURCE.functionCalling,
    note: "With auto, tools are called only by rule",
    test: REPLIES("tool_choice required: the first tool, with arguments that its schema allows"),
  },
  {
    clause: "I-2g",
    what: "parallel_tool_calls: false allows one call at a time",
    source: SOURCE.functionCalling,
    state: "not",
    note: "Checked but without effect",
  },
  {
    clause: "I-2h",
    what: "A tool_choice that names an unknown tool, or required without tools",
    source: SOURCE.silent,
    state: "not",
    note: "Accepted",
  },
  {
    clause: "I-2i",
    what: "A tool's result is sent back as a separate message",
    source: SOURCE.functionCalling,
    test: CLIENT("runs two steps with real functions, to the answer"),
  },
]);
