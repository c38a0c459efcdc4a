/** The longest time of a timer, milliseconds. Node fires a longer one at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;
