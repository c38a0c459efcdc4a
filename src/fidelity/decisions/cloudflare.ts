import type { DecisionRow } from "./row.js";

/** Open questions about Cloudflare's AI Gateway (clauses I-6). */
export const CLOUDFLARE_DECISIONS: readonly DecisionRow[] = [
  {
    id: "Y-33",
    question: "Paths of the AI Gateway behind /baseten",
    answer:
      "v1/chat/completions; chat/completions (which the SDK sample in the documents calls) means the same; v1/models; model/{id} means predict of the production environment, and deeper paths do not exist; compat sends the body with the model's own name",
    switch: null,
  },
  {
    id: "Y-34",
    question: "AI Gateways that the seed does not declare; unknown paths and methods of the AI Gateway",
    answer:
      "if none is declared, every account and gateway works without authentication; otherwise undeclared ones are 2001. An unknown path is 400 2008 Invalid provider, as observed; a wrong method is the provider's 405",
    switch: "cloudflare.gateways",
  },
  {
    id: "Y-35",
    question: "A stored provider key of an AI Gateway",
    answer:
      "is sent upstream as Api-Key, which works for every Baseten key; only without Authorization, or if Authorization is a token of the gateway. Without a stored key or a requested alias, the provider answers its own 401",
    switch: "keys of a gateway",
  },
  {
    id: "Y-36",
    question: "Headers of the AI Gateway",
    answer:
      "cf-aig-cache-status is HIT for a cached answer, else MISS; the log id is a ULID, event id and request id are one UUID, as recorded; the gateway's own errors have event id and request id only",
    switch: null,
  },
  {
    id: "Y-37",
    question: "The AI Gateway's cache",
    answer:
      "the gateway's cache_ttl or the request's cf-aig-cache-ttl turns it on (0 turns it off, values are clamped); cf-aig-cache-key alone means 300 s. It stores complete 200 answers of a known length, text or bytes, by path, Authorization and body, or by the caller's key; a hit has their body and Content-Type, reaches no provider, and is neither counted nor billed. cf-aig-skip-cache neither reads nor writes",
    switch: "cache_ttl of a gateway",
  },
  {
    id: "Y-38",
    question: "Which attempts the AI Gateway retries, and after which delay",
    answer:
      "429, 5xx, a lost connection and a late answer. cf-aig-max-attempts counts all attempts; the delay is constant, linear or exponential, and 0 by default. The last of several attempts has no timeout, as documented. Each attempt is a separate upstream request",
    switch: "retry of a gateway",
  },
  {
    id: "Y-39",
    question: "An AI Gateway without an answer from the provider",
    answer:
      "timeout (cf-aig-request-timeout): 408 with code 3046, which one user reported; lost connection: 400 with code 2005, as observed",
    switch: null,
  },
  {
    id: "Y-40",
    question: "cf-aig-* headers with invalid values, metadata and logging",
    answer:
      "ignored or clamped, and noted in the journal; so are the first five flat entries of the metadata. cf-aig-collect-log: false only removes cf-aig-log-id. The journal has one entry for the gateway and one for each upstream attempt",
    switch: null,
  },
];
