import type { DecisionRow } from "./management.js";

/** What is silent about how an answer comes about and arrives. */
export const COMPLETION_DECISIONS: readonly DecisionRow[] = [
  {
    id: "Y-49",
    question: "The pace of a chunk that opens an answer without any token of it",
    answer: "takes no time: every dialect, POST /v1/messages and a whole answer take equally long",
    switch: null,
  },
  {
    id: "Y-50",
    question: "A fault that cannot be done to an answer, such as a broken chunk in a whole one",
    answer: "does not strike and is not used up; it waits for an answer that it can be done to",
    switch: null,
  },
  {
    id: "Y-51",
    question: "What a rule with forward sends to the real server",
    answer:
      "the client's own body without stream, stream_options and metadata; for POST /v1/messages its OpenAI shape. It is given up when the client leaves, or its world is reset or stopped (Y-20)",
    switch: null,
  },
  {
    id: "Y-52",
    question: "Audio for a model of text alone",
    answer: "400, with the recorded message on multimodal inputs",
    switch: "images",
  },
];
