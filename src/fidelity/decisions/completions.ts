import type { DecisionRow } from "./row.js";

/** Open questions about answers and streams. */
export const COMPLETION_DECISIONS: readonly DecisionRow[] = [
  {
    id: "Y-49",
    question: "The pace of a first chunk without tokens",
    answer:
      "no delay, so that every dialect, POST /v1/messages and an answer without streaming take equally long",
    switch: null,
  },
  {
    id: "Y-50",
    question: "A fault that does not apply to an answer, such as a broken chunk in one without chunks",
    answer: "is not applied and not used up; it waits for an answer that it applies to",
    switch: null,
  },
  {
    id: "Y-51",
    question: "What a rule with forward sends to the real server",
    answer:
      "the client's own body without stream, stream_options and metadata; for POST /v1/messages in OpenAI's form. It is canceled when the client disconnects, or its world is reset or stopped (Y-20)",
    switch: null,
  },
  {
    id: "Y-52",
    question: "Audio for a text-only model",
    answer: "400, with the recorded message on multimodal inputs",
    switch: "images",
  },
];
