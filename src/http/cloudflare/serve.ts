import { type AiGateway, isRetryable, retryDelayMs } from "../../domain/cloudflare/gateway.js";
import { type GatewayOptions, readOptions } from "../../domain/cloudflare/options.js";
import { type ErrorCode, GatewayError } from "../../domain/errors.js";
import { ulid } from "../../domain/ulid.js";
import { readBody } from "../body.js";
import { waitForClient } from "../inference/client.js";
import type { Call, RawHandler } from "../routes.js";
import { Attempt, type Outcome } from "./attempt.js";
import { type Header, Relay, type RelayOptions } from "./relay.js";
import { sendUpstream, type UpstreamRequest } from "./upstream.js";

/** A request to the provider, and what the gateway has to know of it. */
export interface Planned {
  readonly upstream: UpstreamRequest;
  /** What `allowed_models` is about; null: it names none. */
  readonly model: string | null;
  /** Only whole answers are cached. */
  readonly cacheable: boolean;
}

/** Reads what a request asks of the provider. @throws GatewayError */
export type Plan = (call: Call, body: Buffer) => Planned;

/** Errors that only a fault can cause here (inference §6), by the word in `x-emulator-fault`. */
const FAULTS = [
  "cloudflare_wholesale_rate_limited",
  "cloudflare_no_credits",
  "cloudflare_spend_limit",
  "cloudflare_blocked",
] as const satisfies readonly ErrorCode[];

/** The ids of one request through the gateway, as its headers carry them. */
interface Ids {
  readonly event: string;
  readonly log: string;
}

/**
 * A request through the AI Gateway (inference §6): gateway, token, fault, format, model, stored key, cache, then the
 * provider, as often as retries allow.
 */
export function throughGateway(plan: Plan): RawHandler {
  return async (call) => {
    const ids = newIds(call);
    try {
      await serve(call, plan, ids);
    } catch (cause) {
      throw cause instanceof GatewayError ? withIds(cause, ids) : cause;
    }
  };
}

async function serve(call: Call, plan: Plan, ids: Ids): Promise<void> {
  const { services, inProgress, request } = call;
  const { aiGateways, aiCache } = services;
  const header = (name: string): string | undefined => headerOf(call, name);
  const gateway = aiGateways.find(call.param("account"), call.param("gateway"));
  const authorization = aiGateways.authenticate(
    gateway,
    request.headers.authorization,
    header("cf-aig-authorization"),
  );
  const fault = FAULTS.find((code) => code === header("x-emulator-fault"));
  if (fault) throw new GatewayError(fault, { hint: "injected by a fault" });
  const options = readOptions(header, gateway);
  inProgress.notes.push(...options.remarks);
  if (options.metadata) inProgress.notes.push(`cf-aig-metadata ${JSON.stringify(options.metadata)}`);

  const body = await readBody(request, services.context.settings.maxBodyBytes);
  inProgress.requestBody = body.toString("utf8");
  const { upstream, model, cacheable } = plan(call, body);
  refuseModel(gateway, model);
  const passed = aiGateways.providerAuthorization(gateway, authorization, header("cf-aig-byok-alias"));
  const cache = cacheable ? options.cache : null;
  const key = cache
    ? aiCache.keyOf(gateway, { path: upstream.path, authorization: passed, body: upstream.body }, cache.key)
    : null;
  const known = key ? aiCache.find(key) : null;
  if (known) {
    inProgress.notes.push(`from the cache, where request ${known.journalSeq} put it`);
    const relay = new Relay(call, { headers: gatewayHeaders(ids, options, "HIT"), keep: null });
    relay.begin(200, [
      ["Content-Type", known.contentType],
      ["Content-Length", String(known.body.byteLength)],
    ]);
    return relay.end(known.body);
  }
  const keep: RelayOptions["keep"] =
    key && cache
      ? (answer) => aiCache.keep(key, { ...answer, journalSeq: inProgress.seq }, cache.ttlMs)
      : null;
  const relay = new Relay(call, { headers: gatewayHeaders(ids, options, "MISS"), keep });
  return askProvider(call, upstream, passed, options, relay);
}

/** @throws GatewayError `cloudflare_timeout`, `cloudflare_no_answer` when no attempt got an answer */
async function askProvider(
  call: Call,
  upstream: UpstreamRequest,
  authorization: string | undefined,
  { retry, timeoutMs }: GatewayOptions,
  relay: Relay,
): Promise<void> {
  const { clock } = call.services.context;
  for (let number = 1; ; number++) {
    const last = number >= retry.attempts;
    const attempt = new Attempt(
      relay,
      (status) => !last && isRetryable(status),
      () => call.request.socket.destroy(),
    );
    const seq = sendUpstream(call, upstream, authorization, attempt);
    // After retries the last attempt is waited for, however long it takes (Y-38).
    const limited = timeoutMs !== null && (number === 1 || !last);
    const cancel = limited
      ? clock.schedule(clock.now() + timeoutMs, "request timeout of the AI Gateway", () => attempt.abandon())
      : () => {};
    attempt.once("head", cancel);
    call.inProgress.notes.push(`attempt ${number} is request ${seq}`);
    clock.waitForExternal(Promise.race([attempt.ended, turns(TURNS_OF_A_REQUEST)]));
    const outcome = await attempt.ended;
    cancel();
    if (outcome.kind === "passed") return relay.gone();
    call.inProgress.notes.push(`attempt ${number}: ${textOf(outcome)}`);
    if (last) throw failureOf(outcome);
    const delay = retryDelayMs(retry, number);
    if (!(await waitForClient(call, delay, "retry of the AI Gateway"))) return relay.gone();
  }
}

/**
 * Turns of the event loop in which a provider that does not wait has answered. An advance of the clock lets them
 * pass, so that the next attempt is scheduled at its own instant; one that waits for the clock takes longer.
 */
const TURNS_OF_A_REQUEST = 5;

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** An attempt that the client has seen nothing of. */
type Failure = Exclude<Outcome, { kind: "passed" }>;

/** The error when there is no further attempt; a refused one is only ever kept back before one. */
function failureOf(outcome: Failure): GatewayError {
  switch (outcome.kind) {
    case "late":
      return new GatewayError("cloudflare_timeout", {
        hint: "no first byte within cf-aig-request-timeout, on the world's clock",
      });
    case "disconnected":
    case "refused":
      return new GatewayError("cloudflare_no_answer");
  }
}

function textOf(outcome: Failure): string {
  switch (outcome.kind) {
    case "refused":
      return `${outcome.status}, kept back`;
    case "late":
      return "no answer in time";
    case "disconnected":
      return "the connection ended without an answer";
  }
}

function refuseModel({ allowedModels }: AiGateway, model: string | null): void {
  if (allowedModels === null || model === null || allowedModels.includes(model)) return;
  throw new GatewayError("cloudflare_model_not_allowed", {
    hint: `allowed_models of this gateway are ${allowedModels.join(", ")}`,
  });
}

function newIds({ services, inProgress }: Call): Ids {
  const { random } = services.context;
  return { event: random.uuid(), log: ulid(inProgress.at, () => random.uint32()) };
}

/** On every answer from the provider or the cache. */
function gatewayHeaders(ids: Ids, { collectLog }: GatewayOptions, cache: "HIT" | "MISS"): Header[] {
  return [
    ["cf-aig-cache-status", cache],
    ...(collectLog ? [["cf-aig-log-id", ids.log] as const] : []),
    ...idHeaders(ids),
    // Only one provider is ever asked.
    ["cf-aig-step", "0"],
  ];
}

/** On the gateway's own errors too. */
function idHeaders({ event }: Ids): Header[] {
  return [
    ["cf-aig-event-id", event],
    ["cf-aig-request-id", event],
  ];
}

function withIds(error: GatewayError, ids: Ids): GatewayError {
  const { code, message, hint } = error;
  return new GatewayError(code, {
    message,
    hint,
    headers: { ...error.headers, ...Object.fromEntries(idHeaders(ids)) },
  });
}

function headerOf({ request }: Call, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}
