import type { CatalogueEntry } from "./entry.js";

/** Errors of Cloudflare's AI Gateway (I-6.5a to I-6.5c). */
export const CLOUDFLARE_ERRORS = {
  cloudflare_gateway_unknown: {
    status: 400,
    clause: "I-6.5b, Y-34",
    message: "Please configure AI Gateway in the Cloudflare dashboard",
    provoke: "declare one gateway in the seed and call another",
  },
  cloudflare_unauthorized: {
    status: 401,
    clause: "I-6.5b",
    message: "Unauthorized",
    provoke: "seed a gateway with `authenticated: true` and call it without cf-aig-authorization",
  },
  cloudflare_bad_format: {
    status: 400,
    clause: "I-6.5b",
    message: "Chat completion bad format",
    provoke: "POST to compat/chat/completions with a model that does not begin with baseten/",
  },
  cloudflare_stored_key_unknown: {
    status: 400,
    clause: "I-6.5b",
    message: "Provider 'baseten' has no BYOK credential",
    provoke: "send cf-aig-byok-alias with an alias that the gateway has no key for, and no Authorization",
  },
  cloudflare_model_not_allowed: {
    status: 403,
    clause: "I-6.5b",
    message: "model not allowed",
    provoke: "seed a gateway with `allowed_models` and ask for another",
  },
  cloudflare_timeout: {
    status: 408,
    clause: "Y-39",
    message: "Request timeout",
    provoke: "a fault with a delay, and cf-aig-request-timeout below it",
  },
  cloudflare_no_answer: {
    status: 400,
    clause: "Y-39",
    message: "Failed to get response from provider",
    provoke: 'x-emulator-fault: {"reset":true} on the AI Gateway\'s host',
  },
  cloudflare_wholesale_rate_limited: {
    status: 429,
    clause: "I-6.5c",
    message: "Wholesale Rate limited",
    provoke: "x-emulator-fault: cloudflare_wholesale_rate_limited on the AI Gateway's host",
  },
  cloudflare_no_credits: {
    status: 402,
    clause: "I-6.5c",
    message: "Insufficient wholesale credits",
    provoke: "x-emulator-fault: cloudflare_no_credits on the AI Gateway's host",
  },
  cloudflare_spend_limit: {
    status: 429,
    clause: "I-6.5c",
    message: "Spend limit exceeded: rule 'default' (cost limit 100 per 604800s, sliding) for baseten",
    provoke: "x-emulator-fault: cloudflare_spend_limit on the AI Gateway's host",
  },
  cloudflare_blocked: {
    status: 403,
    clause: "I-6.5c",
    message: "error code: 1010",
    provoke: "x-emulator-fault: cloudflare_blocked on the AI Gateway's host",
  },
} as const satisfies Record<string, CatalogueEntry>;
