import type { TwoProtocolServer } from "../http/node/two-protocols.js";
import { NOTHING_UNDER_WAY } from "../http/node/under-way.js";
import { every } from "../runtime/every.js";
import { setImmediate } from "../runtime/timers.js";
import { waitFor } from "../runtime/wait.js";
import type { Worlds } from "../worlds/worlds.js";
import type { PendingCalls } from "./pending-calls.js";

/** How often a stop looks at what is left, milliseconds. */
const LOOK_MS = 10;
/** Says what is waited for: what the first one ended is gone by then. */
const ANNOUNCING_LOOK = 2;
/** Ended connections are closed within this time, milliseconds; it is there so that nothing can hold a stop. */
const CLOSING_MS = 500;

/** What a stop ends. */
export interface Stoppable {
  readonly worlds: Worlds;
  /** null: it does not listen. */
  readonly server: TwoProtocolServer | null;
  /** Calls of `gateway.fetch`. */
  readonly fetches: PendingCalls;
}

/** How long a stop waits, and who hears of it. */
export interface StopWait {
  /** Milliseconds of real time. */
  readonly graceMs: number;
  /** Ends the wait early. */
  readonly hurry: AbortSignal;
  /** Called once with what is waited for, such as `2 streams, 1 delivery`; not called when there is nothing. */
  readonly onWait: (what: string) => void;
}

/**
 * Ends an emulator's work (Y-72). At once: connections without a complete request, what waits for requests or idle
 * webhooks, what only a frozen clock or a time behind the grace would end. Answers, streams and webhooks that are being
 * sent get the grace. Then streams are cut, and what was sent of them is booked (L-4); a webhook that was not answered
 * stays in the outbox.
 */
export async function endWork(work: Stoppable, { graceMs, hurry, onWait }: StopWait): Promise<void> {
  const { worlds, server, fetches } = work;
  let listens = server !== null;
  let look = (): void => {};
  server?.close(() => {
    listens = false;
    look();
  });
  let looks = 0;
  const isDone = (): boolean => !listens && fetches.size === 0 && worlds.sending === 0;
  const looking = (listener: () => void): (() => void) => {
    look = listener;
    // Not at once: what was answered in this turn of the event loop is on its way to the socket.
    return every(LOOK_MS, () => {
      worlds.dropUnreachable(graceMs);
      server?.endIncomplete();
      const left = ++looks === ANNOUNCING_LOOK ? leftOf(work) : "";
      if (left !== "") onWait(left);
      listener();
    });
  };
  if (!(await waitFor(isDone, looking, graceMs, hurry))) {
    worlds.dropUnreachable(0);
    fetches.breakOff();
    server?.endAll();
    const isClosed = (): boolean => !listens && fetches.size === 0;
    await waitFor(isClosed, looking, CLOSING_MS);
  }
  // One turn of the event loop to learn which answers were cut off, one for the journal to store them.
  await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
}

/** Such as `2 streams, 1 request`; empty when nothing is left. */
function leftOf({ worlds, server, fetches }: Stoppable): string {
  const { streams, requests } = server?.underWay ?? NOTHING_UNDER_WAY;
  const counts = [
    [streams, "stream", "streams"],
    [requests + fetches.size, "request", "requests"],
    [worlds.sending, "delivery", "deliveries"],
  ] as const;
  return counts
    .filter(([number]) => number > 0)
    .map(([number, one, more]) => `${number} ${number === 1 ? one : more}`)
    .join(", ");
}
