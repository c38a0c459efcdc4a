import * as z from "zod";
import { json } from "../answer.js";
import { describe } from "../describe.js";
import type { Route } from "../routes.js";
import { controlBody } from "./call.js";

/** Health, reset, seed and the description. */
export const LIFECYCLE_ROUTES: readonly Route[] = [
  {
    surface: "control",
    method: "GET",
    path: "/_emulator/health",
    handler: ({ emulator, services }) =>
      json(200, {
        status: "ok",
        version: emulator.version,
        now: services.time.view().now,
        ...emulator.view(),
      }),
  },
  {
    surface: "control",
    method: "POST",
    path: "/_emulator/reset",
    handler({ emulator }) {
      emulator.reset();
      return json(200, { ok: true });
    },
  },
  {
    surface: "control",
    method: "POST",
    path: "/_emulator/seed",
    async handler(call) {
      call.emulator.seed(await controlBody(call, z.unknown()));
      return json(200, { ok: true });
    },
  },
  {
    surface: "control",
    method: "PUT",
    path: "/_emulator/seed",
    async handler(call) {
      call.emulator.reseed(await controlBody(call, z.unknown()));
      return json(200, { ok: true });
    },
  },
  {
    surface: "control",
    method: "GET",
    path: "/_emulator/openapi.json",
    handler: describe,
  },
];
