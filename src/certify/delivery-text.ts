import { asObject, parseJson } from "../domain/parse-json.js";
import type { Verification } from "./signature.js";

/** What `webhooks listen` prints for one delivery. */
interface DeliveryText {
  /** One line: request id, result of the signature check, number of events. */
  readonly head: string;
  /** One line per event. */
  readonly events: readonly string[];
  /** Whether the body is a billing payload. */
  readonly wellFormed: boolean;
}

/**
 * Describes a delivery.
 * @param seen idempotency keys of earlier deliveries; this function adds those of this one
 */
export function deliveryText(
  raw: Buffer,
  requestId: string | undefined,
  verification: Verification | null,
  seen: Set<string>,
): DeliveryText {
  const events = eventsOf(raw);
  const verified =
    verification === null
      ? "not checked: no --secret"
      : verification.ok
        ? "verified"
        : `NOT VERIFIED: ${verification.why}`;
  const counted =
    events === null ? "not a billing payload" : `${events.length} event${events.length === 1 ? "" : "s"}`;
  return {
    head: `${requestId ?? "without X-Baseten-Request-ID"}  ${verified}  ${counted}`,
    events: (events ?? []).map((event) => eventLine(event, seen)),
    wellFormed: events !== null,
  };
}

function eventLine(event: unknown, seen: Set<string>): string {
  const key = String(field(event, "idempotencyKey") ?? "without idempotencyKey");
  const before = seen.has(key) ? "  (seen before)" : "";
  seen.add(key);
  const tokens = field(event, "tokens");
  const subject = `${text(event, "modelSlug")}  ${text(event, "externalEntityId")}  ${text(event, "apiKeyPrefix")}`;
  const counts = `${text(tokens, "inputTokens")} in, ${text(tokens, "outputTokens")} out`;
  return `${key}  ${text(event, "timestamp")}  ${subject}  ${counts}${before}`;
}

function eventsOf(raw: Buffer): unknown[] | null {
  const events = field(field(parseJson(raw.toString()), "data"), "events");
  return Array.isArray(events) ? events : null;
}

function field(value: unknown, name: string): unknown {
  return asObject(value)?.[name];
}

function text(value: unknown, name: string): string {
  return String(field(value, name) ?? "-");
}
