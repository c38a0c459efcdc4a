import { checkFields } from "../../../client/known-fields.js";
import { REQUEST_FILTER, RequestExpectationError, shown } from "../../../client/requests.js";
import type { GatewayWorld, JournalFilter } from "../../../index.js";
import { type MatcherResult, wanted } from "./gateway.js";

/** Which requests; every given field has to fit. */
export interface ServedRequests extends JournalFilter {
  /** Exactly so many; at least one when absent. */
  readonly times?: number | undefined;
  /** How long to wait for them, real time: milliseconds or `2s`; 1 second when absent. `.not` does not wait. */
  readonly within?: number | string | undefined;
}

/** `toHaveServed`: requests that were answered, whatever the answer. */
export async function served(
  gateway: GatewayWorld,
  expected: ServedRequests,
  isNot: boolean,
): Promise<MatcherResult> {
  checkFields("toHaveServed", expected, { ...REQUEST_FILTER, times: true, within: true });
  const { times, within, ...filter } = expected;
  if (isNot) {
    const found = await gateway.requests(filter);
    const pass = times === undefined ? found.length > 0 : found.length === times;
    return {
      pass,
      message: () => `expected no such thing as ${wanted("request", times, filter)}.\n${shown(found)}`,
    };
  }
  try {
    await gateway.expectRequest(filter, {
      ...(times === undefined ? {} : { count: times }),
      ...(within === undefined ? {} : { within }),
    });
    return { pass: true, message: () => "" };
  } catch (cause) {
    if (!(cause instanceof RequestExpectationError)) throw cause;
    return { pass: false, message: () => cause.message };
  }
}
