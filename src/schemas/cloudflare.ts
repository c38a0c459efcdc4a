import * as z from "zod";
import {
  BACKOFFS,
  MAX_CACHE_TTL,
  MAX_RETRY_DELAY_MS,
  MAX_UPSTREAM_ATTEMPTS,
} from "../domain/cloudflare/gateway.js";
import { parseDuration } from "../domain/duration.js";
import { durationSchema } from "./duration.js";

/** Account and gateway ids are part of the path. */
const pathName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: "expected 1 to 64 letters, digits, _ or -" });
const secret = z
  .string()
  .regex(/^[\x21-\x7e]{8,512}$/, { error: "expected 8 to 512 printable ASCII characters without spaces" });

const retry = z
  .strictObject({
    max_attempts: z.int().min(1).max(MAX_UPSTREAM_ATTEMPTS).describe("1, the default, does not retry"),
    delay: durationSchema.refine((value) => (parseDuration(value) ?? 0) <= MAX_RETRY_DELAY_MS, {
      error: "expected at most 5s",
    }),
    backoff: z.enum(BACKOFFS),
  })
  .partial();

const gateway = z
  .strictObject({
    account_id: pathName,
    gateway_id: pathName,
    authenticated: z
      .boolean()
      .optional()
      .describe("Whether every request needs one of the tokens; false when absent"),
    tokens: z.array(secret).optional().describe("Cloudflare tokens, for cf-aig-authorization; stored hashed"),
    keys: z
      .record(z.string().min(1), secret)
      .optional()
      .describe("Stored Baseten keys by alias, for requests without Authorization"),
    allowed_models: z.array(z.string().min(1)).optional(),
    cache_ttl: z
      .int()
      .min(0)
      .max(MAX_CACHE_TTL)
      .optional()
      .describe("Seconds. 0 or absent: caches only requests that ask for it"),
    retry: retry.optional().describe("Retries of requests without retry headers"),
  })
  .refine(({ authenticated, tokens }) => !authenticated || (tokens?.length ?? 0) > 0, {
    error: "an authenticated gateway needs at least one token",
    path: ["tokens"],
  })
  .meta({ id: "AiGatewaySeed" });

/** Cloudflare AI Gateways in front of the world's models (I-6.1a to d). */
export const cloudflareSchema = z
  .strictObject({
    gateways: z
      .array(gateway)
      .describe("If none is declared, every account and gateway works without authentication"),
  })
  .meta({ id: "CloudflareSeed" });

export type AiGatewaySeed = z.output<typeof gateway>;
