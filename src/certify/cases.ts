import { type BillingEvent, webhookBody } from "../domain/billing-webhook.js";
import { isoTime } from "../domain/iso-time.js";
import { ulid } from "../domain/ulid.js";
import { sign } from "./signature.js";

/** One POST to the receiver. */
export interface CertifyPost {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How a receiver must answer every POST of a case: accept it (2xx), or refuse it without a retry (4xx). */
export type ExpectedResponse = "accept" | "refuse";

/** One situation that a billing receiver must handle. */
export interface CertifyCase {
  /** Short and stable, because JUnit reports use it. */
  readonly name: string;
  readonly expected: ExpectedResponse;
  /** What the receiver should do and why. Printed when the case fails. */
  readonly advice: string;
  readonly posts: readonly CertifyPost[];
  /** Whether a POST is retried as the gateway does (W-5). Otherwise only its first answer counts. */
  readonly retried: boolean;
}

/** Where the ids and timestamps of events come from. */
export interface Source {
  /** Epoch milliseconds. */
  readonly now: number;
  uuid(): string;
  /** 32 random bits. */
  uint32(): number;
}

/** All cases in the order to send them, signed with `secret`. */
export function certifyCases(secret: string, source: Source): CertifyCase[] {
  const event = (over: Partial<BillingEvent> = {}, secondsAgo = 0) => eventOf(source, over, secondsAgo);
  const post = (body: string, signature: string | null = sign(body, secret)): CertifyPost => ({
    body,
    headers: {
      "Content-Type": "application/json",
      "X-Baseten-Request-ID": source.uuid(),
      ...(signature === null ? {} : { "X-Baseten-Signature": signature }),
    },
  });
  const one = (): string => webhookBody([event()]);
  const accept = (name: string, advice: string, ...posts: CertifyPost[]): CertifyCase => {
    return { name, expected: "accept", advice, posts, retried: false };
  };
  const refuse = (name: string, advice: string, ...posts: CertifyPost[]): CertifyCase => {
    return { name, expected: "refuse", advice, posts, retried: false };
  };

  const otherSecret = `${secret}-${source.uuid()}`;
  const signed = one();
  const twice = event();
  const [earlier, later] = [event({}, 60), event()];
  const again = post(one());
  const [rotatedFirst, rotatedLast] = [one(), one()];
  return [
    accept("valid event", "answer 2xx", post(one())),
    accept(
      "raw bytes",
      "check the signature over the body as it arrived, not over JSON that was parsed and serialized again",
      post(reformatted(event({ requestMetadata: { note: "ünïcode 🦆", path: "a/b" } }))),
    ),
    refuse(
      "tampered body",
      "answer 4xx: the body was changed after it was signed",
      post(signed.replace('"inputTokens":1200', '"inputTokens":1'), sign(signed, secret)),
    ),
    refuse(
      "wrong secret",
      "answer 4xx: the signature was made with another secret",
      post(signed, sign(signed, otherSecret)),
    ),
    refuse("no signature", "answer 4xx: X-Baseten-Signature is missing", post(signed, null)),
    refuse(
      "truncated signature",
      "answer 4xx: compare the whole signature",
      post(signed, sign(signed, secret).slice(0, -2)),
    ),
    accept(
      "duplicate event",
      "answer 2xx and count the event once: both deliveries have the same idempotencyKey",
      post(webhookBody([twice])),
      post(webhookBody([twice])),
    ),
    {
      ...accept(
        "retried delivery",
        "answer 2xx also to a delivery that you have seen: after a failure or a lost answer the gateway sends the " +
          "same X-Baseten-Request-ID again",
        again,
        again,
      ),
      retried: true,
    },
    accept(
      "out of order",
      "answer 2xx: an earlier event may arrive after a later one",
      post(webhookBody([later])),
      post(webhookBody([earlier])),
    ),
    accept(
      "rotated secret, new one first",
      "accept the delivery if any of the comma-separated signatures was made with your secret",
      post(rotatedFirst, `${sign(rotatedFirst, otherSecret)},${sign(rotatedFirst, secret)}`),
    ),
    accept(
      "rotated secret, old one last",
      "accept the delivery if any of the comma-separated signatures was made with your secret",
      post(rotatedLast, `${sign(rotatedLast, secret)},${sign(rotatedLast, otherSecret)}`),
    ),
    accept(
      "batch",
      "answer 2xx and count every event of data.events",
      post(webhookBody([event(), event(), event()])),
    ),
    accept(
      "unknown fields",
      "answer 2xx: payloads may have fields that you do not know",
      post(withUnknownFields(event())),
    ),
    accept(
      "acknowledgement time",
      "answer at once and process the events later: after 10 s the gateway gives up and retries",
      post(webhookBody(Array.from({ length: 100 }, () => event()))),
    ),
  ];
}

function eventOf(source: Source, over: Partial<BillingEvent>, secondsAgo: number): BillingEvent {
  const at = source.now - secondsAgo * 1000;
  return {
    idempotencyKey: ulid(at, () => source.uint32()),
    timestamp: isoTime(at),
    requestId: source.uuid(),
    requestMetadata: null,
    modelSlug: "certify/model",
    externalEntityId: "certify-customer",
    apiKeyPrefix: "sky_certify00000",
    tokens: { inputTokens: 1200, outputTokens: 34, cachedInputTokens: 0 },
    ...over,
  };
}

/** The same JSON as different bytes: with spaces, and with escaped characters. */
function reformatted(event: BillingEvent): string {
  const spaced = JSON.stringify(JSON.parse(webhookBody([event])), null, 2);
  return spaced.replaceAll("ü", "\\u00fc").replaceAll("/", "\\/");
}

/** A payload with undocumented fields at every level, and the older name of the external id (W-3). */
function withUnknownFields(event: BillingEvent): string {
  const tokens = { ...event.tokens, reasoningTokens: 5 };
  const events = [{ ...event, externalCustomerId: event.externalEntityId, region: "EU", tokens }];
  return JSON.stringify({ type: "API_BILLING_USAGE", version: 2, data: { events, page: { next: null } } });
}
