import { type BillingEvent, webhookBody } from "../domain/billing-webhook.js";
import { ulid } from "../domain/ulid.js";
import { sign } from "./signature.js";

/** One POST to the receiver. */
export interface CertifyPost {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a receiver has to do with every POST of a case: take it (2xx), or refuse it for good (4xx). */
export type ExpectedResponse = "accept" | "refuse";

/** One thing that a billing receiver has to get right. */
export interface CertifyCase {
  /** Short and stable: the name in JUnit reports. */
  readonly name: string;
  readonly duty: ExpectedResponse;
  /** What it should do, and why; for people whose receiver does not. */
  readonly advice: string;
  readonly posts: readonly CertifyPost[];
  /** Sent again after a 5xx, as the gateway does (W-5); otherwise the first answer counts. */
  readonly retried: boolean;
}

/** Where ids and times come from. */
export interface Source {
  /** Epoch milliseconds. */
  readonly now: number;
  uuid(): string;
  /** 32 random bits. */
  uint32(): number;
}

/** Every case, in the order to send them, signed with `secret`. */
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
    return { name, duty: "accept", advice, posts, retried: false };
  };
  const refuse = (name: string, advice: string, ...posts: CertifyPost[]): CertifyCase => {
    return { name, duty: "refuse", advice, posts, retried: false };
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
      "check the signature over the body as it arrived, not over JSON that was parsed and written again",
      post(unusual(event({ requestMetadata: { note: "ünïcode 🦆", path: "a/b" } }))),
    ),
    refuse(
      "tampered body",
      "answer 4xx: the body is not the one that was signed",
      post(signed.replace('"inputTokens":1200', '"inputTokens":1'), sign(signed, secret)),
    ),
    refuse(
      "wrong secret",
      "answer 4xx: the signature is not of your secret",
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
      "answer 2xx and count it once: idempotencyKey is the same in both deliveries",
      post(webhookBody([twice])),
      post(webhookBody([twice])),
    ),
    {
      ...accept(
        "retried delivery",
        "answer 2xx also to a delivery that you have seen: when you fail or your answer is lost, the same " +
          "X-Baseten-Request-ID comes again",
        again,
        again,
      ),
      retried: true,
    },
    accept(
      "out of order",
      "answer 2xx: an earlier event may come after a later one",
      post(webhookBody([later])),
      post(webhookBody([earlier])),
    ),
    accept(
      "rotated secret, new one first",
      "accept when any of the comma-separated signatures is of your secret",
      post(rotatedFirst, `${sign(rotatedFirst, otherSecret)},${sign(rotatedFirst, secret)}`),
    ),
    accept(
      "rotated secret, old one last",
      "accept when any of the comma-separated signatures is of your secret",
      post(rotatedLast, `${sign(rotatedLast, secret)},${sign(rotatedLast, otherSecret)}`),
    ),
    accept(
      "batch",
      "answer 2xx and count every event of data.events",
      post(webhookBody([event(), event(), event()])),
    ),
    accept("unknown fields", "answer 2xx: payloads may carry further fields", post(extended(event()))),
    accept(
      "acknowledgement time",
      "acknowledge at once and work later: after 10 s the gateway gives up and sends it again",
      post(webhookBody(Array.from({ length: 100 }, () => event()))),
    ),
  ];
}

function eventOf(source: Source, over: Partial<BillingEvent>, secondsAgo: number): BillingEvent {
  const at = source.now - secondsAgo * 1000;
  return {
    idempotencyKey: ulid(at, () => source.uint32()),
    timestamp: new Date(at).toISOString(),
    requestId: source.uuid(),
    requestMetadata: null,
    modelSlug: "certify/model",
    externalEntityId: "certify-customer",
    apiKeyPrefix: "sky_certify00000",
    tokens: { inputTokens: 1200, outputTokens: 34, cachedInputTokens: 0 },
    ...over,
  };
}

/** The same JSON in other bytes: spaces, and characters written as escapes. */
function unusual(event: BillingEvent): string {
  const spaced = JSON.stringify(JSON.parse(webhookBody([event])), null, 2);
  return spaced.replaceAll("ü", "\\u00fc").replaceAll("/", "\\/");
}

/** Fields that no document knows, at every level, and the older name of the external id (W-3). */
function extended(event: BillingEvent): string {
  const tokens = { ...event.tokens, reasoningTokens: 5 };
  const events = [{ ...event, externalCustomerId: event.externalEntityId, region: "EU", tokens }];
  return JSON.stringify({ type: "API_BILLING_USAGE", version: 2, data: { events, page: { next: null } } });
}
