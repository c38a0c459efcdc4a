import type { DecisionRow } from "./management.js";

/** Where the sources about Cloudflare's AI Gateway are silent (inference §6). */
export const CLOUDFLARE_DECISIONS: readonly DecisionRow[] = [
  {
    id: "Y-33",
    question: "Paths of the AI Gateway behind /baseten",
    answer:
      "v1/chat/completions, chat/completions (what the documents' SDK sample calls) as the same, v1/models, and model/{id} as production's predict, nothing deeper; compat writes the body anew, with the model's own name",
    switch: null,
  },
  {
    id: "Y-34",
    question:
      "AI Gateways that the seed does not declare; paths and methods that the AI Gateway does not know",
    answer:
      "while none is declared, every account and gateway works, unauthenticated; then others are 2001. An unknown path is 400 2008 Invalid provider, as observed; a wrong method is the provider's 405",
    switch: "cloudflare.gateways",
  },
  {
    id: "Y-35",
    question: "A stored provider key of an AI Gateway",
    answer:
      "goes upstream as Api-Key, which every Baseten key takes; only without Authorization, or when that is a token of the gateway. Without any stored key, and no alias asked for, the provider answers its own 401",
    switch: "keys of a gateway",
  },
  {
    id: "Y-36",
    question: "Headers of the AI Gateway",
    answer:
      "cf-aig-cache-status is HIT from the cache, else MISS; the log id is a ULID, event and request id one UUID, as recorded; its own errors carry event and request id only",
    switch: null,
  },
  {
    id: "Y-37",
    question: "The AI Gateway's cache",
    answer:
      "on by the gateway's cache_ttl or the request's cf-aig-cache-ttl (0 turns it off, bounds are clamped), or 300 s by cf-aig-cache-key alone. Keeps whole 200s of a known length, text or bytes, by path, Authorization and body, or by the caller's key; a hit has their body and Content-Type, reaches no provider, and is neither counted nor billed. cf-aig-skip-cache neither reads nor writes",
    switch: "cache_ttl of a gateway",
  },
  {
    id: "Y-38",
    question: "Which attempts the AI Gateway repeats, and how long it waits",
    answer:
      "429, 5xx, a lost connection and a late answer. cf-aig-max-attempts counts all attempts; the delay is the same, times n, or doubled each time, 0 when not given. The last of several attempts has no timeout, as documented. Each attempt is a request of its own upstream",
    switch: "retry of a gateway",
  },
  {
    id: "Y-39",
    question: "An AI Gateway without an answer from the provider",
    answer:
      "late (cf-aig-request-timeout): 408 with code 3046, which one user saw; lost connection: 400 with code 2005, as observed",
    switch: null,
  },
  {
    id: "Y-40",
    question: "cf-aig-* headers with values that make no sense, metadata and logging",
    answer:
      "ignored or clamped, and noted in the journal; metadata's first five flat entries are noted there too. cf-aig-collect-log: false only takes cf-aig-log-id away. The journal has one entry for the gateway and one for each attempt upstream",
    switch: null,
  },
];
