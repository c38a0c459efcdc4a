import * as z from "zod";
import type { FiredJob } from "../../services/time.js";
import { json } from "../answer.js";
import type { Call, Route } from "../routes.js";
import { controlBody } from "./call.js";

const changeSchema = z.union(
  [
    z.strictObject({ freeze: z.literal(true) }),
    z.strictObject({ real: z.literal(true) }),
    z.strictObject({ set: z.string() }),
  ],
  { error: 'expected {"freeze":true}, {"set":"<time>"} or {"real":true}' },
);

const advanceSchema = z.union(
  [z.strictObject({ by: z.union([z.number(), z.string()]) }), z.strictObject({ to: z.string() })],
  {
    error:
      'expected {"by":"61s"}, {"by":61000} or {"to":"<time>"}, where to may be next_window or next_midnight',
  },
);

/** The world's clock. */
export const CLOCK_ROUTES: readonly Route[] = [
  {
    surface: "control",
    method: "GET",
    path: "/_emulator/clock",
    handler: ({ services }) => json(200, services.time.view()),
  },
  {
    surface: "control",
    method: "POST",
    path: "/_emulator/clock",
    async handler(call) {
      const change = await controlBody(call, changeSchema);
      const { time } = call.services;
      let fired: readonly FiredJob[] = [];
      if ("freeze" in change) time.freeze();
      else if ("real" in change) time.real();
      else fired = await time.set(change.set);
      return json(200, { ...time.view(), fired: fired.map(firedJson) });
    },
  },
  {
    surface: "control",
    method: "POST",
    path: "/_emulator/clock/advance",
    async handler(call) {
      const fired = await call.services.time.advance(await controlBody(call, advanceSchema));
      return json(200, { now: nowOf(call), fired: fired.map(firedJson) });
    },
  },
];

function nowOf(call: Call): string {
  return call.services.time.view().now;
}

function firedJson({ at, job }: FiredJob) {
  return { at: new Date(at).toISOString(), job };
}
