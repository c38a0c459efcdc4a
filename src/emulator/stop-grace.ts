/** How long a stop waits when nobody says how long. `docker stop` kills after ten seconds. */
export const DEFAULT_STOP_GRACE = "3s";
