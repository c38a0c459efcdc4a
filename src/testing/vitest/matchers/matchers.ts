import { type BilledEvents, billed } from "./billed.js";
import { asGateway, type MatcherResult } from "./gateway.js";
import { type RefusedRequests, refused } from "./refused.js";
import { type ServedRequests, served } from "./served.js";

/** What `expect(gateway)` can do besides. All of them are to be awaited. */
export interface GatewayMatchers {
  /** Requests came and were answered: `toHaveServed({ path: "/v1/chat/completions", times: 2 })`. */
  toHaveServed(expected?: ServedRequests): Promise<void>;
  /** Billing events were recorded: `toHaveBilled({ group: "org", events: 2, tokens: 38 })`. */
  toHaveBilled(expected?: BilledEvents): Promise<void>;
  /** Requests were refused with a 4xx: `toHaveRefused({ limit: "REQUEST/MINUTE", group: "org" })`. */
  toHaveRefused(expected?: RefusedRequests): Promise<void>;
}

declare global {
  namespace Chai {
    // What all versions of Vitest make their `expect` of; `Matchers` has other type parameters in each.
    interface Assertion extends GatewayMatchers {}
  }
}

interface Context {
  readonly isNot?: boolean | undefined;
}

/** For `expect.extend`, which importing `gateway-emulator/vitest` has done already. */
export const gatewayMatchers = {
  async toHaveServed(
    this: Context,
    received: unknown,
    expected: ServedRequests = {},
  ): Promise<MatcherResult> {
    return served(asGateway(received, "toHaveServed"), expected, this.isNot === true);
  },
  async toHaveBilled(received: unknown, expected: BilledEvents = {}): Promise<MatcherResult> {
    return billed(asGateway(received, "toHaveBilled"), expected);
  },
  async toHaveRefused(received: unknown, expected: RefusedRequests = {}): Promise<MatcherResult> {
    return refused(asGateway(received, "toHaveRefused"), expected);
  },
};
