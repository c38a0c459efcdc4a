import type { Clock } from "../../runtime/clock.js";
import { json } from "../answer.js";
import type { Route } from "../routes.js";

/** The world's clock. */
export const CLOCK_ROUTES: readonly Route[] = [
  {
    surface: "control",
    method: "GET",
    path: "/_emulator/clock",
    handler: ({ services }) => json(200, clockJson(services.kernel.clock)),
  },
];

/** `offset_ms` is how far the clock is ahead of the machine's; null while it stands still. */
export function clockJson(clock: Clock) {
  const { state } = clock;
  const frozen = state.mode === "frozen";
  return {
    now: new Date(clock.now()).toISOString(),
    mode: state.mode,
    frozen,
    offset_ms: frozen ? null : state.mode === "running" ? state.offsetMs : 0,
  };
}
