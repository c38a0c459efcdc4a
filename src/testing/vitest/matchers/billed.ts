import { EVENT_FILTER } from "../../../client/billing.js";
import { checkFields, type Fields } from "../../../client/known-fields.js";
import { newest } from "../../../client/requests.js";
import type { BillingEvent, EventFilter, GatewayWorld } from "../../../index.js";
import { counted, type MatcherResult, wanted } from "./gateway.js";

/** Which events, and what they come to; every given field has to fit. */
export interface BilledEvents extends EventFilter {
  /** Exactly so many; at least one when absent. */
  readonly events?: number | undefined;
  /** Input and output together, over all events that fit. */
  readonly tokens?: number | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  /** Of the input. */
  readonly cachedInputTokens?: number | undefined;
}

const BILLED: Fields<BilledEvents> = {
  ...EVENT_FILTER,
  events: true,
  tokens: true,
  inputTokens: true,
  outputTokens: true,
  cachedInputTokens: true,
};

/** `toHaveBilled`: billing events, sent to a webhook or not. */
export async function billed(gateway: GatewayWorld, expected: BilledEvents): Promise<MatcherResult> {
  checkFields("toHaveBilled", expected, BILLED);
  const { events: count, tokens, inputTokens, outputTokens, cachedInputTokens, ...filter } = expected;
  const events = (await gateway.billing.events(filter)).map(({ event }) => event);
  const given = Object.entries({ tokens, inputTokens, outputTokens, cachedInputTokens }).filter(
    ([, value]) => value !== undefined,
  );
  const found = sumsOf(events);
  const pass =
    (count === undefined ? events.length > 0 : events.length === count) &&
    given.every(([name, value]) => found.get(name) === value);
  const what = [wanted("event", count, filter), ...given.map(([name, value]) => `${name} ${value}`)];
  return {
    pass,
    message: () =>
      `expected ${pass ? "no such thing as " : ""}${what.join(", ")}, found ${[counted(events.length, "event"), ...given.map(([name]) => `${name} ${found.get(name)}`)].join(", ")}.\n${linesOf(events)}`,
  };
}

function sumsOf(events: readonly BillingEvent[]): ReadonlyMap<string, number> {
  const sums = { tokens: 0, inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 };
  for (const { tokens } of events) {
    sums.tokens += tokens.inputTokens + tokens.outputTokens;
    sums.inputTokens += tokens.inputTokens;
    sums.outputTokens += tokens.outputTokens;
    sums.cachedInputTokens += tokens.cachedInputTokens;
  }
  return new Map(Object.entries(sums));
}

function linesOf(events: readonly BillingEvent[]): string {
  if (events.length === 0) return "Nothing like it was billed.";
  return newest("Billed", events, ({ tokens, ...event }) => {
    const { timestamp, modelSlug, externalEntityId, apiKeyPrefix } = event;
    const { inputTokens, outputTokens, cachedInputTokens } = tokens;
    return `${timestamp} ${modelSlug} ${externalEntityId} ${apiKeyPrefix}: ${inputTokens} in (${cachedInputTokens} cached), ${outputTokens} out`;
  });
}
