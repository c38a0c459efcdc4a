import { type AiGateway, isRetryable, retryDelayMs } from "../../domain/cloudflare/gateway.js";
import { type GatewayOptions, readOptions } from "../../domain/cloudflare/options.js";
import { type ErrorCode, GatewayError } from "../../domain/errors.js";
import { ulid } from "../../domain/ulid.js";
import { setImmediate } from "../../runtime/timers.js";
import type { AppContext } from "../env.js";
import { waitForClient } from "../inference/wait.js";
import { readBody } from "../middleware/body.js";
import { type AppFetch, type AttemptOutcome, askProvider, type ProviderRequest } from "./provider.js";
import { type RelayOptions, relay, relayCached } from "./relay.js";

/** A request to the provider, and what the gateway needs to know about it. */
export interface PlannedRequest {
  readonly request: ProviderRequest;
  /** Checked against `allowed_models`; null: the request names no model. */
  readonly model: string | null;
  /** Only whole answers are cached. */
  readonly cacheable: boolean;
}

/** Errors that only a fault causes: values of `x-emulator-fault`. */
const FAULTS = [
  "cloudflare_wholesale_rate_limited",
  "cloudflare_no_credits",
  "cloudflare_spend_limit",
  "cloudflare_blocked",
] as const satisfies readonly ErrorCode[];

/**
 * Serves a request through the AI Gateway. In order: gateway, token, fault, format, model, stored key, cache, provider
 * with retries.
 * @param plan makes the provider's request from the body
 * @throws GatewayError
 */
export async function throughGateway(
  c: AppContext,
  fetch: AppFetch,
  plan: (body: Buffer) => PlannedRequest,
): Promise<Response> {
  const { aiGateways, aiCache, context } = c.get("services");
  const inProgress = c.get("inProgress");
  const event = context.random.uuid();
  const log = ulid(inProgress.at, () => context.random.uint32());
  c.set("answerHeaders", { "cf-aig-event-id": event, "cf-aig-request-id": event });
  const header = (name: string): string | undefined => c.req.header(name);
  const gateway = aiGateways.find(c.req.param("account") ?? "", c.req.param("gateway") ?? "");
  const authorization = aiGateways.authenticate(
    gateway,
    header("Authorization"),
    header("cf-aig-authorization"),
  );
  const fault = FAULTS.find((code) => code === header("x-emulator-fault"));
  if (fault) throw new GatewayError(fault, { hint: "injected by a fault" });
  const options = readOptions(header, gateway);
  inProgress.notes.push(...options.remarks);
  if (options.metadata) inProgress.notes.push(`cf-aig-metadata ${JSON.stringify(options.metadata)}`);

  const body = await readBody(c);
  inProgress.requestBody = body.toString("utf8");
  const { request, model, cacheable } = plan(body);
  refuseModel(gateway, model);
  const passed = aiGateways.providerAuthorization(gateway, authorization, header("cf-aig-byok-alias"));
  const cache = cacheable ? options.cache : null;
  const key = cache
    ? aiCache.keyOf(
        gateway,
        { path: request.destination.path, authorization: passed, body: request.body },
        cache.key,
      )
    : null;
  const known = key ? aiCache.find(key) : null;
  if (known) {
    inProgress.notes.push(`from the cache, where request ${known.journalSeq} put it`);
    return relayCached(c, known, gatewayHeaders(log, options, "HIT"));
  }
  const keep: RelayOptions["keep"] =
    key && cache
      ? (answer) => aiCache.keep(key, { ...answer, journalSeq: inProgress.seq }, cache.ttlMs)
      : null;
  const headers = gatewayHeaders(log, options, "MISS");
  return askUntilAnswered(c, fetch, request, passed, options, { headers, keep });
}

/** @throws GatewayError `cloudflare_timeout`, `cloudflare_no_answer` when no attempt got an answer */
async function askUntilAnswered(
  c: AppContext,
  fetch: AppFetch,
  request: ProviderRequest,
  authorization: string | undefined,
  { retry, timeoutMs }: GatewayOptions,
  relayOptions: RelayOptions,
): Promise<Response> {
  const { clock } = c.get("services").context;
  const { notes } = c.get("inProgress");
  for (let number = 1; ; number++) {
    const last = number >= retry.attempts;
    // After a retry, the last attempt has no time limit (Y-38).
    const limit = number === 1 || !last ? timeoutMs : null;
    const { requestNumber, attempt } = askProvider(c, fetch, request, authorization, limit);
    notes.push(`attempt ${number} is request ${requestNumber}`);
    clock.waitForExternal(Promise.race([attempt, turns(TURNS_OF_A_REQUEST)]));
    const ended = await attempt;
    if (ended.kind === "given up") return clientGone(c);
    if (ended.kind === "answered" && (last || !isRetryable(ended.response.status))) {
      return relay(c, ended.response, ended.connection, relayOptions);
    }
    notes.push(`attempt ${number}: ${textOf(ended)}`);
    if (last) throw failureOf(ended);
    if (ended.kind === "answered") await ended.response.body?.cancel();
    const waited = await waitForClient(c, retryDelayMs(retry, number), "retry of the AI Gateway");
    if (waited !== "due") return clientGone(c);
  }
}

/**
 * Turns of the event loop in which a provider that does not wait for the clock answers. An advance of the clock waits
 * for them, so that the next attempt is scheduled at the right time.
 */
const TURNS_OF_A_REQUEST = 5;

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Status in the journal of a request whose client left before the answer. */
const CLIENT_GONE = 499;

function clientGone(c: AppContext): Response {
  const inProgress = c.get("inProgress");
  inProgress.notes.push("the client hung up");
  inProgress.responseBody = "";
  return new Response(null, { status: CLIENT_GONE });
}

/** The error when there is no further attempt. */
function failureOf(attempt: AttemptOutcome): GatewayError {
  return attempt.kind === "late"
    ? new GatewayError("cloudflare_timeout", {
        hint: "no first byte within cf-aig-request-timeout, on the world's clock",
      })
    : new GatewayError("cloudflare_no_answer");
}

function textOf(attempt: AttemptOutcome): string {
  switch (attempt.kind) {
    case "answered":
      return `${attempt.response.status}, not passed on`;
    case "late":
      return "no answer in time";
    case "disconnected":
    case "given up":
      return "the connection ended without an answer";
  }
}

function refuseModel({ allowedModels }: AiGateway, model: string | null): void {
  if (allowedModels === null || model === null || allowedModels.includes(model)) return;
  throw new GatewayError("cloudflare_model_not_allowed", {
    hint: `allowed_models of this gateway are ${allowedModels.join(", ")}`,
  });
}

/** Headers of every answer from the provider or the cache (I-6.4a). */
function gatewayHeaders(
  log: string,
  { collectLog }: GatewayOptions,
  cache: "HIT" | "MISS",
): Record<string, string> {
  return {
    "cf-aig-cache-status": cache,
    ...(collectLog ? { "cf-aig-log-id": log } : {}),
    // There is only one provider.
    "cf-aig-step": "0",
  };
}
