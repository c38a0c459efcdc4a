import { DURATION_FORM, parseDuration } from "../domain/duration.js";

/** How a listening receiver misbehaves. */
export interface Behaviour {
  /** Answered in turn, the last one from then on; empty: as the signature deserves. */
  readonly statuses: readonly number[];
  /** Before every answer. */
  readonly delayMs: number;
}

/** @returns the behaviour, or in words what is wrong with an option */
export function behaviourOf(respond: string | undefined, delay: string | undefined): Behaviour | string {
  const parts = respond === undefined ? [] : respond.split(",").map((part) => part.trim());
  const wrong = parts.find((part) => !/^[2-5]\d\d$/.test(part));
  if (wrong !== undefined) {
    return `--respond: expected statuses from 200 to 599 such as 500,500,200, got ${JSON.stringify(wrong)}`;
  }
  const delayMs = delay === undefined ? 0 : parseDuration(/^\d+$/.test(delay) ? Number(delay) : delay);
  if (delayMs === null) return `--delay: ${DURATION_FORM}, got ${JSON.stringify(delay)}`;
  return { statuses: parts.map(Number), delayMs };
}

/** The status that the POST of this number, from 0, is answered with. @param deserved when none is prescribed */
export function statusOf({ statuses }: Behaviour, number: number, deserved: number): number {
  return statuses[Math.min(number, statuses.length - 1)] ?? deserved;
}
