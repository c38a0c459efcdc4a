import { DURATION_FORM, parseDuration } from "../domain/duration.js";

/** Node fires a timer of more than 24 days at once; no sender waits for a day. */
const MOST_DELAY_MS = 86_400_000;

/** How `webhooks listen` answers. */
export interface ListenerBehaviour {
  /** Statuses to answer with, in turn; the last one repeats. Empty: the default status of the delivery. */
  readonly statuses: readonly number[];
  /** Delay before every answer. */
  readonly delayMs: number;
}

/** Parses `--respond` and `--delay`. @returns the behaviour, or a message that says which option is wrong */
export function parseBehaviour(
  respond: string | undefined,
  delay: string | undefined,
): ListenerBehaviour | string {
  const parts = respond === undefined ? [] : respond.split(",").map((part) => part.trim());
  const wrong = parts.find((part) => !/^[2-5]\d\d$/.test(part));
  if (wrong !== undefined) {
    return `--respond: expected statuses from 200 to 599 such as 500,500,200, got ${JSON.stringify(wrong)}`;
  }
  const delayMs = delay === undefined ? 0 : parseDuration(/^\d+$/.test(delay) ? Number(delay) : delay);
  if (delayMs === null) return `--delay: ${DURATION_FORM}, got ${JSON.stringify(delay)}`;
  if (delayMs > MOST_DELAY_MS) return `--delay: expected at most 24h, got ${JSON.stringify(delay)}`;
  return { statuses: parts.map(Number), delayMs };
}

/** The status for the POST at `index`. @param defaultStatus used without `--respond` */
export function statusFor({ statuses }: ListenerBehaviour, index: number, defaultStatus: number): number {
  return statuses[Math.min(index, statuses.length - 1)] ?? defaultStatus;
}
