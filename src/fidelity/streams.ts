/** Streams and response headers: clauses I-1.4 and I-1.5. */

import { chapter, testsIn } from "./chapter.js";
import { decidedBy, SOURCE } from "./sources.js";

const STREAM = testsIn("http/chat-stream.test.ts");
const CHUNKS = testsIn("domain/completion/stream.test.ts");
const STYLES = testsIn("scenarios/streaming.test.ts");
const FAULTS = testsIn("clients/openai-faults.test.ts");
const REPLIES = testsIn("http/chat-replies.test.ts");
const VALUES = testsIn("http/chat-values.test.ts");

export const STREAMS = chapter("Streams and response headers", [
  {
    clause: "I-1.4a",
    what: "A stream is data frames and [DONE], of type text/event-stream without a charset",
    source: SOURCE.recordings,
    test: STREAM("has the headers of a stream (I-1.4, I-1.5)"),
  },
  {
    clause: "I-1.4b",
    what: "The sparse dialect: the role comes with the first text, later deltas have only new values",
    source: `${SOURCE.recordings}; ${SOURCE.measurement}`,
    test: STREAM("is this, byte for byte"),
  },
  {
    clause: "I-1.4c",
    what: "The full dialects: every delta has every key",
    source: SOURCE.recordings,
    state: "partly",
    note: "The newer of two, with stream_dialect: full. The older one, with empty tool_calls and the role every time, is not emulated",
    test: STREAM("full: every key in every delta, and service_tier and system_fingerprint"),
  },
  {
    clause: "I-1.4d",
    what: "Reasoning, content, finish_reason, usage without choices, [DONE], in this order",
    source: SOURCE.recordings,
    test: STREAM("reasoning comes before content, the role with the first of it"),
  },
  {
    clause: "I-1.4e",
    what: "Every chunk has the running usage",
    source: SOURCE.recordings,
    test: CHUNKS("role with the first text, running usage, finish_reason alone, usage chunk, [DONE]"),
  },
  {
    clause: "I-1.4f",
    what: "Most models end a stream without [DONE] after a stop sequence",
    source: SOURCE.recordings,
    note: "Only with done_after_stop. It is uncertain whether server or client ended the recorded streams",
    test: STYLES("done_after_stop: false leaves [DONE] out, but only after a stop sequence"),
  },
  {
    clause: "I-1.4g",
    what: "One model omits finish_reason and usage in JSON mode; some streams have no usage chunk",
    source: SOURCE.recordings,
    note: "Only with finish_reason_in_json_mode and usage_chunk",
    test: STYLES(
      "finish_reason_in_json_mode: false: no finish_reason, no usage chunk, but [DONE]; whole answers too",
    ),
  },
  {
    clause: "I-1.4h",
    what: "Tool calls are sent whole, in fragments, or with a new id on every delta",
    source: `${SOURCE.recordings}; ${SOURCE.langchain}`,
    state: "partly",
    note: "Three styles, with tool_deltas. Fragments whose continuations have a null or empty name under one id are not emulated",
    test: CHUNKS("new-id-per-delta: another id each time, an empty name on continuations"),
  },
  {
    clause: "I-1.4i",
    what: "A failure after the first byte ends the connection without an event",
    source: SOURCE.errors,
    note: "By fault",
    test: FAULTS("cut after_bytes: exactly so many, in the middle of a chunk"),
  },
  {
    clause: "I-1.4j",
    what: "A stream in OpenAI's form",
    evidence: "ours",
    source: decidedBy("X-11"),
    note: "With stream_dialect: openai; not a claim about this service",
    test: STREAM("openai: the role first and alone, finish_reason null until the end, usage only at the end"),
  },
  {
    clause: "I-1.5a",
    what: "Every answer has the front end's Vary, Via and Alt-Svc",
    source: SOURCE.recordings,
    note: "Ours: the value of Alt-Svc (Y-11)",
    test: REPLIES("has these headers, and no others of theirs"),
  },
  {
    clause: "I-1.5b",
    what: "For about half of the models answers also have X-Baseten ids of request, session, model and version",
    source: SOURCE.recordings,
    state: "partly",
    note: "For all of them, with made-up values (Y-11)",
    test: REPLIES("has these headers, and no others of theirs"),
  },
  {
    clause: "I-1.5c",
    what: "Nested errors have all of these headers, flat ones only the time of acceptance, the gateway's own errors none",
    source: SOURCE.recordings,
    test: VALUES("flat: compact, no newline, only the time of acceptance"),
  },
]);
