/** Cloudflare's AI Gateway in front of the same models: clauses I-6. */

import { chapter, testsIn } from "./chapter.js";
import { decidedBy, SOURCE } from "./sources.js";

const CHAT = testsIn("cloudflare/chat.test.ts");
const ACCESS = testsIn("cloudflare/access.test.ts");
const CACHE = testsIn("cloudflare/cache.test.ts");
const OPTIONS = testsIn("cloudflare/options.test.ts");
const RETRIES = testsIn("cloudflare/retries.test.ts");
const DOCUMENTS = testsIn("cloudflare/documents.test.ts");

export const CLOUDFLARE = chapter("Cloudflare AI Gateway", [
  {
    clause: "I-6.1a",
    what: "baseten/v1/chat/completions goes to the inference host",
    source: SOURCE.cloudflareProvider,
    test: DOCUMENTS("OpenAI-compatible chat completions: curl"),
  },
  {
    clause: "I-6.1b",
    what: "baseten/model/{id} goes to a dedicated deployment's predict",
    source: SOURCE.cloudflareProvider,
    note: "Ours: production's (Y-33)",
    test: DOCUMENTS("model-specific endpoint: curl"),
  },
  {
    clause: "I-6.1c",
    what: "compat/chat/completions reads the provider from the model's name",
    source: SOURCE.cloudflareUnified,
    test: CHAT("…/compat/chat/completions takes the provider off the model's name"),
  },
  {
    clause: "I-6.1d",
    what: "baseten/chat/completions, which the SDK sample in the documents calls",
    source: decidedBy("Y-33"),
    note: "A guess: the same as with v1/",
    test: DOCUMENTS("OpenAI-compatible chat completions: OpenAI SDK"),
  },
  {
    clause: "I-6.1e",
    what: "The gateway supports other providers",
    source: SOURCE.cloudflare,
    state: "not",
    note: "400 as for an unknown provider (Y-34)",
  },
  {
    clause: "I-6.2a",
    what: "Authorization goes upstream",
    source: SOURCE.cloudflareAuth,
    test: ACCESS("with both, Authorization goes upstream"),
  },
  {
    clause: "I-6.2b",
    what: "An authenticated gateway requires a token in cf-aig-authorization",
    source: SOURCE.cloudflareAuth,
    test: ACCESS("without a token, or with a wrong one, is 2009"),
  },
  {
    clause: "I-6.2c",
    what: "A token in Authorization alone is accepted too",
    source: SOURCE.clientTests,
    test: ACCESS("a token in Authorization alone opens the gateway, and goes no further"),
  },
  {
    clause: "I-6.2d",
    what: "Without Authorization a stored key goes upstream, the default one or an alias",
    source: SOURCE.cloudflareStoredKeys,
    note: "Ours: as Api-Key (Y-35)",
    test: ACCESS("without Authorization the default one goes upstream, or the one of the alias"),
  },
  {
    clause: "I-6.3a",
    what: "Headers turn the cache on or off, and set its key and lifetime",
    source: SOURCE.cloudflare,
    note: "Ours: which requests count as equal (Y-37)",
    test: CACHE("cf-aig-skip-cache neither reads nor writes"),
  },
  {
    clause: "I-6.3b",
    what: "cf-aig-request-timeout limits the time to the first byte",
    source: SOURCE.cloudflare,
    note: "Ours: status and body, which one user reported (Y-39)",
    test: RETRIES("it is about the first byte: a stream may take its time"),
  },
  {
    clause: "I-6.3c",
    what: "Failed attempts are retried up to five times, with a delay and one of three backoffs",
    source: SOURCE.cloudflare,
    note: "Ours: what counts as a failure, and the exact delays (Y-38)",
    test: RETRIES("cf-aig-max-attempts counts all of them, and each is a request of its own upstream"),
  },
  {
    clause: "I-6.3d",
    what: "cf-aig-metadata and cf-aig-collect-log are for the gateway's log",
    source: SOURCE.cloudflare,
    state: "partly",
    note: "There is no such log; the journal records the metadata (Y-40)",
    test: OPTIONS("of more than five entries the first five"),
  },
  {
    clause: "I-6.3e",
    what: "cf-aig-custom-cost and cf-aig-no-wholesale",
    source: SOURCE.cloudflare,
    state: "not",
    note: "Accepted but without effect",
  },
  {
    clause: "I-6.3f",
    what: "The older names cf-cache-ttl and cf-skip-cache still work",
    source: SOURCE.cloudflare,
    test: CACHE("the older names cf-cache-ttl and cf-skip-cache work too"),
  },
  {
    clause: "I-6.4a",
    what: "Answers have headers with the cache status, the ids of log, event and request, and the step",
    source: SOURCE.cloudflare,
    note: "Ours: the form of the ids, after recorded ones (Y-36)",
    test: CHAT("…/baseten/v1/chat/completions: same status, body and headers, with the gateway's own (Y-36)"),
  },
  {
    clause: "I-6.4b",
    what: "cf-aig-dlp reports the findings of data loss prevention",
    source: SOURCE.cloudflare,
    state: "not",
  },
  {
    clause: "I-6.4c",
    what: "Streams and answers above 25 MB are not cached",
    source: SOURCE.cloudflare,
    test: CACHE("streams are not"),
  },
  {
    clause: "I-6.4d",
    what: "The provider's status and body pass through unchanged",
    source: SOURCE.cloudflareErrors,
    test: CHAT("a refused value keeps the model server's tabs (X-8)"),
  },
  {
    clause: "I-6.5a",
    what: "The gateway's own errors have a list under error, and a code",
    source: SOURCE.cloudflareErrors,
    test: DOCUMENTS("the gateway's own have a list under `error`, of which the SDK makes text"),
  },
  {
    clause: "I-6.5b",
    what: "2001, 2009, 2019, 2040 and 5018: unknown gateway, token, format, stored key, model not allowed",
    source: SOURCE.cloudflareErrors,
    test: ACCESS("another model is 5018, on both chat routes and for dedicated models"),
  },
  {
    clause: "I-6.5c",
    what: "2018, 2021, 2041 and the firewall: wholesale limit, credits, spend limit, 1010",
    source: SOURCE.cloudflareErrors,
    state: "partly",
    note: "By fault only: the emulator tracks neither wholesale use nor spend",
    test: ACCESS("x-emulator-fault: cloudflare_blocked is what its firewall says, in plain text"),
  },
  {
    clause: "I-6.5d",
    what: "The gateway's own rate limit",
    source: SOURCE.silent,
    state: "not",
  },
]);
